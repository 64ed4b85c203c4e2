// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/resp.h"

#include <functional>
#include <mutex>
#include <thread>

namespace Cachelens::Testing {

/// What a scripted server does about one command.
struct FakeReply {
    enum class Then {
        Continue,
        Close, ///< close the connection behind the bytes
        Hang, ///< never answer on this connection again
    };
    QByteArray bytes; ///< as they go over the wire: "+OK\r\n"
    Then then = Then::Continue;
};

/// A server on a free port of 127.0.0.1 that answers what a script says: for the replies that a
/// real one does not give easily. Runs on a thread of its own, which ends with the destructor.
class FakeServer {
public:
    /// Called on the server's thread, for one command after the other.
    using Script = std::function<FakeReply(const RespCommand &command)>;

    explicit FakeServer(Script script);
    ~FakeServer();
    FakeServer(const FakeServer &) = delete;
    FakeServer &operator=(const FakeServer &) = delete;

    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] QByteArray url() const;
    /// How often a command of this name came, over all connections.
    [[nodiscard]] int count(const QByteArray &name) const;
    [[nodiscard]] int connections() const;

private:
    struct Peer {
        int fd = -1;
        QByteArray received;
        bool hangs = false;
    };

    void run();
    bool serve(Peer &peer);

    const Script m_script;
    int m_listener = -1;
    int m_wake[2] = {-1, -1};
    int m_port = 0;
    mutable std::mutex m_mutex;
    std::vector<QByteArray> m_names; // of the commands
    int m_connections = 0;
    std::thread m_thread;
};

} // namespace Cachelens::Testing
