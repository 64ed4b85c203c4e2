// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QTemporaryDir>

namespace Cachelens::Testing {

/// A mariadbd of a test's own: on a Unix socket in a temporary folder, without passwords and
/// without a database. Ended by its pid in the destructor; it also ends with the thread that
/// started it. Throws std::runtime_error, which says what to install or what the server said, when
/// it does not start.
class MariaDbServer {
public:
    MariaDbServer();
    ~MariaDbServer();
    MariaDbServer(const MariaDbServer &) = delete;
    MariaDbServer &operator=(const MariaDbServer &) = delete;

    [[nodiscard]] QString socketPath() const;
    /// At once, and nothing is said to those who are connected.
    void kill();

private:
    QTemporaryDir m_folder;
    QProcess m_process;
};

} // namespace Cachelens::Testing
