// SPDX-License-Identifier: MIT
#include "core/backend/connectsocket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace Cachelens {

namespace {

using namespace std::chrono;

// How long a wait goes on before it looks whether it is still wanted.
constexpr milliseconds Glance(10);

class Descriptor {
public:
    explicit Descriptor(int number) : m_number(number) { }
    Descriptor(Descriptor &&other) noexcept : m_number(std::exchange(other.m_number, -1)) { }
    Descriptor &operator=(Descriptor &&) = delete;
    ~Descriptor()
    {
        if (m_number >= 0)
            ::close(m_number);
    }

    [[nodiscard]] int get() const { return m_number; }
    [[nodiscard]] int release() { return std::exchange(m_number, -1); }

private:
    int m_number;
};

Error unreachable(QByteArray reason)
{
    return {Error::Code::Unreachable, {}, {}, std::move(reason), true};
}

Error unreachable(int code)
{
    std::array<char, 256> buffer{};
    return unreachable(QByteArray(::strerror_r(code, buffer.data(), buffer.size())));
}

/// Of one call: how long it may still wait, and whether it is wanted.
class Patience {
public:
    Patience(milliseconds timeout, const Interrupts &interrupts)
        : m_timeout(timeout), m_end(steady_clock::now() + timeout), m_interrupts(interrupts),
          m_seen(interrupts)
    {
    }

    [[nodiscard]] milliseconds left() const
    {
        return std::max(0ms, ceil<milliseconds>(m_end - steady_clock::now()));
    }
    [[nodiscard]] bool isInterrupted() const { return m_interrupts != m_seen; }
    /// Why it waits no longer.
    [[nodiscard]] Error ended() const
    {
        return {Error::Code::Timeout,
                {},
                {},
                isInterrupted()
                    ? QByteArray("it was not waited for any longer")
                    : "no answer within " + QByteArray::number(qint64(m_timeout.count())) + " ms",
                true};
    }

private:
    const milliseconds m_timeout;
    const steady_clock::time_point m_end;
    const Interrupts &m_interrupts;
    const unsigned m_seen;
};

/// Waits in glances for at most `atMost` until `isThere(glance)`. False: it was not, or is not
/// wanted.
template <typename Wait>
bool waitFor(const Patience &patience, milliseconds atMost, const Wait &isThere)
{
    const auto end = steady_clock::now() + std::min(atMost, patience.left());
    for (;;) {
        const auto left = std::max(0ms, ceil<milliseconds>(end - steady_clock::now()));
        if (isThere(std::min(left, Glance)))
            return true;
        if (left == 0ms || patience.isInterrupted())
            return false;
    }
}

/// Begins to connect, and waits for that at most `atMost`.
Result<int> connectTo(const sockaddr *address, socklen_t size, milliseconds atMost,
                      const Patience &patience)
{
    Descriptor socket(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0)
        return failure(unreachable(errno));
    // Over a Unix socket EAGAIN says that the server's queue is full, and nothing is under way.
    int code = 0;
    const auto begins = [&](milliseconds glance) {
        code = ::connect(socket.get(), address, size) == 0 ? 0 : errno;
        if (code == EAGAIN)
            ::poll(nullptr, 0, int(glance.count()));
        return code != EAGAIN;
    };
    const auto isConnected = [&](milliseconds glance) {
        pollfd waiting{socket.get(), POLLOUT, 0};
        return ::poll(&waiting, 1, int(glance.count())) > 0;
    };
    if (!waitFor(patience, atMost, begins))
        return failure(patience.ended());
    if (code == EINPROGRESS || code == EINTR) {
        if (!waitFor(patience, atMost, isConnected))
            return failure(patience.ended());
        socklen_t length = sizeof code;
        if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &code, &length) != 0)
            code = errno;
    }
    if (code == 0 && ::fcntl(socket.get(), F_SETFL, 0) != 0) // blocking from here on
        code = errno;
    if (code != 0)
        return failure(unreachable(code));
    return socket.release();
}

Result<int> connectUnix(const QByteArray &path, const Patience &patience)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (size_t(path.size()) >= sizeof address.sun_path)
        return failure(unreachable("the path of the socket is too long"));
    std::copy(path.begin(), path.end(), address.sun_path);
    return connectTo(reinterpret_cast<const sockaddr *>(&address), sizeof address, patience.left(),
                     patience);
}

struct FreeAddresses {
    void operator()(addrinfo *addresses) const { ::freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Result<Addresses> lookUp(const QByteArray &host, int port, int flags)
{
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags | AI_NUMERICSERV;
    addrinfo *found = nullptr;
    const int code
        = ::getaddrinfo(host.constData(), QByteArray::number(port).constData(), &wanted, &found);
    if (code == EAI_SYSTEM)
        return failure(unreachable(errno));
    if (code != 0)
        return failure(unreachable(QByteArray(::gai_strerror(code))));
    return Addresses(found);
}

/// The system's resolver cannot be told to give up: one that takes too long goes on by itself.
Result<Addresses> addressesOf(const QByteArray &host, int port, const Patience &patience)
{
    if (auto numeric = lookUp(host, port, AI_NUMERICHOST))
        return numeric;
    std::packaged_task<Result<Addresses>()> task(
        [host, port] { return lookUp(host, port, AI_ADDRCONFIG); });
    auto answer = task.get_future();
    try {
        std::thread(std::move(task)).detach();
    } catch (const std::system_error &error) {
        return failure(unreachable(error.code().value()));
    }
    const bool answered = waitFor(patience, patience.left(), [&](milliseconds glance) {
        return answer.wait_for(glance) == std::future_status::ready;
    });
    return answered ? answer.get() : failure(patience.ended());
}

Result<int> connectHost(const QByteArray &host, int port, const Patience &patience)
{
    const auto addresses = addressesOf(host, port, patience);
    if (!addresses)
        return failure(addresses.error());
    int left = 0;
    for (const addrinfo *at = addresses->get(); at; at = at->ai_next)
        ++left;
    std::optional<Error> last;
    for (const addrinfo *at = addresses->get(); at; at = at->ai_next, --left) {
        // One that does not answer leaves time for those after it.
        auto socket = connectTo(at->ai_addr, at->ai_addrlen, patience.left() / left, patience);
        if (socket) {
            const int yes = 1;
            ::setsockopt(*socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            return socket;
        }
        last = std::move(socket.error());
        if (patience.isInterrupted())
            break;
    }
    return failure(last.value_or(unreachable("the name has no address")));
}

} // namespace

Result<int> connectSocket(const BackendUrl &url, milliseconds timeout, const Interrupts &interrupts)
{
    const Patience patience(timeout, interrupts);
    return url.scheme == BackendUrl::Scheme::Unix ? connectUnix(url.path, patience)
                                                  : connectHost(url.host, url.port, patience);
}

} // namespace Cachelens
