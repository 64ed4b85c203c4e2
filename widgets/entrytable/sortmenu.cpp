// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrytable/sortmenu.h"

#include "widgets/entrytable/entrytablemodel.h"
#include "widgets/style/whynot.h"

#include <QActionGroup>

namespace Cachelens {

namespace {

/// The title as a line of a menu; its first letter that is not taken becomes the mnemonic.
QString withMnemonic(QString title, QString &taken)
{
    title.replace(u'&', QStringLiteral("&&"));
    for (qsizetype at = 0; at < title.size(); ++at) {
        if (title[at].isLetterOrNumber() && !taken.contains(title[at], Qt::CaseInsensitive)) {
            taken += title[at];
            return title.insert(at, u'&');
        }
    }
    return title;
}

} // namespace

SortMenu::SortMenu(const EntryTableModel &model, QWidget *parent)
    : QMenu(tr("Sor&t Entries By"), parent), m_model(model), m_columns(new QActionGroup(this)),
      m_directions(new QActionGroup(this))
{
    setToolTipsVisible(true); // they say why an action is not there
    connect(m_columns, &QActionGroup::triggered, this, [this](QAction *chosen) {
        const auto column = static_cast<int>(m_columns->actions().indexOf(chosen));
        Q_EMIT sortRequested(column, m_model.sortDirection());
    });
    connect(m_directions, &QActionGroup::triggered, this, [this](const QAction *chosen) {
        Q_EMIT sortRequested(m_model.sortedColumn(),
                             chosen == m_ascending ? Qt::AscendingOrder : Qt::DescendingOrder);
    });
    rebuild();
}

void SortMenu::rebuild()
{
    clear();
    const auto add = [this](const QString &text, QActionGroup *group) {
        QAction *action = addAction(text);
        action->setCheckable(true);
        group->addAction(action);
        return action;
    };
    const QString ascending = tr("&Ascending");
    const QString descending = tr("&Descending");
    QString taken = QKeySequence::mnemonic(ascending).toString().right(1)
        + QKeySequence::mnemonic(descending).toString().right(1);
    for (const EntryColumn &column : m_model.columns())
        add(withMnemonic(column.title(), taken), m_columns);
    addSeparator();
    m_ascending = add(ascending, m_directions);
    m_descending = add(descending, m_directions);
    refresh();
}

void SortMenu::refresh()
{
    const int sorted = m_model.sortedColumn();
    const auto set = [](QAction *action, bool checked, const QString &whyNot) {
        action->setChecked(checked);
        setWhyNot(action, whyNot);
    };
    const QList<QAction *> columns = m_columns->actions();
    for (int column = 0; column < columns.size(); ++column)
        set(columns[column], column == sorted, m_model.whyNotSortable(column));

    const QString whyNot = sorted < 0
        ? tr("The rows are shown as they were found: choose a column to sort them by")
        : m_model.whyNotSortable(sorted);
    const bool ascending = m_model.sortDirection() == Qt::AscendingOrder;
    set(m_ascending, sorted >= 0 && ascending, whyNot);
    set(m_descending, sorted >= 0 && !ascending, whyNot);
}

} // namespace Cachelens
