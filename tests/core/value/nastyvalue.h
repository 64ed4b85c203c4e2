// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/value.h"

#include <rapidcheck.h>

#include <vector>

namespace Cachelens::Testing {

/// Texts that look like structure.
[[nodiscard]] inline QByteArray nastyText()
{
    const auto pieces = *rc::gen::container<std::vector<QByteArray>>(rc::gen::element<QByteArray>(
        ":", "::", "|", "||", ",", "\"", "%", "%3A", "-", "a:", "||b:", "1", "None", "null", "[",
        "]", "{", "}", "=", QByteArray("\0\n", 2), "\xff", "\xc3\xa9"));
    QByteArray text;
    for (const QByteArray &piece : pieces)
        text += piece;
    return text;
}

/// From few values, so that two of them are often alike.
[[nodiscard]] inline Value nastyValue(int depth = 2)
{
    const auto items = [depth] {
        ValueList list;
        const int count = *rc::gen::inRange(0, 3);
        for (int i = 0; i < count; ++i)
            list.push_back(nastyValue(depth - 1));
        return list;
    };
    switch (*rc::gen::inRange(0, depth > 0 ? 12 : 6)) {
    case 0:
        return Value(*rc::gen::inRange(0, 2));
    case 1:
        return Value(*rc::gen::arbitrary<bool>());
    case 2:
        return *rc::gen::element(Value(), Value(1.0), Value(0.0), Value(-0.0), Value::decimal("1"),
                                 Value(Date{2024, 2, 29}), Value::uuid("1"), Value::classNamed("1"),
                                 Value(TimeDelta{0, 1, 0}), Value(TimeDelta{-1, 1, 0}),
                                 Value(Time{1, 2, 3, 0, std::nullopt}), Value(Time{1, 2, 3, 0, 0}),
                                 Value(DateTime{{2024, 2, 29}, {0, 0, 0, 1, -5400}}));
    case 3:
        return *rc::gen::element(Value::string("1"), Value::string("None"), Value::string("null"),
                                 Value::string(""), Value::bytes("1"), Value::byteArray("1"));
    case 4:
        return Value::string(nastyText());
    case 5:
        return Value::bytes(nastyText());
    case 6:
        return Value::list(items());
    case 7:
        return Value::tuple(items());
    case 8:
        return Value::set(items());
    case 9:
        return Value::frozenSet(items());
    case 10:
        return Value::object({*rc::gen::element<QByteArray>("", "a.B"),
                              {{Value::string("x"), nastyValue(depth - 1)}}});
    default:
        return Value::map({{nastyValue(0), nastyValue(depth - 1)}});
    }
}

} // namespace Cachelens::Testing
