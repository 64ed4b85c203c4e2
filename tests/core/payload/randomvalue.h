// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/value.h"
#include "core/value/valuejson.h"

#include <QString>

#include <rapidcheck.h>

#include <ostream>
#include <set>

namespace Cachelens {

/// RapidCheck prints counterexamples.
inline void showValue(const Value &value, std::ostream &os)
{
    os << valueToJson(value).json.constData();
}

} // namespace Cachelens

namespace Cachelens::Testing {

/// What a format can say, for arbitraryValue().
/// Python: every type of Value that Python has without classes of its own, as far as it can hash
/// keys and members of sets.
enum class Format { Json, MessagePack, Pickle, Python };

inline QByteArray arbitraryText()
{
    const auto text = *rc::gen::container<std::u32string>(
        rc::gen::oneOf(rc::gen::inRange<char32_t>(0x20, 0x7f), rc::gen::inRange<char32_t>(0, 0x800),
                       rc::gen::inRange<char32_t>(0xe000, 0x110000)));
    return QString::fromUcs4(text.data(), static_cast<qsizetype>(text.size())).toUtf8();
}

inline QByteArray arbitraryBytes()
{
    const auto bytes = *rc::gen::arbitrary<std::vector<char>>();
    return {bytes.data(), static_cast<qsizetype>(bytes.size())};
}

inline Value arbitraryBigInt()
{
    QByteArray digits = *rc::gen::element<QByteArray>("", "-");
    digits += *rc::gen::inRange('1', ':');
    const int more = *rc::gen::inRange(19, 60);
    for (int i = 0; i < more; ++i)
        digits += *rc::gen::inRange('0', ':');
    return Value::integer(digits);
}

inline Date arbitraryDate()
{
    return {*rc::gen::inRange<qint16>(1, 10'000), *rc::gen::inRange<quint8>(1, 13),
            *rc::gen::inRange<quint8>(1, 29)};
}

inline Time arbitraryTime()
{
    Time time{*rc::gen::inRange<quint8>(0, 24),
              *rc::gen::inRange<quint8>(0, 60),
              *rc::gen::inRange<quint8>(0, 60),
              *rc::gen::element<quint32>(0, 7, 123'000, 999'999),
              {}};
    if (*rc::gen::arbitrary<bool>())
        time.utcOffset = *rc::gen::element(0, 3600, -12'600, 86'399, -86'399);
    return time;
}

inline Value arbitraryUuid()
{
    QByteArray bytes(16, '\0');
    for (qsizetype i = *rc::gen::inRange(0, 16); i < bytes.size(); ++i)
        bytes[i] = *rc::gen::arbitrary<char>();
    QByteArray text = bytes.toHex();
    for (const qsizetype dash : {8, 13, 18, 23})
        text.insert(dash, '-');
    return Value::uuid(text);
}

inline Value arbitraryScalar(Format format)
{
    const int kinds = format == Format::Python ? 14 : format == Format::Pickle ? 9 : 6;
    switch (*rc::gen::inRange(0, kinds)) {
    case 0:
        return Value();
    case 1:
        return Value(*rc::gen::arbitrary<bool>());
    case 2:
        return Value(*rc::gen::oneOf(rc::gen::arbitrary<qint64>(),
                                     rc::gen::inRange<qint64>(-70'000, 70'000)));
    case 3:
        return Value(
            *rc::gen::oneOf(rc::gen::arbitrary<double>(),
                            rc::gen::element(0.0, 1.0, std::numeric_limits<double>::infinity(),
                                             std::numeric_limits<double>::quiet_NaN(), 5e-324)));
    case 4:
        return Value::string(arbitraryText());
    case 5:
        return format == Format::Json ? arbitraryBigInt() : Value::bytes(arbitraryBytes());
    case 6:
        return arbitraryBigInt();
    case 7:
        return Value::byteArray(arbitraryBytes());
    case 8:
        return Value::decimal(QByteArray::number(*rc::gen::arbitrary<int>()) + ".50");
    case 9:
        return Value(arbitraryDate());
    case 10:
        return Value(arbitraryTime());
    case 11:
        return Value(DateTime{arbitraryDate(), arbitraryTime()});
    case 12:
        return Value(TimeDelta{*rc::gen::inRange(-99'999'999, 99'999'999),
                               *rc::gen::inRange(0, 86'400),
                               *rc::gen::element(0, 1, 999'999, 120'000)});
    default:
        return arbitraryUuid();
    }
}

inline Value arbitraryTree(Format format, int depth);

inline ValueList arbitraryItems(Format format, int depth)
{
    ValueList items;
    const int count = *rc::gen::inRange(0, 6);
    for (int i = 0; i < count; ++i)
        items.push_back(arbitraryTree(format, depth - 1));
    return items;
}

/// Values that Python can hash, no two of them equal to it.
inline ValueList arbitraryMembers(int depth)
{
    ValueList members;
    const int count = *rc::gen::inRange(0, 6);
    for (int i = 2; i < count + 2; ++i) {
        switch (*rc::gen::inRange(0, depth > 0 ? 4 : 2)) {
        case 0:
            members.emplace_back(i);
            break;
        case 1:
            members.push_back(Value::string(QByteArray::number(i) + arbitraryText()));
            break;
        case 2:
            members.push_back(
                Value::tuple({Value(i), Value::frozenSet(arbitraryMembers(depth - 1))}));
            break;
        default:
            members.emplace_back(DateTime{{qint16(i), 1, 1}, arbitraryTime()});
            break;
        }
    }
    return members;
}

inline Value arbitraryMap(Format format, int depth)
{
    ValueMap entries;
    std::set<QByteArray> texts;
    const int count = *rc::gen::element(0, 1, 3, 12, 20);
    for (int i = 0; i < count; ++i) {
        const bool number = format != Format::Json && *rc::gen::arbitrary<bool>();
        QByteArray text = number ? QByteArray::number(i) : arbitraryText();
        if (!texts.insert(text).second)
            continue;
        entries.emplace_back(number ? Value(i) : Value::string(text),
                             arbitraryTree(format, depth - 1));
    }
    return Value::map(std::move(entries));
}

inline Value arbitraryTree(Format format, int depth)
{
    const int kind = depth <= 0 ? 0 : *rc::gen::inRange(0, format >= Format::Pickle ? 8 : 5);
    switch (kind) {
    case 0:
    case 1:
    case 2:
        return arbitraryScalar(format);
    case 3:
        return Value::list(arbitraryItems(format, depth));
    case 4:
        return arbitraryMap(format, depth);
    case 5:
        return Value::tuple(arbitraryItems(format, depth));
    case 6:
        return Value::set(format == Format::Python ? arbitraryMembers(depth)
                                                   : arbitraryItems(format, depth));
    default:
        return Value::frozenSet(format == Format::Python ? arbitraryMembers(depth)
                                                         : arbitraryItems(format, depth));
    }
}

/// A tree of up to four levels of what the format can say.
inline rc::Gen<Value> arbitraryValue(Format format)
{
    return rc::gen::noShrink(rc::gen::exec([format] { return arbitraryTree(format, 4); }));
}

} // namespace Cachelens::Testing
