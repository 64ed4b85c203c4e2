// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redisserver.h"

#include <QDeadlineTimer>
#include <QFile>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace Cachelens::Testing {

namespace {

int freePort()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    const bool bound = ::bind(fd, reinterpret_cast<sockaddr *>(&address), length) == 0
        && ::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &length) == 0;
    ::close(fd);
    if (!bound)
        throw std::runtime_error("redis-server: no free port");
    return ntohs(address.sin_port);
}

} // namespace

RedisServer::RedisServer() : RedisServer(Options{})
{
}

RedisServer::RedisServer(Options options)
    : m_options(std::move(options)),
      m_socketPath(QFile::encodeName(m_folder.filePath(QStringLiteral("redis.sock"))))
{
    start();
}

RedisServer::~RedisServer()
{
    stop();
}

QByteArray RedisServer::url(int database) const
{
    const QByteArray url = "unix://" + m_socketPath;
    return database == 0 ? url : url + "?db=" + QByteArray::number(database);
}

QByteArray RedisServer::tcpUrl(int database) const
{
    return "redis://127.0.0.1:" + QByteArray::number(m_port) + '/' + QByteArray::number(database);
}

void RedisServer::stop()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    resume();
    m_process.kill();
    m_process.waitForFinished(10'000);
}

void RedisServer::start()
{
    constexpr int Attempts = 5;
    for (int attempt = 0; attempt < Attempts; ++attempt) {
        // Someone else may take a free port before the server does: then another one, unless a
        // test already knows the port.
        const bool choosePort = m_options.tcp && m_port == 0;
        if (choosePort)
            m_port = freePort();
        QStringList arguments{QStringLiteral("--port"),       QString::number(m_port),
                              QStringLiteral("--bind"),       QStringLiteral("127.0.0.1"),
                              QStringLiteral("--unixsocket"), QFile::decodeName(m_socketPath),
                              QStringLiteral("--dir"),        m_folder.path(),
                              QStringLiteral("--save"),       QString(),
                              QStringLiteral("--appendonly"), QStringLiteral("no")};
        for (const QByteArray &argument : m_options.arguments)
            arguments += QString::fromUtf8(argument);
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.setStandardOutputFile(m_folder.filePath(QStringLiteral("redis.log")));
        m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
        m_process.start(QStringLiteral("redis-server"), arguments);
        if (m_process.waitForStarted(10'000) && waitUntilItAnswers())
            return;
        stop();
        if (choosePort)
            m_port = 0;
    }
    QFile log(m_folder.filePath(QStringLiteral("redis.log")));
    const QByteArray said = log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray();
    throw std::runtime_error("redis-server did not start: " + said.toStdString());
}

void RedisServer::restart()
{
    stop();
    start();
}

void RedisServer::pause()
{
    ::kill(pid_t(m_process.processId()), SIGSTOP);
    m_paused = true;
}

void RedisServer::resume()
{
    if (m_paused)
        ::kill(pid_t(m_process.processId()), SIGCONT);
    m_paused = false;
}

Resp RedisServer::command(const RespCommand &command) const
{
    return RespClient(m_socketPath, 0).command(command);
}

std::vector<Resp> RedisServer::pipeline(const std::vector<RespCommand> &commands) const
{
    return RespClient(m_socketPath, 0).pipeline(commands);
}

void RedisServer::configure(const QByteArray &name, const QByteArray &value) const
{
    const Resp reply = command({"CONFIG", "SET", name, value});
    if (reply.isError())
        throw std::runtime_error("CONFIG SET " + name.toStdString() + ": "
                                 + reply.bytes.toStdString());
}

qint64 RedisServer::calls(const QByteArray &commandName) const
{
    const QByteArray stats = command({"INFO", "commandstats"}).bytes;
    const QByteArray start = "cmdstat_" + commandName.toLower() + ":calls=";
    const qsizetype at = stats.indexOf(start);
    if (at < 0)
        return 0;
    const qsizetype from = at + start.size();
    return stats.sliced(from, stats.indexOf(',', from) - from).toLongLong();
}

bool RedisServer::waitUntilItAnswers()
{
    const QDeadlineTimer deadline(15'000);
    while (!deadline.hasExpired()) {
        // Returns early when the process ends, which is what a taken port looks like.
        if (m_process.waitForFinished(5) || m_process.state() == QProcess::NotRunning)
            return false;
        try {
            const Resp reply = command({"PING"});
            if (!reply.isError() || reply.bytes.startsWith("NOAUTH"))
                return true;
        } catch (const std::runtime_error &) {
            continue; // it does not listen yet
        }
    }
    return false;
}

} // namespace Cachelens::Testing
