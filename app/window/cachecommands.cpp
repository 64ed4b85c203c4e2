// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/cachecommands.h"

#include "widgets/key/displaykey.h"
#include "widgets/operations/deletedialog.h"
#include "widgets/operations/ttldialog.h"
#include "widgets/style/format.h"

#include <QMessageBox>
#include <QPushButton>

#include <algorithm>
#include <ranges>

namespace Cachelens {

namespace {

/// Opens the question, and goes on when it is answered with `yes`.
void askThen(QMessageBox *box, const QString &yes, const QString &no, std::function<void()> next)
{
    box->setAttribute(Qt::WA_DeleteOnClose);
    const QPushButton *agrees = box->addButton(yes, QMessageBox::DestructiveRole);
    box->setDefaultButton(box->addButton(no, QMessageBox::RejectRole));
    QObject::connect(agrees, &QPushButton::clicked, box->parent(), std::move(next));
    box->open();
}

} // namespace

QString nodeTitle(const NodeInfo &node)
{
    const QString label = displayKey(node.label);
    switch (node.kind) {
    case NodeKind::Root:
        return CacheCommands::tr("every key");
    case NodeKind::Namespace:
        return label.isEmpty() ? CacheCommands::tr("the functions without a namespace")
                               : CacheCommands::tr("namespace %1").arg(label);
    case NodeKind::Function:
        return CacheCommands::tr("function %1").arg(label);
    case NodeKind::Partition:
        return CacheCommands::tr("partition %1").arg(label);
    case NodeKind::OtherKeys:
        return CacheCommands::tr("other keys");
    }
    return {};
}

CacheCommands::CacheCommands(QWidget *window) : QObject(window), m_window(window)
{
}

void CacheCommands::setSession(Session *session)
{
    m_session = session;
}

void CacheCommands::deleteKeys(const QList<QByteArray> &keys)
{
    if (!m_session || keys.isEmpty())
        return;
    DeletionTarget target;
    target.keys.assign(keys.begin(), keys.end());
    target.title = keys.size() == 1
        ? tr("entry %1").arg(displayKey(keys.constFirst())).toUtf8()
        : tr("%1 selected entries").arg(formatCount(keys.size())).toUtf8();
    ask(std::move(target));
}

void CacheCommands::deleteNode(const NodeInfo &node)
{
    // A node without a prefix of its own has nothing that bounds what would go.
    if (!m_session || node.prefix.isEmpty())
        return;
    DeletionTarget target;
    target.title = nodeTitle(node).toUtf8();
    target.prefixes = {node.prefix};
    target.node = node;
    ask(std::move(target));
}

void CacheCommands::ask(DeletionTarget target)
{
    auto *dialog = new DeleteDialog(m_session, std::move(target), m_window);
    connect(dialog, &DeleteDialog::started, this, &CacheCommands::started);
    dialog->open();
}

void CacheCommands::changeTtl(const QByteArray &key,
                              std::optional<std::chrono::milliseconds> current)
{
    if (!m_session || key.isEmpty())
        return;
    auto *dialog = new TtlDialog(m_session, key, current, m_window);
    connect(dialog, &TtlDialog::started, this, &CacheCommands::started);
    dialog->open();
}

void CacheCommands::undoLast()
{
    if (!m_session)
        return;
    const auto operations = m_session->operations();
    const auto newest
        = std::ranges::find_if(operations | std::views::reverse, &OperationStatus::canUndo);
    if (newest == operations.rend()) {
        Q_EMIT message(tr("There is nothing to undo."));
        return;
    }
    if (const auto undone = m_session->undoOperation(newest->id); !undone)
        Q_EMIT message(QString::fromUtf8(undone.error().message()));
}

void CacheCommands::cancelRunning()
{
    if (!m_session)
        return;
    for (const OperationStatus &operation : m_session->operations()) {
        if (operation.isActive())
            m_session->cancelOperation(operation.id);
    }
}

bool CacheCommands::canUndo() const
{
    return m_session && std::ranges::any_of(m_session->operations(), &OperationStatus::canUndo);
}

bool CacheCommands::isRunning() const
{
    return m_session && std::ranges::any_of(m_session->operations(), &OperationStatus::isActive);
}

void CacheCommands::closeConnectionThen(std::function<void()> next)
{
    if (isRunning()) {
        askToStop(tr("Close connection"),
                  tr("An operation is running. Stop it and close the connection?"),
                  tr("What it has done stays done, and can no longer be undone once the connection "
                     "is closed."),
                  std::move(next));
        return;
    }
    if (!canUndo()) {
        next();
        return;
    }
    auto *box = new QMessageBox(QMessageBox::Question, tr("Close connection"),
                                tr("Close the connection?"), QMessageBox::NoButton, m_window);
    box->setInformativeText(tr("What was done over it stays done, and can no longer be undone once "
                               "it is closed."));
    askThen(box, tr("&Close Connection"), tr("&Keep Open"), std::move(next));
}

void CacheCommands::stopAndCloseWindowThen(std::function<void()> next)
{
    askToStop(tr("Close window"), tr("An operation is running. Stop it and close the window?"),
              tr("What it has done stays done, and can no longer be undone once the window is "
                 "closed."),
              std::move(next));
}

void CacheCommands::askToStop(const QString &title, const QString &question,
                              const QString &consequence, std::function<void()> next)
{
    auto *box
        = new QMessageBox(QMessageBox::Question, title, question, QMessageBox::NoButton, m_window);
    box->setInformativeText(consequence);
    askThen(box, tr("&Stop and Close"), tr("&Keep Running"), std::move(next));
}

std::optional<NodeInfo> CacheCommands::nodeOf(const QByteArray &key, NodeKind kind) const
{
    if (!m_session)
        return std::nullopt;
    const auto index = m_session->index();
    const auto id = index->find(key);
    return id ? above(index->node(index->nodeOf(*id)), kind) : std::nullopt;
}

std::optional<NodeInfo> CacheCommands::above(const NodeInfo &node, NodeKind kind) const
{
    if (!m_session)
        return std::nullopt;
    const auto index = m_session->index();
    NodeInfo at = node;
    while (at.kind != kind && at.kind != NodeKind::Root)
        at = index->node(at.parent);
    return at.kind == kind && !at.prefix.isEmpty() ? std::optional(at) : std::nullopt;
}

} // namespace Cachelens
