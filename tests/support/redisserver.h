// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/resp.h"

#include <QProcess>
#include <QTemporaryDir>

namespace Cachelens::Testing {

/// A redis-server of a test's own: on a Unix socket in a temporary folder and, when asked for, a
/// free port of 127.0.0.1. Nothing is written to disk. Ended by its pid in the destructor; it also
/// ends with the thread that started it. Throws std::runtime_error when it does not start.
class RedisServer {
public:
    struct Options {
        bool tcp = false;
        QList<QByteArray> arguments = {}; ///< further ones of redis-server, "--maxmemory", "1mb"
    };

    RedisServer();
    explicit RedisServer(Options options);
    ~RedisServer();
    RedisServer(const RedisServer &) = delete;
    RedisServer &operator=(const RedisServer &) = delete;

    /// unix:///...[?db=N], also when it listens on a port.
    [[nodiscard]] QByteArray url(int database = 0) const;
    /// redis://127.0.0.1:port/N; for a server that listens on a port.
    [[nodiscard]] QByteArray tcpUrl(int database = 0) const;
    [[nodiscard]] const QByteArray &socketPath() const { return m_socketPath; }
    [[nodiscard]] int port() const { return m_port; }

    /// Ends it; its keys are gone. Does nothing when it is not running.
    void stop();
    /// Starts it again on the same socket and port.
    void start();
    void restart();
    /// Holds it still (SIGSTOP): connections are accepted by the kernel, nothing is answered.
    void pause();
    void resume();

    /// A command on a connection of its own. An error reply is returned, not thrown.
    Resp command(const RespCommand &command) const;
    std::vector<Resp> pipeline(const std::vector<RespCommand> &commands) const;
    /// CONFIG SET; throws when the server says no.
    void configure(const QByteArray &name, const QByteArray &value) const;
    /// The commands that the server has run so far ("cmdstat_get" of INFO commandstats).
    [[nodiscard]] qint64 calls(const QByteArray &commandName) const;

private:
    bool waitUntilItAnswers();

    Options m_options;
    QTemporaryDir m_folder;
    QByteArray m_socketPath;
    int m_port = 0;
    QProcess m_process;
    bool m_paused = false;
};

} // namespace Cachelens::Testing
