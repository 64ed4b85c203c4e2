// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/isotext.h"
#include "core/value/value.h"

#include <QList>

#include <cstring>
#include <optional>

namespace Cachelens::Testing {

/// Reads a value's text back from left to right: that this can be done is why no two values share
/// one.
class UnambiguousReader {
public:
    explicit UnambiguousReader(QByteArray text) : m_text(std::move(text)) { }

    std::optional<Value> run()
    {
        std::optional<Value> value = read();
        return value && m_position == m_text.size() ? value : std::nullopt;
    }

private:
    bool skip(const char *what)
    {
        if (!QByteArrayView(m_text).sliced(m_position).startsWith(what))
            return false;
        m_position += qsizetype(std::strlen(what));
        return true;
    }

    std::optional<QByteArray> quoted()
    {
        if (!skip("\""))
            return std::nullopt;
        const qsizetype end = m_text.indexOf('"', m_position);
        if (end < 0)
            return std::nullopt;
        const QByteArray text = m_text.sliced(m_position, end - m_position);
        m_position = end + 1;
        return QByteArray::fromPercentEncoding(text);
    }

    std::optional<ValueList> items(const char *close)
    {
        ValueList list;
        while (!skip(close)) {
            if (!list.empty() && !skip(","))
                return std::nullopt;
            std::optional<Value> item = read();
            if (!item)
                return std::nullopt;
            list.push_back(std::move(*item));
        }
        return list;
    }

    std::optional<ValueMap> entries()
    {
        ValueMap map;
        if (!skip("{"))
            return std::nullopt;
        while (!skip("}")) {
            if (!map.empty() && !skip(","))
                return std::nullopt;
            std::optional<Value> key = read();
            std::optional<Value> value = key && skip("=") ? read() : std::nullopt;
            if (!value)
                return std::nullopt;
            map.emplace_back(std::move(*key), std::move(*value));
        }
        return map;
    }

    static std::optional<Value> timeDelta(const QByteArray &text)
    {
        const QList<QByteArray> parts = text.split(',');
        return parts.size() == 3
            ? std::optional(Value(TimeDelta{parts[0].toInt(), parts[1].toInt(), parts[2].toInt()}))
            : std::nullopt;
    }

    std::optional<Value> number()
    {
        qsizetype end = m_position;
        while (end < m_text.size() && !QByteArrayView(",=])}").contains(m_text[end]))
            ++end;
        const QByteArray text = m_text.sliced(m_position, end - m_position);
        m_position = end;
        if (text.contains('.') || text.contains('e') || text.contains('n'))
            return Value(text.toDouble());
        return Value::integer(text);
    }

    std::optional<Value> read()
    {
        const auto text = [this](Value (*make)(const TextBytes &)) -> std::optional<Value> {
            std::optional<QByteArray> found = quoted();
            return found ? std::optional(make(*found)) : std::nullopt;
        };
        const auto list = [this](Value (*make)(ValueList), const char *close) {
            std::optional<ValueList> found = items(close);
            return found ? std::optional(make(*found)) : std::nullopt;
        };
        const auto object = [this](Value (*make)(Object)) -> std::optional<Value> {
            const std::optional<QByteArray> name = quoted();
            std::optional<ValueMap> attributes = name ? entries() : std::nullopt;
            return attributes ? std::optional(make({*name, *attributes})) : std::nullopt;
        };
        if (skip("None"))
            return Value();
        if (skip("True"))
            return Value(true);
        if (skip("False"))
            return Value(false);
        if (skip("cycle"))
            return Value::cycle();
        if (skip("bytearray"))
            return text(Value::byteArray);
        if (skip("b"))
            return text(Value::bytes);
        if (skip("decimal"))
            return text(Value::decimal);
        if (skip("uuid"))
            return text(Value::uuid);
        if (skip("class"))
            return text(Value::classNamed);
        if (skip("datetime"))
            return Value(*dateTimeFromIso(*quoted()));
        if (skip("date"))
            return Value(*dateFromIso(*quoted()));
        if (skip("timedelta"))
            return timeDelta(*quoted());
        if (skip("time"))
            return Value(*timeFromIso(*quoted()));
        if (skip("["))
            return list(Value::list, "]");
        if (skip("("))
            return list(Value::tuple, ")");
        if (skip("set{"))
            return list(Value::set, "}");
        if (skip("frozenset{"))
            return list(Value::frozenSet, "}");
        if (skip("object"))
            return object(Value::object);
        if (skip("request"))
            return object(Value::request);
        if (m_text.at(m_position) == '{') {
            std::optional<ValueMap> map = entries();
            return map ? std::optional(Value::map(*map)) : std::nullopt;
        }
        if (m_text.at(m_position) == '"')
            return text(Value::string);
        return number();
    }

    QByteArray m_text;
    qsizetype m_position = 0;
};

} // namespace Cachelens::Testing
