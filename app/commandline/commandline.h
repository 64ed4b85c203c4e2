// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/commandline/console.h"

#include <QList>

#include <optional>

namespace Cachelens {

/// The program without its window. Source: docs/command-line.md.
///
/// Runs the command that the first argument names (the program's own name is not among the
/// arguments) and returns what the program ends with; none when the arguments are the window's.
/// Needs a QCoreApplication and no display.
[[nodiscard]] std::optional<int> runCommand(const QList<QByteArray> &arguments, Console &console);

/// What the commands are called, as a sentence lists them: "keys, show, decode".
[[nodiscard]] QByteArray commandNames();

/// The commands, one each. `arguments` are those behind the command's name.
int runKeys(const QList<QByteArray> &arguments, Console &console);
int runShow(const QList<QByteArray> &arguments, Console &console);
int runRefresh(const QList<QByteArray> &arguments, Console &console);
int runDecode(const QList<QByteArray> &arguments, Console &console);
int runDelete(const QList<QByteArray> &arguments, Console &console);
int runKey(const QList<QByteArray> &arguments, Console &console);
int runSimulate(const QList<QByteArray> &arguments, Console &console);
int runWorker(const QList<QByteArray> &arguments, Console &console);

} // namespace Cachelens
