// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/commandline/console.h"
#include "core/result.h"

#include <functional>

namespace Cachelens {

/// What --batch does: answers every line of standard input with one line of JSON, as it comes; a
/// line that cannot be answered with {"error": ...}. Done only when all could be. `answer` gives
/// JSON.
int answerLines(Console &console,
                const std::function<Result<QByteArray>(const QByteArray &line)> &answer);

} // namespace Cachelens
