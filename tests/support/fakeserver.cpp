// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fakeserver.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace Cachelens::Testing {

FakeServer::FakeServer(Script script)
    : m_script(std::move(script)), m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(m_listener, reinterpret_cast<sockaddr *>(&address), length) != 0
        || ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&address), &length) != 0
        || ::listen(m_listener, 16) != 0 || ::pipe2(m_wake, O_CLOEXEC) != 0)
        throw std::runtime_error("fake server: cannot listen");
    m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { run(); });
}

FakeServer::~FakeServer()
{
    ::close(m_wake[1]); // the reading end sees the hang-up
    m_thread.join();
    ::close(m_wake[0]);
    ::close(m_listener);
}

QByteArray FakeServer::url() const
{
    return "redis://127.0.0.1:" + QByteArray::number(m_port);
}

int FakeServer::count(const QByteArray &name) const
{
    const std::lock_guard lock(m_mutex);
    return int(std::count(m_names.begin(), m_names.end(), name));
}

int FakeServer::connections() const
{
    const std::lock_guard lock(m_mutex);
    return m_connections;
}

void FakeServer::run()
{
    std::vector<Peer> peers;
    for (;;) {
        std::vector<pollfd> waiting{{m_wake[0], POLLIN, 0}, {m_listener, POLLIN, 0}};
        for (const Peer &peer : peers)
            waiting.push_back({peer.fd, POLLIN, 0});
        // The destructor is what ends the wait.
        if (::poll(waiting.data(), waiting.size(), -1) < 0 || waiting[0].revents != 0)
            break;
        for (size_t i = 0; i < peers.size(); ++i) {
            if (waiting[i + 2].revents != 0 && !serve(peers[i])) {
                ::close(peers[i].fd);
                peers[i].fd = -1;
            }
        }
        std::erase_if(peers, [](const Peer &peer) { return peer.fd < 0; });
        if (waiting[1].revents != 0) {
            const int fd = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd >= 0) {
                peers.push_back({fd, {}, false});
                const std::lock_guard lock(m_mutex);
                ++m_connections;
            }
        }
    }
    for (const Peer &peer : peers)
        ::close(peer.fd);
}

bool FakeServer::serve(Peer &peer)
{
    char chunk[65536];
    const ssize_t count = ::recv(peer.fd, chunk, sizeof chunk, 0);
    if (count <= 0)
        return false;
    peer.received.append(chunk, qsizetype(count));
    qsizetype read = 0;
    while (auto request = readResp(peer.received, read)) {
        RespCommand command;
        for (Resp &argument : request->elements)
            command.push_back(std::move(argument.bytes));
        {
            const std::lock_guard lock(m_mutex);
            m_names.push_back(command.front());
        }
        if (peer.hangs)
            continue;
        const FakeReply reply = m_script(command);
        if (::send(peer.fd, reply.bytes.constData(), size_t(reply.bytes.size()), MSG_NOSIGNAL)
            != reply.bytes.size())
            return false;
        if (reply.then == FakeReply::Then::Close)
            return false;
        peer.hangs = reply.then == FakeReply::Then::Hang;
    }
    peer.received.remove(0, read);
    return true;
}

} // namespace Cachelens::Testing
