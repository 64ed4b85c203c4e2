// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <optional>

namespace Cachelens {

/// How the program ends.
enum ExitCode : int {
    Done = 0,
    Failed = 1, ///< could not: the server, the file
    AskedWrongly = 2,
};

/// The standard streams, as a command uses them: bytes in and bytes out. Answers go to standard
/// output, everything else to standard error.
class Console {
public:
    /// False when nobody reads any more (a closed pipe) or the bytes could not be written; there
    /// is no use in going on then.
    bool write(QByteArrayView bytes);
    bool writeLine(QByteArrayView bytes);
    /// Everything written so far reaches its reader now.
    bool flush();
    [[nodiscard]] bool isOpen() const { return !m_closed; }
    /// What a command that went well ends with: Failed when its answer could not be written. A
    /// reader who has had enough is not a failure.
    [[nodiscard]] int finish();

    /// "cachelens: message" on standard error.
    void error(QByteArrayView message);
    /// On standard error, as it is: a question, a note.
    void note(QByteArrayView text);

    /// Whether somebody can be asked.
    [[nodiscard]] bool isInteractive() const;
    /// A line of standard input without its end; none at the end of the input.
    [[nodiscard]] std::optional<QByteArray> readLine();

private:
    bool m_closed = false;
    bool m_failed = false;
};

} // namespace Cachelens
