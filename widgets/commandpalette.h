// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QFrame>
#include <QPointer>

class QAction;
class QLabel;
class QLineEdit;
class QListView;

namespace Cachelens {

/// The actions whose text has the letters typed, in their order, the best first.
class CommandModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        ShortcutRole = Qt::UserRole, ///< QString
        ReasonRole, ///< QString: why it cannot be run now; empty when it can
        MatchesRole, ///< QList<int>: the letters of the text that were typed
    };

    using QAbstractListModel::QAbstractListModel;

    void setActions(QList<QAction *> actions);
    void setFilter(const QString &filter);
    [[nodiscard]] QAction *actionAt(int row) const; ///< null when it is gone

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    struct Row {
        QPointer<QAction> action;
        QString text;
        QList<int> matches;
        int score = 0;
    };
    void rebuild();

    QList<QPointer<QAction>> m_actions;
    QString m_filter;
    std::vector<Row> m_rows;
};

/// Every command by a few letters of its name. A frame over the top of a window; the window binds
/// Ctrl+K to popUp(). Closes on Escape, on a click elsewhere and when a command was chosen.
class CommandPalette : public QFrame {
    Q_OBJECT

public:
    /// `window`: what it lies over.
    explicit CommandPalette(QWidget *window);

    /// Shows these; actions without a text and separators are left out, menus taken apart.
    void popUp(const QList<QAction *> &actions);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void choose(const QModelIndex &index);
    void place();
    void dismiss();
    void moveBy(int rows);
    void updateNote();

    QLineEdit *m_filter = nullptr;
    QListView *m_list = nullptr;
    QLabel *m_note = nullptr;
    CommandModel *m_model = nullptr;
    QPointer<QWidget> m_focusBefore;
};

} // namespace Cachelens
