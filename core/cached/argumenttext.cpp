// SPDX-License-Identifier: MIT
#include "core/cached/argumenttext.h"

namespace Cachelens {

std::vector<Value> readingsOfKeyText(const QByteArray &text)
{
    std::vector<Value> readings{Value::string(text)};
    bool isNumber = false;
    if (const qint64 integer = text.toLongLong(&isNumber); isNumber)
        readings.emplace_back(integer);
    if (const double real = text.toDouble(&isNumber); isNumber)
        readings.emplace_back(real);
    if (text == "True" || text == "False")
        readings.emplace_back(text == "True");
    if (text == "null")
        readings.emplace_back();
    return readings;
}

Error Detail::unreadableArgument(const QByteArray &function, std::string_view parameter,
                                 const QByteArray &reason)
{
    return {Error::Code::InvalidInput, "call", function,
            "argument '" + QByteArray(parameter.data(), qsizetype(parameter.size()))
                + "' cannot be read back: " + reason,
            false};
}

QByteArray Detail::notOfItsType(const QByteArray &text)
{
    return "'" + text + "' is not of its type";
}

QByteArray Detail::notOfItsType(const Value &value)
{
    return value.isNone() ? "none is not of its type" : "the value is not of its type";
}

} // namespace Cachelens
