// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/keytext.h"
#include "core/value/pythonstr.h"
#include "core/value/valuejson.h"

#include <cstdlib>

/// A value that can be read is the same when it is written and read again; its other texts can be
/// written too.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace Cachelens;
    const Result<Value> value = valueFromJson(QByteArrayView(data, qsizetype(size)), "fuzz");
    if (!value)
        return 0;
    const JsonText text = valueToJson(*value);
    const Result<Value> again = valueFromJson(text.json, "fuzz");
    if (text.truncated || !again || !(*again == *value))
        std::abort();
    QByteArray key;
    appendKeyText(key, *value, {true, false, QCryptographicHash::Sha256});
    const QByteArray str = pythonStr(*value);

    JsonOptions small;
    small.maxBytes = qsizetype(size) / 2;
    small.maxDepth = 3;
    small.indent = 1;
    if (valueToJson(*value, small).json.size() > small.maxBytes)
        std::abort();
    return 0;
}
