// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/rowview.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QTimerEvent>
#include <QtMath>

namespace Cachelens {

RowView::RowView(QWidget *parent) : QAbstractScrollArea(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setBackgroundRole(QPalette::Base);
    setFrameShape(QFrame::NoFrame);
    measure();
}

void RowView::measure()
{
    const QFontMetrics metrics(font());
    m_rowHeight = qMax(1, metrics.lineSpacing() + 2);
    m_charWidth = qMax(1.0, QFontMetricsF(font()).horizontalAdvance(u'0'));
}

void RowView::layoutRows()
{
}

qint64 RowView::moved(qint64 position, int by) const
{
    return position + by;
}

void RowView::contentChanged()
{
    m_anchor = m_caret = 0;
    layoutRows();
    updateScrollBars();
    verticalScrollBar()->setValue(0);
    horizontalScrollBar()->setValue(0);
    viewport()->update();
    Q_EMIT selectionChanged();
}

void RowView::updateScrollBars()
{
    const int page = visibleRows();
    verticalScrollBar()->setRange(0, qMax(0, rowCount() - page));
    verticalScrollBar()->setPageStep(page);
    verticalScrollBar()->setSingleStep(1);
    const int width = viewport()->width();
    horizontalScrollBar()->setRange(0, qMax(0, contentWidth() - width));
    horizontalScrollBar()->setPageStep(width);
    horizontalScrollBar()->setSingleStep(qCeil(m_charWidth));
}

int RowView::firstRow() const
{
    return verticalScrollBar()->value();
}

int RowView::visibleRows() const
{
    return qMax(1, (viewport()->height() - margin) / m_rowHeight);
}

void RowView::setSelection(qint64 anchor, qint64 caret)
{
    const qint64 end = positionCount();
    anchor = qBound<qint64>(0, anchor, end);
    caret = qBound<qint64>(0, caret, end);
    if (anchor == m_anchor && caret == m_caret)
        return;
    m_anchor = anchor;
    m_caret = caret;
    setAccessibleDescription(rowCount() > 0 ? rowText(rowOf(caret)) : QString());
    viewport()->update();
    Q_EMIT selectionChanged();
}

void RowView::selectAll()
{
    setSelection(0, positionCount());
}

void RowView::copy()
{
    const QString text = selectedText();
    if (!text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void RowView::moveCaret(qint64 to, bool select)
{
    to = qBound<qint64>(0, to, positionCount());
    setSelection(select ? m_anchor : to, to);
    ensureVisible(to);
}

/// Where the caret still stands in this row, as far to the right as it goes.
qint64 RowView::rowEnd(int row) const
{
    return row + 1 < rowCount() ? moved(rowBegin(row + 1), -1) : positionCount();
}

void RowView::ensureVisible(qint64 position)
{
    const int row = rowOf(position);
    const int first = firstRow();
    if (row < first)
        verticalScrollBar()->setValue(row);
    else if (row >= first + visibleRows())
        verticalScrollBar()->setValue(row - visibleRows() + 1);
    const int x = xOf(position);
    QScrollBar *horizontal = horizontalScrollBar();
    if (x < horizontal->value())
        horizontal->setValue(x - margin);
    else if (x + qCeil(m_charWidth) > horizontal->value() + viewport()->width())
        horizontal->setValue(x + qCeil(m_charWidth) - viewport()->width() + margin);
}

qint64 RowView::positionAtPoint(QPoint point) const
{
    if (rowCount() == 0)
        return 0;
    const int below = point.y() - margin;
    const int offset = below < 0 ? -1 : below / m_rowHeight;
    const int row = qBound(0, firstRow() + offset, rowCount() - 1);
    return positionAt(row, point.x() + horizontalScrollBar()->value());
}

void RowView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.setFont(font());
    const int left = -horizontalScrollBar()->value();
    const int width = qMax(contentWidth(), viewport()->width() - left);
    const int first = firstRow();
    const int end = qMin(rowCount(), first + visibleRows() + 2);
    for (int row = first; row < end; ++row) {
        const QRect rect(left, margin + (row - first) * m_rowHeight, width, m_rowHeight);
        if (rect.intersects(event->rect()))
            paintRow(painter, row, rect);
    }
}

void RowView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    layoutRows();
    updateScrollBars();
}

void RowView::scrollContentsBy(int, int)
{
    viewport()->update();
}

void RowView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        measure();
        layoutRows();
        updateScrollBars();
        viewport()->update();
    }
}

void RowView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void RowView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void RowView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy))
        return copy();
    if (event->matches(QKeySequence::SelectAll))
        return selectAll();
    if (rowCount() == 0)
        return QAbstractScrollArea::keyPressEvent(event);

    const bool select = event->modifiers() & Qt::ShiftModifier;
    const bool control = event->modifiers() & Qt::ControlModifier;
    const int row = rowOf(m_caret);
    const int x = xOf(m_caret);
    const auto toRow
        = [&](int to) { moveCaret(positionAt(qBound(0, to, rowCount() - 1), x), select); };
    switch (event->key()) {
    case Qt::Key_Left:
        moveCaret(moved(m_caret, -1), select);
        return;
    case Qt::Key_Right:
        moveCaret(moved(m_caret, 1), select);
        return;
    case Qt::Key_Up:
        toRow(row - 1);
        return;
    case Qt::Key_Down:
        toRow(row + 1);
        return;
    case Qt::Key_PageUp:
        toRow(row - visibleRows());
        return;
    case Qt::Key_PageDown:
        toRow(row + visibleRows());
        return;
    case Qt::Key_Home:
        moveCaret(control ? 0 : rowBegin(row), select);
        return;
    case Qt::Key_End:
        moveCaret(control ? positionCount() : rowEnd(row), select);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void RowView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const qint64 position = positionAtPoint(event->position().toPoint());
    setSelection(event->modifiers() & Qt::ShiftModifier ? m_anchor : position, position);
}

void RowView::mouseMoveEvent(QMouseEvent *event)
{
    if (!(event->buttons() & Qt::LeftButton))
        return;
    m_dragPoint = event->position().toPoint();
    setSelection(m_anchor, positionAtPoint(m_dragPoint));
    const bool outside = !viewport()->rect().contains(m_dragPoint);
    if (outside && m_autoScroll == 0) {
        m_autoScroll = startTimer(50);
    } else if (!outside && m_autoScroll != 0) {
        killTimer(m_autoScroll);
        m_autoScroll = 0;
    }
}

void RowView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && m_autoScroll != 0) {
        killTimer(m_autoScroll);
        m_autoScroll = 0;
    }
}

void RowView::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_autoScroll)
        return QAbstractScrollArea::timerEvent(event);
    moveCaret(positionAtPoint(m_dragPoint), true);
}

void RowView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copyAction = menu->addAction(tr("&Copy"), QKeySequence::Copy, this, &RowView::copy);
    copyAction->setEnabled(hasSelection());
    menu->addAction(tr("Select &all"), QKeySequence::SelectAll, this, &RowView::selectAll);
    const QPoint at = event->reason() == QContextMenuEvent::Mouse
        ? event->globalPos()
        : viewport()->mapToGlobal(viewport()->rect().center());
    menu->popup(at);
}

} // namespace Cachelens
