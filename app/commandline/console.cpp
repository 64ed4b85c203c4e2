// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/console.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

namespace Cachelens {

bool Console::write(QByteArrayView bytes)
{
    if (m_closed)
        return false;
    const auto size = static_cast<size_t>(bytes.size());
    if (std::fwrite(bytes.data(), 1, size, stdout) != size) {
        m_closed = true;
        m_failed = errno != EPIPE;
        if (m_failed)
            error("Could not write to standard output");
    }
    return !m_closed;
}

bool Console::writeLine(QByteArrayView bytes)
{
    return write(bytes) && write("\n");
}

bool Console::flush()
{
    if (!m_closed && std::fflush(stdout) != 0) {
        m_closed = true;
        m_failed = errno != EPIPE;
        if (m_failed)
            error("Could not write to standard output");
    }
    return !m_closed;
}

int Console::finish()
{
    flush();
    return m_failed ? Failed : Done;
}

void Console::error(QByteArrayView message)
{
    note("cachelens: " + message.toByteArray() + '\n');
}

void Console::note(QByteArrayView text)
{
    std::fwrite(text.data(), 1, static_cast<size_t>(text.size()), stderr);
    std::fflush(stderr);
}

bool Console::isInteractive() const
{
    return isatty(STDIN_FILENO) == 1;
}

std::optional<QByteArray> Console::readLine()
{
    char *line = nullptr;
    size_t capacity = 0;
    auto length = getline(&line, &capacity, stdin);
    std::optional<QByteArray> answer;
    if (length >= 0) {
        if (length > 0 && line[length - 1] == '\n')
            --length;
        answer = QByteArray(line, length);
    }
    std::free(line);
    return answer;
}

} // namespace Cachelens
