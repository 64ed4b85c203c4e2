// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>

namespace Cachelens {

/// A scroll area of equally high rows of fixed-width text, which paints only those in sight, with
/// a selection that mouse and keyboard make. What a position is (a byte, a character) is up to the
/// derived class.
class RowView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit RowView(QWidget *parent = nullptr);

    [[nodiscard]] bool hasSelection() const { return m_anchor != m_caret; }
    [[nodiscard]] qint64 selectionBegin() const { return qMin(m_anchor, m_caret); }
    [[nodiscard]] qint64 selectionEnd() const { return qMax(m_anchor, m_caret); }
    [[nodiscard]] qint64 caret() const { return m_caret; }
    void setSelection(qint64 anchor, qint64 caret);

public Q_SLOTS:
    void selectAll();
    /// The selection, as the derived class writes it; nothing where nothing is selected.
    void copy();

Q_SIGNALS:
    void selectionChanged();

protected:
    /// Positions in all; the caret is between 0 and this.
    [[nodiscard]] virtual qint64 positionCount() const = 0;
    [[nodiscard]] virtual int rowCount() const = 0;
    [[nodiscard]] virtual int contentWidth() const = 0;
    [[nodiscard]] virtual int rowOf(qint64 position) const = 0;
    [[nodiscard]] virtual qint64 rowBegin(int row) const = 0;
    [[nodiscard]] virtual qint64 positionAt(int row, int x) const = 0;
    [[nodiscard]] virtual int xOf(qint64 position) const = 0;
    [[nodiscard]] virtual qint64 moved(qint64 position, int by) const;
    [[nodiscard]] virtual QString selectedText() const = 0;
    /// For a screen reader, which is told the row of the caret.
    [[nodiscard]] virtual QString rowText(int row) const = 0;
    virtual void paintRow(QPainter &painter, int row, QRect rect) = 0;
    /// The width or the font has changed: a chance to break rows anew.
    virtual void layoutRows();

    /// After the content has changed: scroll bars, caret and selection from the start.
    void contentChanged();
    void updateScrollBars();
    [[nodiscard]] qreal charWidth() const { return m_charWidth; }
    [[nodiscard]] int firstRow() const;
    [[nodiscard]] int visibleRows() const;
    static constexpr int margin = 4;

    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void timerEvent(QTimerEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    void measure();
    void moveCaret(qint64 to, bool select);
    void ensureVisible(qint64 position);
    [[nodiscard]] qint64 rowEnd(int row) const;
    [[nodiscard]] qint64 positionAtPoint(QPoint point) const;

    qint64 m_anchor = 0;
    qint64 m_caret = 0;
    int m_rowHeight = 1;
    qreal m_charWidth = 1;
    int m_autoScroll = 0; // timer id while the mouse is dragged outside
    QPoint m_dragPoint;
};

} // namespace Cachelens
