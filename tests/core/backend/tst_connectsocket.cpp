// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/connectsocket.h"

#include <QTemporaryDir>
#include <QTest>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>
#include <vector>

using namespace Cachelens;
using namespace std::chrono_literals;
using Code = Error::Code;

namespace {

/// Closes what it is given.
class Sockets {
public:
    Sockets() = default;
    Sockets(const Sockets &) = delete;
    Sockets &operator=(const Sockets &) = delete;
    ~Sockets()
    {
        for (const int socket : m_sockets)
            ::close(socket);
    }

    int add(int socket)
    {
        m_sockets.push_back(socket);
        return socket;
    }

private:
    std::vector<int> m_sockets;
};

/// Listens on a free port of this machine, and accepts nobody.
class Listener {
public:
    explicit Listener(int queue)
    {
        const int socket = m_sockets.add(::socket(AF_INET, SOCK_STREAM, 0));
        m_address.sin_family = AF_INET;
        m_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof m_address;
        if (::bind(socket, address(), size) != 0 || ::listen(socket, queue) != 0
            || ::getsockname(socket, address(), &size) != 0)
            qFatal("No port to listen on");
    }

    /// From here on nothing answers to whoever wants to connect.
    void fillQueue()
    {
        for (;;) {
            const int socket = m_sockets.add(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
            ::connect(socket, address(), sizeof m_address);
            pollfd connected{socket, POLLOUT, 0};
            if (::poll(&connected, 1, 300) == 0)
                return;
        }
    }

    [[nodiscard]] BackendUrl url() const
    {
        return {.host = "127.0.0.1", .port = ntohs(m_address.sin_port)};
    }

private:
    sockaddr *address() { return reinterpret_cast<sockaddr *>(&m_address); }

    Sockets m_sockets;
    sockaddr_in m_address{};
};

} // namespace

class TestConnectSocket : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void connectsToAHostByName()
    {
        const Listener listener(5);
        BackendUrl url = listener.url();
        url.host = "localhost"; // which may be ::1 as well, where nobody listens
        Sockets sockets;
        const auto socket = connectSocket(url, 1min, m_interrupts);
        QVERIFY2(socket, socket ? "" : socket.error().reason.constData());
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        QCOMPARE(::getpeername(sockets.add(*socket), reinterpret_cast<sockaddr *>(&peer), &size),
                 0);
        QCOMPARE(int(ntohs(peer.sin_port)), url.port);
    }

    void whatCannotBeReachedSaysWhy_data()
    {
        QTest::addColumn<BackendUrl>("url");
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("nobody listens")
            << BackendUrl{.port = 1} << QByteArray("Connection refused");
        QTest::newRow("no such socket")
            << BackendUrl{.scheme = BackendUrl::Scheme::Unix, .path = "/nowhere/redis.sock"}
            << QByteArray("No such file or directory");
        QTest::newRow("no path of a socket")
            << BackendUrl{.scheme = BackendUrl::Scheme::Unix, .path = QByteArray(200, 'x')}
            << QByteArray("the path of the socket is too long");
    }

    void whatCannotBeReachedSaysWhy()
    {
        QFETCH(BackendUrl, url);
        const auto socket = connectSocket(url, 1min, m_interrupts);
        QVERIFY(!socket);
        QCOMPARE(socket.error().code, Code::Unreachable);
        QTEST(socket.error().reason, "reason");
    }

    void whoDoesNotAnswerIsGivenUp()
    {
        Listener listener(0);
        listener.fillQueue();
        const auto socket = connectSocket(listener.url(), 50ms, m_interrupts);
        QVERIFY(!socket);
        QCOMPARE(socket.error().code, Code::Timeout);
        QCOMPARE(socket.error().reason, QByteArray("no answer within 50 ms"));
    }

    void anInterruptEndsTheWait()
    {
        Listener listener(0);
        listener.fillQueue();
        std::atomic<bool> over = false;
        Result<int> socket = 0;
        std::jthread connecting([&] {
            socket = connectSocket(listener.url(), 1h, m_interrupts);
            over = true;
        });
        QTRY_VERIFY_WITH_TIMEOUT((++m_interrupts, over.load()), 20'000);
        connecting.join();
        QVERIFY(!socket);
        QCOMPARE(socket.error().code, Code::Timeout);
    }

    void aUnixSocketWhoseQueueIsFullIsGivenUp()
    {
        const QTemporaryDir folder;
        const QByteArray path = folder.filePath(QStringLiteral("full.sock")).toUtf8();
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), address.sun_path);
        Sockets sockets;
        const int listening = sockets.add(::socket(AF_UNIX, SOCK_STREAM, 0));
        QCOMPARE(::bind(listening, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
        QCOMPARE(::listen(listening, 0), 0);

        const BackendUrl url{.scheme = BackendUrl::Scheme::Unix, .path = path};
        auto socket = connectSocket(url, 50ms, m_interrupts);
        QVERIFY(socket); // there is room for one
        while (socket) {
            sockets.add(*socket);
            socket = connectSocket(url, 50ms, m_interrupts);
        }
        QCOMPARE(socket.error().code, Code::Timeout);
    }

private:
    Interrupts m_interrupts = 0;
};

QTEST_GUILESS_MAIN(TestConnectSocket)
#include "tst_connectsocket.moc"
