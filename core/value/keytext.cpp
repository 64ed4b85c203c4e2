// SPDX-License-Identifier: MIT
#include "core/value/keytext.h"

#include "core/value/appendbytes.h"
#include "core/value/isotext.h"
#include "core/value/pythonstr.h"

#include <QVarLengthArray>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace Cachelens {

namespace {

void appendPlain(QByteArray &out, const Value &value, const KeyTextOptions &options);

bool isOrderedNumber(const Value &key)
{
    return key.type() == Value::Type::Int || key.type() == Value::Type::Bool
        || (key.type() == Value::Type::Float && !std::isnan(key.toFloat()));
}

bool numberLess(const Value &a, const Value &b)
{
    const auto number = [](const Value &key) -> long double {
        if (key.type() == Value::Type::Float)
            return key.toFloat();
        return key.type() == Value::Type::Int ? static_cast<long double>(key.toInt())
                                              : key.toBool();
    };
    return number(a) < number(b);
}

bool textLess(const Value &a, const Value &b)
{
    return a.isString() && b.isString() ? a.text() < b.text() : pythonStr(a) < pythonStr(b);
}

void appendMap(QByteArray &out, const ValueMap &entries, const KeyTextOptions &options)
{
    QVarLengthArray<const ValueMap::value_type *, 16> sorted;
    sorted.reserve(static_cast<qsizetype>(entries.size()));
    bool numbers = true;
    for (const auto &entry : entries) {
        sorted.append(&entry);
        numbers = numbers && isOrderedNumber(entry.first);
    }
    // One order for all of a map's keys: those of several kinds have none but that of their texts.
    const auto less = numbers ? numberLess : textLess;
    std::sort(sorted.begin(), sorted.end(),
              [less](const auto *a, const auto *b) { return less(a->first, b->first); });
    bool first = true;
    for (const auto *entry : sorted) {
        if (!first)
            out += "||";
        first = false;
        if (entry->first.isString())
            out += entry->first.text();
        else
            out += pythonStr(entry->first);
        out += ':';
        appendKeyText(out, entry->second, options);
    }
}

void appendList(QByteArray &out, const ValueList &items, const KeyTextOptions &options)
{
    bool first = true;
    if (!options.sortLists) {
        for (const Value &item : items) {
            if (!first)
                out += ',';
            first = false;
            appendKeyText(out, item, options);
        }
        return;
    }
    std::vector<QByteArray> texts(items.size());
    for (size_t i = 0; i < items.size(); ++i)
        appendKeyText(texts[i], items[i], options);
    std::sort(texts.begin(), texts.end());
    for (const QByteArray &text : texts) {
        if (!first)
            out += ',';
        first = false;
        out += text;
    }
}

void appendInt(QByteArray &out, qint64 number)
{
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    appendBytes(out, {text.data(), end});
}

void appendPlain(QByteArray &out, const Value &value, const KeyTextOptions &options)
{
    switch (value.type()) {
    case Value::Type::None:
        out += "null";
        break;
    case Value::Type::String:
        appendBytes(out, value.text());
        break;
    case Value::Type::Int:
        appendInt(out, value.toInt());
        break;
    case Value::Type::Map:
        appendMap(out, value.entries(), options);
        break;
    case Value::Type::List:
    case Value::Type::Tuple:
        appendList(out, value.items(), options);
        break;
    case Value::Type::Float:
        appendPythonFloat(out, value.toFloat());
        break;
    case Value::Type::Date:
        appendIso(out, value.date());
        break;
    case Value::Type::Time:
        appendIso(out, value.time());
        break;
    case Value::Type::DateTime:
        appendIso(out, value.dateTime());
        break;
    default:
        out += pythonStr(value);
        break;
    }
}

} // namespace

void appendKeyText(QByteArray &out, const Value &value, const KeyTextOptions &options)
{
    if (!options.hashValue) {
        appendPlain(out, value, options);
        return;
    }
    QByteArray text;
    appendPlain(text, value, options);
    out += QCryptographicHash::hash(text, options.hash).toHex();
}

} // namespace Cachelens
