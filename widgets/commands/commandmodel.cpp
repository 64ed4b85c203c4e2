// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/commands/commandmodel.h"

#include "widgets/style/whynot.h"

#include <QAction>

#include <algorithm>

namespace Cachelens {

QString plainActionText(const QAction *action)
{
    QString text;
    const QString written = action->text();
    for (qsizetype i = 0; i < written.size(); ++i) {
        if (written[i] == u'&' && ++i == written.size())
            break;
        text += written[i];
    }
    while (text.endsWith(u'.') || text.endsWith(QChar(0x2026)))
        text.chop(1);
    return text.trimmed();
}

namespace {

bool beginsWord(const QString &text, int at)
{
    return at == 0 || !text[at - 1].isLetterOrNumber()
        || (text[at].isUpper() && text[at - 1].isLower());
}

} // namespace

std::optional<FuzzyMatch> fuzzyMatch(const QString &typed, const QString &text)
{
    constexpr int wordBonus = 8;
    constexpr int runBonus = 12;
    constexpr int none = -1'000'000;

    QString letters;
    for (const QChar c : typed) {
        if (!c.isSpace())
            letters += c.toCaseFolded();
    }
    const auto rows = static_cast<int>(letters.size());
    const auto columns = static_cast<int>(text.size());
    if (rows == 0)
        return FuzzyMatch();
    if (rows > columns)
        return std::nullopt;

    // best[r][c]: the letters up to the rth placed, the rth at c.
    const auto at = [columns](int row, int column) {
        return static_cast<size_t>(row) * static_cast<size_t>(columns)
            + static_cast<size_t>(column);
    };
    std::vector<int> best(at(rows, 0), none);
    std::vector<int> from(at(rows, 0), -1);
    for (int r = 0; r < rows; ++r) {
        int before = none; // the best of the row above, in front of the column before this one
        int beforeAt = -1;
        for (int c = 0; c < columns; ++c) {
            if (r > 0 && c > 1 && best[at(r - 1, c - 2)] >= before) {
                before = best[at(r - 1, c - 2)];
                beforeAt = c - 2;
            }
            if (text[c].toCaseFolded() != letters[r])
                continue;
            const int here = beginsWord(text, c) ? wordBonus : 0;
            if (r == 0) {
                best[at(0, c)] = here - qMin(c, 5);
                continue;
            }
            const int run = c > 0 ? best[at(r - 1, c - 1)] : none;
            const bool inRun = run > none && run + runBonus >= before - 1;
            if (!inRun && before <= none)
                continue;
            best[at(r, c)] = here + (inRun ? run + runBonus : before - 1);
            from[at(r, c)] = inRun ? c - 1 : beforeAt;
        }
    }
    int end = -1;
    for (int c = 0; c < columns; ++c) {
        if (best[at(rows - 1, c)] > none
            && (end < 0 || best[at(rows - 1, c)] > best[at(rows - 1, end)]))
            end = c;
    }
    if (end < 0)
        return std::nullopt;
    FuzzyMatch match;
    match.score = best[at(rows - 1, end)];
    for (int r = rows - 1, c = end; r >= 0; c = from[at(r, c)], --r)
        match.positions.prepend(c);
    return match;
}

void CommandModel::setCommands(QList<Command> commands)
{
    m_commands = std::move(commands);
    rebuild();
}

void CommandModel::setFilter(const QString &filter)
{
    m_filter = filter;
    rebuild();
}

void CommandModel::rebuild()
{
    beginResetModel();
    m_rows.clear();
    for (const Command &command : std::as_const(m_commands)) {
        if (auto match = fuzzyMatch(m_filter, command.text))
            m_rows.push_back({command, std::move(*match)});
    }
    std::stable_sort(m_rows.begin(), m_rows.end(),
                     [](const Row &a, const Row &b) { return a.match.score > b.match.score; });
    endResetModel();
}

QAction *CommandModel::actionAt(int row) const
{
    return m_rows[static_cast<size_t>(row)].command.action;
}

int CommandModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant CommandModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Row &row = m_rows[static_cast<size_t>(index.row())];
    const QAction *action = row.command.action;
    const auto shortcut = [action] {
        return action ? action->shortcut().toString(QKeySequence::NativeText) : QString();
    };
    const auto reason = [action] {
        if (action && action->isEnabled())
            return QString();
        return firstReason(action ? whyNot(action) : QString(), tr("Not possible now"));
    };
    switch (role) {
    case Qt::DisplayRole:
        return row.command.text;
    case Qt::ToolTipRole:
        return action ? action->statusTip() : QString();
    case Qt::AccessibleTextRole: {
        QStringList parts{row.command.text};
        for (const QString &part : {shortcut(), reason()}) {
            if (!part.isEmpty())
                parts += part;
        }
        return parts.join(QStringLiteral(", "));
    }
    case ShortcutRole:
        return shortcut();
    case ReasonRole:
        return reason();
    case MatchesRole:
        return QVariant::fromValue(row.match.positions);
    default:
        return {};
    }
}

Qt::ItemFlags CommandModel::flags(const QModelIndex &index) const
{
    // Those that cannot be run can still be pointed at: one wants to know why.
    return index.isValid() ? Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren
                           : Qt::NoItemFlags;
}

} // namespace Cachelens
