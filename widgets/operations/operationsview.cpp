// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/operationsview.h"

#include "widgets/operations/operationrow.h"
#include "widgets/style/theme.h"
#include "widgets/style/whynot.h"

#include <QAction>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace Cachelens {

namespace {

constexpr int refreshMs = 100;

} // namespace

OperationsView::OperationsView(QWidget *parent)
    : QWidget(parent), m_empty(new QLabel), m_scroll(new QScrollArea)
{
    m_throttle.setSingleShot(true);
    m_throttle.setInterval(refreshMs);
    connect(&m_throttle, &QTimer::timeout, this, &OperationsView::refresh);

    m_empty->setWordWrap(true);
    m_empty->setMargin(8);
    m_empty->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_empty->setText(
        tr("Nothing has been changed yet. What you delete or change appears here, with its "
           "progress and its undo."));

    auto *content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    content->setAutoFillBackground(true);
    m_list = new QVBoxLayout(content);
    m_list->setContentsMargins(0, 0, 0, 0);
    m_list->setSpacing(0);
    m_list->addStretch(1);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setAccessibleName(tr("Operations"));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_empty);
    layout->addWidget(m_scroll, 1);
    m_forgetFinished = new QAction(tr("For&get Finished Operations"), this);
    m_forgetFinished->setStatusTip(tr("Takes them off the list, with what they could undo"));
    connect(m_forgetFinished, &QAction::triggered, this, &OperationsView::forgetFinished);
    addAction(m_forgetFinished);
    updateEmpty();
}

void OperationsView::setSession(Session *session)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    m_pending.clear();
    m_throttle.stop();
    qDeleteAll(m_rows);
    m_rows.clear();
    if (m_session) {
        for (const OperationStatus &status : m_session->operations())
            addRow(status);
        connect(m_session, &Session::operationChanged, this, &OperationsView::receive);
        connect(m_session, &QObject::destroyed, this, [this] { setSession(nullptr); });
    }
    updateEmpty();
}

void OperationsView::receive(const OperationStatus &status)
{
    const OperationRow *row = m_rows.value(status.id);
    const bool news = !row || row->status().phase != status.phase;
    m_pending.insert(status.id, status);
    if (news)
        refresh(); // at once: only counts may wait
    else if (!m_throttle.isActive())
        m_throttle.start();
}

void OperationsView::refresh()
{
    const auto pending = std::exchange(m_pending, {});
    for (const OperationStatus &status : pending) {
        if (OperationRow *row = m_rows.value(status.id))
            row->setStatus(status);
        else
            addRow(status);
    }
    updateEmpty();
}

void OperationsView::addRow(const OperationStatus &status)
{
    const OperationId id = status.id;
    auto *row = new OperationRow(status);
    m_rows.insert(id, row);
    m_list->insertWidget(0, row);
    connect(row, &OperationRow::cancelRequested, this, [this, id] {
        if (m_session)
            m_session->cancelOperation(id);
    });
    connect(row, &OperationRow::undoRequested, this, [this, id] { undo(id); });
    connect(row, &OperationRow::forgetRequested, this, [this, id] { forget(id); });
}

void OperationsView::undo(OperationId id)
{
    if (!m_session)
        return;
    if (const Result<void> begun = m_session->undoOperation(id); !begun)
        Q_EMIT message(QString::fromUtf8(begun.error().message()));
}

void OperationsView::forget(OperationId id)
{
    if (!m_session)
        return;
    m_session->forgetOperation(id);
    m_pending.remove(id);
    if (OperationRow *row = m_rows.take(id)) {
        row->hide();
        row->deleteLater(); // one of its buttons is being clicked
    }
    updateEmpty();
}

void OperationsView::forgetFinished()
{
    const QList<OperationId> ids = m_rows.keys();
    for (const OperationId id : ids) {
        if (!m_rows.value(id)->status().isActive())
            forget(id);
    }
}

void OperationsView::updateEmpty()
{
    const bool isAnyFinished = std::any_of(
        m_rows.begin(), m_rows.end(), [](const auto *row) { return !row->status().isActive(); });
    setWhyNot(m_forgetFinished, isAnyFinished ? QString() : tr("No operation is finished"));
    m_empty->setVisible(m_rows.isEmpty());
    m_scroll->setVisible(!m_rows.isEmpty());
}

} // namespace Cachelens
