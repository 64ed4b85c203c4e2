// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/resp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace Cachelens::Testing {

namespace {

constexpr int DeadlineMs = 20'000;

[[noreturn]] void fail(const char *what)
{
    throw std::runtime_error(std::string("resp: ") + what + ": " + std::strerror(errno));
}

void waitFor(int fd, short events)
{
    pollfd waiting{fd, events, 0};
    const int ready = ::poll(&waiting, 1, DeadlineMs);
    if (ready <= 0)
        fail(ready == 0 ? "deadline passed" : "poll");
}

int connectUnix(const QByteArray &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (size_t(path.size()) >= sizeof address.sun_path)
        throw std::runtime_error("resp: the socket's path is too long");
    std::copy(path.begin(), path.end(), address.sun_path);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        ::close(fd);
        fail("connect");
    }
    return fd;
}

int connectPort(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(uint16_t(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        ::close(fd);
        fail("connect");
    }
    return fd;
}

} // namespace

std::optional<Resp> readResp(const QByteArray &buffer, qsizetype &offset)
{
    const qsizetype lineEnd = buffer.indexOf("\r\n", offset);
    if (lineEnd < 0)
        return std::nullopt;
    const char kind = buffer[offset];
    const QByteArray line = buffer.sliced(offset + 1, lineEnd - offset - 1);
    qsizetype at = lineEnd + 2;
    Resp resp;
    switch (kind) {
    case '+':
    case '-':
        resp.type = kind == '+' ? Resp::Type::Status : Resp::Type::Error;
        resp.bytes = line;
        break;
    case ':':
        resp.type = Resp::Type::Integer;
        resp.integer = line.toLongLong();
        break;
    case '$': {
        const qsizetype length = line.toLongLong();
        if (length >= 0) {
            if (buffer.size() < at + length + 2)
                return std::nullopt;
            resp.type = Resp::Type::Bulk;
            resp.bytes = buffer.sliced(at, length);
            at += length + 2;
        }
        break;
    }
    case '*': {
        const qsizetype count = line.toLongLong();
        if (count >= 0)
            resp.type = Resp::Type::Array;
        for (qsizetype i = 0; i < count; ++i) {
            auto element = readResp(buffer, at);
            if (!element)
                return std::nullopt;
            resp.elements.push_back(std::move(*element));
        }
        break;
    }
    default:
        throw std::runtime_error("resp: not the protocol of Redis");
    }
    offset = at;
    return resp;
}

void appendRespBulk(QByteArray &out, const QByteArray &bytes)
{
    out += '$' + QByteArray::number(bytes.size()) + "\r\n" + bytes + "\r\n";
}

void appendRespCommand(QByteArray &out, const RespCommand &command)
{
    out += '*' + QByteArray::number(qsizetype(command.size())) + "\r\n";
    for (const QByteArray &argument : command)
        appendRespBulk(out, argument);
}

RespClient::RespClient(const QByteArray &socketPath, int port)
    : m_fd(socketPath.isEmpty() ? connectPort(port) : connectUnix(socketPath))
{
}

RespClient::~RespClient()
{
    ::close(m_fd);
}

Resp RespClient::command(const RespCommand &command)
{
    return pipeline({command}).front();
}

std::vector<Resp> RespClient::pipeline(const std::vector<RespCommand> &commands)
{
    constexpr size_t Batch = 5000;
    std::vector<Resp> replies;
    replies.reserve(commands.size());
    for (size_t begin = 0; begin < commands.size(); begin += Batch) {
        const size_t end = std::min(begin + Batch, commands.size());
        QByteArray bytes;
        for (size_t i = begin; i < end; ++i)
            appendRespCommand(bytes, commands[i]);
        send(bytes);
        for (size_t i = begin; i < end; ++i)
            replies.push_back(receive());
    }
    return replies;
}

void RespClient::send(const QByteArray &bytes)
{
    for (qsizetype sent = 0; sent < bytes.size();) {
        waitFor(m_fd, POLLOUT);
        const ssize_t count = ::send(m_fd, bytes.constData() + sent, size_t(bytes.size() - sent),
                                     MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0)
            fail("send");
        sent += count;
    }
}

Resp RespClient::receive()
{
    for (;;) {
        if (auto resp = readResp(m_received, m_read)) {
            if (m_read == m_received.size()) {
                m_received.clear();
                m_read = 0;
            }
            return std::move(*resp);
        }
        receiveMore();
    }
}

void RespClient::receiveMore()
{
    waitFor(m_fd, POLLIN);
    char chunk[65536];
    const ssize_t count = ::recv(m_fd, chunk, sizeof chunk, 0);
    if (count <= 0)
        fail("the server closed the connection");
    m_received.append(chunk, qsizetype(count));
}

} // namespace Cachelens::Testing
