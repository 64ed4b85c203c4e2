// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/linebatch.h"

#include "app/commandline/entryreport.h"

namespace Cachelens {

int answerLines(Console &console,
                const std::function<Result<QByteArray>(const QByteArray &line)> &answer)
{
    bool allAnswered = true;
    while (const auto line = console.readLine()) {
        const auto answered = answer(*line);
        allAnswered = allAnswered && answered;
        if (answered) {
            console.writeLine(*answered);
        } else {
            ValueMap object;
            append(object, "error", bytesValue(answered.error().message()));
            console.writeLine(toJsonLine(std::move(object)));
        }
        if (!console.flush())
            break;
    }
    const int end = console.finish();
    return allAnswered ? end : Failed;
}

} // namespace Cachelens
