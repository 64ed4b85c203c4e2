// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <optional>
#include <vector>

namespace Cachelens::Testing {

/// One value of Redis's protocol, version 2: a reply, or a command (an Array of Bulk).
struct Resp {
    enum class Type { Null, Status, Error, Integer, Bulk, Array };
    Type type = Type::Null;
    QByteArray bytes; ///< of Status, Error and Bulk
    qint64 integer = 0;
    std::vector<Resp> elements;

    [[nodiscard]] bool isError() const { return type == Type::Error; }
};

using RespCommand = std::vector<QByteArray>;

/// Reads the value that begins at `offset` and moves behind it; none when it is not whole yet.
[[nodiscard]] std::optional<Resp> readResp(const QByteArray &buffer, qsizetype &offset);

void appendRespBulk(QByteArray &out, const QByteArray &bytes);
void appendRespCommand(QByteArray &out, const RespCommand &command);

/// A client of its own, so that a test does not have to believe what it tests. Blocks; every wait
/// has a deadline. Throws std::runtime_error when the server does not do as a server does.
class RespClient {
public:
    /// Of a Unix socket, or, when `socketPath` is empty, of a port of this machine.
    RespClient(const QByteArray &socketPath, int port);
    ~RespClient();
    RespClient(const RespClient &) = delete;
    RespClient &operator=(const RespClient &) = delete;

    Resp command(const RespCommand &command);
    std::vector<Resp> pipeline(const std::vector<RespCommand> &commands);

private:
    void send(const QByteArray &bytes);
    Resp receive();
    void receiveMore();

    int m_fd = -1;
    QByteArray m_received;
    qsizetype m_read = 0;
};

} // namespace Cachelens::Testing
