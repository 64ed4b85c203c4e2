// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/commands/commandpalette.h"

#include "widgets/commands/commanddelegate.h"

#include <QAction>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QVBoxLayout>

namespace Cachelens {

namespace {

/// Menus taken apart: their actions under the menu's name.
void collect(const QList<QAction *> &actions, const QString &path,
             QList<CommandModel::Command> &into)
{
    for (QAction *action : actions) {
        if (!action || action->isSeparator() || !action->isVisible() || action->text().isEmpty())
            continue;
        const QString text = path + plainActionText(action);
        if (const QMenu *menu = action->menu<QMenu *>())
            collect(menu->actions(), text + QStringLiteral(": "), into);
        else if (std::none_of(into.begin(), into.end(),
                              [action](const auto &known) { return known.action == action; }))
            into.push_back({action, text});
    }
}

} // namespace

CommandPalette::CommandPalette(QWidget *window)
    : QFrame(window), m_filter(new QLineEdit), m_list(new QListView), m_note(new QLabel),
      m_model(new CommandModel(this))
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Window);
    setAccessibleName(tr("Commands"));
    hide();

    m_filter->setPlaceholderText(tr("Type a few letters of a command"));
    m_filter->setAccessibleName(tr("Command"));
    m_filter->setClearButtonEnabled(true);
    m_filter->installEventFilter(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setAccessibleName(tr("Commands that match"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus); // the keys go to the line above
    m_list->setUniformItemSizes(true);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_note->setMargin(4);
    m_note->setWordWrap(true);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(4);
    layout->addWidget(m_filter);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_note);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model->setFilter(text);
        m_list->setCurrentIndex(m_model->index(0));
        updateNote();
    });
    connect(m_list, &QListView::clicked, this, &CommandPalette::choose);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &CommandPalette::updateNote);
    window->installEventFilter(this);
}

void CommandPalette::popUp(const QList<QAction *> &actions)
{
    if (!isVisible())
        m_focusBefore = window()->focusWidget();
    QList<CommandModel::Command> commands;
    collect(actions, {}, commands);
    m_filter->clear();
    m_model->setCommands(std::move(commands));
    m_list->setCurrentIndex(m_model->index(0));
    updateNote();
    place();
    show();
    raise();
    m_filter->setFocus();
}

void CommandPalette::place()
{
    constexpr int gap = 16;
    const QSize room = parentWidget()->size();
    const int width = qMin(qMax(480, room.width() / 2), room.width() - 2 * gap);
    const int height = qMin(400, room.height() - 2 * gap);
    setGeometry((room.width() - width) / 2, qMin(48, qMax(gap, (room.height() - height) / 2)),
                width, height);
}

void CommandPalette::dismiss()
{
    if (!isVisible())
        return;
    const bool hadFocus = isAncestorOf(window()->focusWidget());
    hide();
    if (hadFocus && m_focusBefore)
        m_focusBefore->setFocus();
}

void CommandPalette::choose(const QModelIndex &index)
{
    QAction *action = index.isValid() ? m_model->actionAt(index.row()) : nullptr;
    if (!action || !action->isEnabled())
        return; // why not is below the list
    dismiss();
    action->trigger();
}

void CommandPalette::moveBy(int rows)
{
    const int count = m_model->rowCount();
    if (count == 0)
        return;
    const int row = qBound(0, m_list->currentIndex().row() + rows, count - 1);
    m_list->setCurrentIndex(m_model->index(row));
}

void CommandPalette::updateNote()
{
    const QModelIndex current = m_list->currentIndex();
    if (m_model->rowCount() == 0)
        m_note->setText(tr("No command has these letters in this order."));
    else if (const QString reason = current.data(CommandModel::ReasonRole).toString();
             !reason.isEmpty())
        m_note->setText(reason);
    else
        m_note->setText(current.data(Qt::ToolTipRole).toString());
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible())
        place();
    if (watched != m_filter)
        return QFrame::eventFilter(watched, event);

    if (event->type() == QEvent::FocusOut) {
        // Also when another window is in front: what was typed is then kept.
        if (static_cast<QFocusEvent *>(event)->reason() != Qt::ActiveWindowFocusReason
            && static_cast<QFocusEvent *>(event)->reason() != Qt::PopupFocusReason)
            dismiss();
    } else if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) {
        const int page = qMax(1, m_list->height() / qMax(1, m_list->sizeHintForRow(0)) - 1);
        int by = 0;
        switch (static_cast<QKeyEvent *>(event)->key()) {
        case Qt::Key_Up:
            by = -1;
            break;
        case Qt::Key_Down:
            by = 1;
            break;
        case Qt::Key_PageUp:
            by = -page;
            break;
        case Qt::Key_PageDown:
            by = page;
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Escape:
            break;
        default:
            return false;
        }
        event->accept();
        if (event->type() == QEvent::ShortcutOverride)
            return true; // ours; the key press follows
        if (by != 0)
            moveBy(by);
        else if (static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape)
            dismiss();
        else
            choose(m_list->currentIndex());
        return true;
    }
    return false;
}

} // namespace Cachelens
