// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline.h"
#include "app/windowoptions.h"

#include <QCoreApplication>

#include <csignal>

using namespace Cachelens;

int main(int argc, char *argv[])
{
    // A reader who has had enough is told by a failed write, not by a signal.
    std::signal(SIGPIPE, SIG_IGN);
    const QList<QByteArray> arguments(argv + 1, argv + argc);
    Console console;
    const QCoreApplication application(argc, argv);
    if (const auto end = runCommand(arguments, console))
        return *end;
    const auto options = readWindowOptions(arguments, console);
    return std::get_if<int>(&options) ? std::get<int>(options) : Failed;
}
