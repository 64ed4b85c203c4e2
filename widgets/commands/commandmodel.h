// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QPointer>

#include <optional>
#include <vector>

class QAction;

namespace Cachelens {

/// An action's text as one reads it: without mnemonics and the dots at its end.
[[nodiscard]] QString plainActionText(const QAction *action);

/// How well a text contains the typed letters in their order, whatever their case; none when it
/// does not. Beginnings of words and runs count more, gaps count against.
struct FuzzyMatch {
    int score = 0;
    QList<int> positions; ///< in the text
};
[[nodiscard]] std::optional<FuzzyMatch> fuzzyMatch(const QString &typed, const QString &text);

/// The commands whose text has the letters typed, the best first.
class CommandModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        ShortcutRole = Qt::UserRole, ///< QString
        ReasonRole, ///< QString: why it cannot be run now; empty when it can
        MatchesRole, ///< QList<int>: the letters of the text that were typed
    };
    struct Command {
        QPointer<QAction> action;
        QString text;
    };

    using QAbstractListModel::QAbstractListModel;

    void setCommands(QList<Command> commands);
    void setFilter(const QString &filter);
    [[nodiscard]] QAction *actionAt(int row) const; ///< null when it is gone

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    struct Row {
        Command command;
        FuzzyMatch match;
    };
    void rebuild();

    QList<Command> m_commands;
    QString m_filter;
    std::vector<Row> m_rows;
};

} // namespace Cachelens
