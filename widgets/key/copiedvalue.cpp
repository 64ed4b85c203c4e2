// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/key/copiedvalue.h"

#include "core/value/valuejson.h"
#include "widgets/key/displaykey.h"

#include <QStringList>

namespace Cachelens {

CopiedValue copiedValue(const EntryDetails &details)
{
    const KeyFacts &facts = details.summary.facts;
    if (facts.type != KeyType::String) {
        QStringList lines;
        for (const auto &element : details.elements) {
            QStringList parts;
            for (const QByteArray &part : element)
                parts.append(displayKey(part));
            lines.append(parts.join(u'\t'));
        }
        return {lines.join(u'\n'), facts.size > static_cast<qint64>(details.elements.size())};
    }
    if (!details.decoded)
        return {displayKey(details.bytes), details.partial};
    const JsonText json = valueToJson(details.decoded->value, {.indent = 2});
    return {QString::fromUtf8(json.json), json.truncated};
}

} // namespace Cachelens
