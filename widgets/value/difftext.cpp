// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/difftext.h"

#include "widgets/style/format.h"
#include "widgets/value/valuetext.h"

#include <QCoreApplication>

namespace Cachelens {

namespace {

using Change = ValueDiff::Change;
using Node = ValueDiff::Node;

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Cachelens::DiffText)
};

constexpr qsizetype valueLimit = 160;
constexpr qsizetype nameLimit = 60;
constexpr qsizetype lead = 24; ///< bytes of what is equal in front of a difference
const QString ellipsis = QStringLiteral("\u2026");

bool isWithinCharacter(QByteArrayView utf8, qsizetype at)
{
    return at < utf8.size() && (static_cast<uchar>(utf8[at]) & 0xC0) == 0x80;
}

/// Where to begin to show two texts, so that where they differ can be seen.
qsizetype beginOfDifference(const Value &before, const Value &after)
{
    if (!hasText(before) || before.type() != after.type())
        return 0;
    const QByteArrayView a = before.text();
    const QByteArrayView b = after.text();
    const auto [differs, there] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    qsizetype begin = differs - a.begin() - lead;
    if (begin + lead < valueLimit / 2)
        return 0;
    while (begin > 0 && isWithinCharacter(a, begin))
        --begin;
    return begin;
}

QString shown(const Value &value, qsizetype begin = 0)
{
    if (begin == 0)
        return valuePreview(value, valueLimit);
    const QByteArrayView rest = value.text().sliced(std::min(begin, value.text().size()));
    const bool bytes = value.type() == Value::Type::Bytes || value.type() == Value::Type::ByteArray;
    return ellipsis + valuePreview(bytes ? Value::bytes(rest) : Value::string(rest), valueLimit);
}

qsizetype sizeOf(const Value &value)
{
    if (value.isSequence())
        return static_cast<qsizetype>(value.items().size());
    return value.isMap() ? static_cast<qsizetype>(value.entries().size()) : -1;
}

/// "list, 24 → 25"
QString heading(const Value &before, const Value &after)
{
    const QString type = valueTypeName(before);
    const qsizetype size = sizeOf(before);
    if (size < 0 || size == sizeOf(after))
        return type;
    return QStringLiteral("%1, %2 \u2192 %3")
        .arg(type, formatCount(size), formatCount(sizeOf(after)));
}

class Lines {
public:
    void add(const Node &node, int depth)
    {
        const QString name = nameOf(node);
        switch (node.change) {
        case Change::Same:
            add(u' ', depth,
                node.before ? name + shown(*node.before)
                            : Tr::tr("\u2026 %1 that are the same").arg(formatCount(node.count)));
            break;
        case Change::Added:
            add(u'+', depth, name + shown(*node.after));
            break;
        case Change::Removed:
            add(u'-', depth, name + shown(*node.before));
            break;
        case Change::Changed:
            if (node.children.empty()) {
                const qsizetype begin = beginOfDifference(*node.before, *node.after);
                add(u'-', depth, name + shown(*node.before, begin));
                add(u'+', depth, name + shown(*node.after, begin));
                break;
            }
            add(u' ', depth, name + heading(*node.before, *node.after));
            for (const Node &child : node.children)
                add(child, depth + 1);
            break;
        }
    }
    [[nodiscard]] QString text() && { return std::move(m_text); }

private:
    [[nodiscard]] static QString nameOf(const Node &node)
    {
        if (!node.name)
            return {};
        const Value &name = *node.name;
        return (name.isString() ? valueText(name, nameLimit) : valuePreview(name, nameLimit))
                   .replace(u'\n', u' ')
            + QStringLiteral(": ");
    }
    void add(QChar sign, int depth, const QString &line)
    {
        if (!m_text.isEmpty())
            m_text += u'\n';
        m_text += sign;
        m_text += QString(1 + 2 * depth, u' ');
        m_text += line;
    }

    QString m_text;
};

} // namespace

QString diffText(const ValueDiff &diff)
{
    if (diff.root.change == Change::Same)
        return {};
    Lines lines;
    lines.add(diff.root, 0);
    return std::move(lines).text();
}

QString diffSummary(const ValueDiff &diff)
{
    if (diff.isSame())
        return Tr::tr("No difference: both values are the same.");
    if (diff.root.change == Change::Same)
        return Tr::tr("The values are too large to be compared.");
    QStringList parts;
    if (diff.changed > 0)
        parts += Tr::tr("%1 changed").arg(formatCount(diff.changed));
    if (diff.added > 0)
        parts += Tr::tr("%1 added").arg(formatCount(diff.added));
    if (diff.removed > 0)
        parts += Tr::tr("%1 removed").arg(formatCount(diff.removed));
    const QString counts = parts.join(Tr::tr(", "));
    return diff.complete ? counts + u'.'
                         : Tr::tr("At least %1: more differs than is listed.").arg(counts);
}

} // namespace Cachelens
