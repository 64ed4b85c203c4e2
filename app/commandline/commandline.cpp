// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/commandline.h"

#include <array>
#include <string_view>

namespace Cachelens {

namespace {

struct Command {
    std::string_view name;
    int (*run)(const QList<QByteArray> &arguments, Console &console);
};

constexpr std::array commands{
    Command{"keys", runKeys},         Command{"show", runShow},       Command{"decode", runDecode},
    Command{"delete", runDelete},     Command{"refresh", runRefresh}, Command{"key", runKey},
    Command{"simulate", runSimulate}, Command{"worker", runWorker},
};

} // namespace

std::optional<int> runCommand(const QList<QByteArray> &arguments, Console &console)
{
    if (arguments.isEmpty())
        return std::nullopt;
    const QByteArray &word = arguments.constFirst();
    for (const Command &command : commands) {
        if (word == QByteArrayView(command.name))
            return command.run(arguments.mid(1), console);
    }
    // A URL has a colon and an option a dash; any other word was meant as a command.
    if (word.startsWith('-') || word.contains(':'))
        return std::nullopt;
    console.error("Unknown command '" + word + "'. The commands are " + commandNames()
                  + "; a connection is given as a URL such as redis://localhost:6379.");
    return AskedWrongly;
}

QByteArray commandNames()
{
    QByteArray names;
    for (const Command &command : commands)
        names += (names.isEmpty() ? "" : ", ") + QByteArray(command.name.data());
    return names;
}

} // namespace Cachelens
