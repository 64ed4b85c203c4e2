// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/valuetext.h"

#include "core/value/isotext.h"
#include "core/value/pythonstr.h"

#include <QCoreApplication>

namespace Cachelens {

namespace {

constexpr QChar ellipsis(0x2026);

/// Cuts at a whole character.
QByteArrayView head(QByteArrayView utf8, qsizetype limit)
{
    if (utf8.size() <= limit)
        return utf8;
    qsizetype end = limit;
    while (end > 0 && (static_cast<uchar>(utf8[end]) & 0xC0) == 0x80)
        --end;
    return utf8.first(end);
}

void appendQuoted(QString &out, QByteArrayView utf8, qsizetype limit)
{
    const QByteArrayView shown = head(utf8, limit);
    out += u'"';
    const QString text = QString::fromUtf8(shown);
    for (const QChar c : text) {
        switch (c.unicode()) {
        case '"':
            out += QLatin1String("\\\"");
            break;
        case '\\':
            out += QLatin1String("\\\\");
            break;
        case '\n':
            out += QLatin1String("\\n");
            break;
        case '\r':
            out += QLatin1String("\\r");
            break;
        case '\t':
            out += QLatin1String("\\t");
            break;
        default:
            if (c.unicode() < 0x20 || c.unicode() == 0x7F || c.category() == QChar::Other_Format)
                out += QStringLiteral("\\u%1").arg(static_cast<uint>(c.unicode()), 4, 16,
                                                   QLatin1Char('0'));
            else
                out += c;
        }
    }
    out += u'"';
    if (shown.size() < utf8.size())
        out += ellipsis;
}

void appendBytes(QString &out, QByteArrayView bytes, qsizetype limit)
{
    out += QLatin1String("b'");
    for (const char c : bytes.first(qMin(bytes.size(), limit))) {
        const auto byte = static_cast<uchar>(c);
        if (byte == '\'' || byte == '\\')
            out += u'\\';
        if (byte >= 0x20 && byte < 0x7F)
            out += QLatin1Char(c);
        else
            out += QStringLiteral("\\x%1").arg(static_cast<uint>(byte), 2, 16, QLatin1Char('0'));
    }
    out += u'\'';
    if (bytes.size() > limit)
        out += ellipsis;
}

void appendPreview(QString &out, const Value &value, qsizetype limit, int depth);

/// Separated items, until there is no room. `count` items of `at`.
template <typename AppendItem>
void appendItems(QString &out, QChar open, QChar close, size_t count, qsizetype limit, int depth,
                 AppendItem appendItem)
{
    const qsizetype end = out.size() + limit;
    out += open;
    for (size_t i = 0; i < count; ++i) {
        if (i > 0)
            out += QLatin1String(", ");
        if (out.size() + 8 > end || depth > 2) {
            out += ellipsis;
            break;
        }
        appendItem(i, qMax<qsizetype>(end - out.size(), 8));
    }
    out += close;
}

void appendMap(QString &out, const ValueMap &entries, QChar open, QChar close, qsizetype limit,
               int depth, bool named)
{
    appendItems(out, open, close, entries.size(), limit, depth, [&](size_t i, qsizetype room) {
        if (named)
            out += QString::fromUtf8(entries[i].first.text());
        else
            appendPreview(out, entries[i].first, room / 2, depth + 1);
        out += named ? QLatin1String("=") : QLatin1String(": ");
        appendPreview(out, entries[i].second, room, depth + 1);
    });
}

QString isoText(const auto &value)
{
    QByteArray text;
    appendIso(text, value);
    return QString::fromLatin1(text);
}

void appendPreview(QString &out, const Value &value, qsizetype limit, int depth)
{
    using Type = Value::Type;
    switch (value.type()) {
    case Type::None:
        out += QLatin1String("None");
        return;
    case Type::Bool:
        out += QLatin1String(value.toBool() ? "True" : "False");
        return;
    case Type::Int:
        out += QString::number(value.toInt());
        return;
    case Type::Float: {
        QByteArray text;
        appendPythonFloat(text, value.toFloat());
        out += QString::fromLatin1(text);
        return;
    }
    case Type::String:
        appendQuoted(out, value.text(), limit);
        return;
    case Type::Bytes:
    case Type::ByteArray:
        appendBytes(out, value.text(), limit);
        return;
    case Type::BigInt:
    case Type::Decimal:
    case Type::Uuid:
    case Type::Class: {
        const QByteArrayView shown = head(value.text(), limit);
        out += QString::fromUtf8(shown);
        if (shown.size() < value.text().size())
            out += ellipsis;
        return;
    }
    case Type::Date:
        out += isoText(value.date());
        return;
    case Type::Time:
        out += isoText(value.time());
        return;
    case Type::DateTime: {
        QByteArray text;
        appendIso(text, value.dateTime(), ' ');
        out += QString::fromLatin1(text);
        return;
    }
    case Type::TimeDelta:
        out += QString::fromUtf8(pythonStr(value));
        return;
    case Type::List:
    case Type::Tuple:
    case Type::Set:
    case Type::FrozenSet: {
        const ValueList &items = value.items();
        const bool list = value.type() == Type::List;
        const bool tuple = value.type() == Type::Tuple;
        appendItems(out,
                    list        ? u'['
                        : tuple ? u'('
                                : u'{',
                    list        ? u']'
                        : tuple ? u')'
                                : u'}',
                    items.size(), limit, depth, [&](size_t i, qsizetype room) {
                        appendPreview(out, items[i], room, depth + 1);
                    });
        return;
    }
    case Type::Map:
        appendMap(out, value.entries(), u'{', u'}', limit, depth, false);
        return;
    case Type::Object:
    case Type::Request: {
        const QByteArray &name = value.object().className;
        out += QString::fromUtf8(name.mid(name.lastIndexOf('.') + 1));
        appendMap(out, value.object().attributes, u'(', u')', limit, depth, true);
        return;
    }
    case Type::Cycle:
        out += QCoreApplication::translate("ValueText", "(contains itself: goes on as above)");
        return;
    }
}

} // namespace

QString valueTypeName(const Value &value)
{
    using Type = Value::Type;
    switch (value.type()) {
    case Type::None:
        return QStringLiteral("None");
    case Type::Bool:
        return QStringLiteral("bool");
    case Type::Int:
    case Type::BigInt:
        return QStringLiteral("int");
    case Type::Float:
        return QStringLiteral("float");
    case Type::String:
        return QStringLiteral("str");
    case Type::Bytes:
        return QStringLiteral("bytes");
    case Type::ByteArray:
        return QStringLiteral("bytearray");
    case Type::Date:
        return QStringLiteral("date");
    case Type::Time:
        return QStringLiteral("time");
    case Type::DateTime:
        return QStringLiteral("datetime");
    case Type::TimeDelta:
        return QStringLiteral("timedelta");
    case Type::Decimal:
        return QStringLiteral("Decimal");
    case Type::Uuid:
        return QStringLiteral("UUID");
    case Type::List:
        return QStringLiteral("list");
    case Type::Tuple:
        return QStringLiteral("tuple");
    case Type::Set:
        return QStringLiteral("set");
    case Type::FrozenSet:
        return QStringLiteral("frozenset");
    case Type::Map:
        return QStringLiteral("dict");
    case Type::Object:
        return QString::fromUtf8(value.object().className);
    case Type::Request:
        return QStringLiteral("request");
    case Type::Class:
        return QStringLiteral("class");
    case Type::Cycle:
        return QStringLiteral("cycle");
    }
    return {};
}

bool hasText(const Value &value)
{
    switch (value.type()) {
    case Value::Type::String:
    case Value::Type::Bytes:
    case Value::Type::ByteArray:
    case Value::Type::BigInt:
    case Value::Type::Decimal:
    case Value::Type::Uuid:
    case Value::Type::Class:
        return true;
    default:
        return false;
    }
}

QString valuePreview(const Value &value, qsizetype limit)
{
    QString out;
    appendPreview(out, value, limit, 0);
    return out;
}

QString valueText(const Value &value, qsizetype limit)
{
    if (value.isString())
        return QString::fromUtf8(head(value.text(), limit));
    return valuePreview(value, limit);
}

} // namespace Cachelens
