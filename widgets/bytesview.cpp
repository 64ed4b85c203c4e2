// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bytesview.h"

#include "widgets/theme.h"

#include <QPainter>

namespace Cachelens {

namespace {

constexpr int offsetDigits = 8;
constexpr char digits[] = "0123456789abcdef";

char hexDigit(uint value)
{
    return digits[value & 0xF];
}

} // namespace

BytesView::BytesView(QWidget *parent) : RowView(parent)
{
    setFont(fixedFont());
}

void BytesView::setBytes(const QByteArray &bytes)
{
    m_bytes = bytes;
    contentChanged();
}

// offset, two spaces, "hh " per byte with one more space in the middle, one space, ASCII
int BytesView::hexX(int column) const
{
    const int gap = column >= m_perRow / 2 ? 1 : 0;
    return margin + (offsetDigits + 2 + column * 3 + gap) * charWidth();
}

int BytesView::asciiX(int column) const
{
    return hexX(m_perRow) + (1 + column) * charWidth();
}

int BytesView::contentWidth() const
{
    return asciiX(m_perRow) + margin;
}

void BytesView::layoutRows()
{
    m_perRow = 16;
    if (contentWidth() > viewport()->width())
        m_perRow = 8;
}

qint64 BytesView::positionCount() const
{
    return m_bytes.size();
}

int BytesView::rowCount() const
{
    return static_cast<int>((m_bytes.size() + m_perRow - 1) / m_perRow);
}

int BytesView::rowOf(qint64 position) const
{
    const int row = static_cast<int>(position / m_perRow);
    return qMax(0, qMin(row, rowCount() - 1));
}

qint64 BytesView::rowBegin(int row) const
{
    return static_cast<qint64>(row) * m_perRow;
}

qint64 BytesView::positionAt(int row, int x) const
{
    int column = 0;
    if (x >= asciiX(0)) {
        column = (x - asciiX(0) + charWidth() / 2) / charWidth();
    } else {
        while (column < m_perRow && x > hexX(column) + charWidth())
            ++column;
    }
    return qMin<qint64>(rowBegin(row) + qMin(column, m_perRow), m_bytes.size());
}

int BytesView::xOf(qint64 position) const
{
    return hexX(static_cast<int>(position - rowBegin(rowOf(position))));
}

QString BytesView::selectedText() const
{
    // Three characters a byte: what a clipboard and its readers bear.
    constexpr qint64 most = 8 * 1024 * 1024;
    const qint64 length = qMin(selectionEnd() - selectionBegin(), most);
    return QString::fromLatin1(m_bytes.mid(selectionBegin(), length).toHex(' '));
}

QString BytesView::rowText(int row) const
{
    return QString::fromLatin1(m_bytes.mid(rowBegin(row), m_perRow).toHex(' '));
}

void BytesView::paintRow(QPainter &painter, int row, QRect rect)
{
    const qint64 begin = rowBegin(row);
    const int count = static_cast<int>(qMin<qint64>(m_perRow, m_bytes.size() - begin));
    const int baseline = rect.y() + 1 + painter.fontMetrics().ascent();
    const QColor textColor = palette().color(QPalette::Text);
    const QColor quiet = quietColor(palette());

    const int first = static_cast<int>(qBound(qint64(0), selectionBegin() - begin, qint64(count)));
    const int last = static_cast<int>(qBound(qint64(0), selectionEnd() - begin, qint64(count)));
    const auto group = hasFocus() ? QPalette::Active : QPalette::Inactive;
    if (first < last) {
        const QBrush ground = palette().brush(group, QPalette::Highlight);
        const int hexEnd = hexX(last - 1) + 2 * charWidth();
        painter.fillRect(rect.x() + hexX(first), rect.y(), hexEnd - hexX(first), rect.height(),
                         ground);
        painter.fillRect(rect.x() + asciiX(first), rect.y(), asciiX(last) - asciiX(first),
                         rect.height(), ground);
    }

    QString text(offsetDigits, u'0');
    for (int i = 0; i < offsetDigits; ++i)
        text[offsetDigits - 1 - i]
            = QLatin1Char(hexDigit(static_cast<uint>(begin >> (4 * i)) & 0xF));
    painter.setPen(quiet);
    painter.drawText(rect.x() + margin, baseline, text);

    for (int i = 0; i < count; ++i) {
        const auto byte = static_cast<uchar>(m_bytes[begin + i]);
        const bool printable = byte >= 0x20 && byte < 0x7F;
        const bool selected = i >= first && i < last;
        const QString hex = QLatin1Char(hexDigit(byte >> 4)) + QString(QLatin1Char(hexDigit(byte)));
        painter.setPen(selected        ? palette().color(group, QPalette::HighlightedText)
                           : byte == 0 ? quiet
                                       : textColor);
        painter.drawText(rect.x() + hexX(i), baseline, hex);
        painter.setPen(selected        ? palette().color(group, QPalette::HighlightedText)
                           : printable ? textColor
                                       : quiet);
        painter.drawText(rect.x() + asciiX(i), baseline,
                         QString(printable ? QLatin1Char(m_bytes[begin + i]) : QLatin1Char('.')));
    }
    if (hasFocus() && !hasSelection() && rowOf(caret()) == row)
        painter.fillRect(rect.x() + xOf(caret()) - 1, rect.y(), 1, rect.height(), textColor);
}

} // namespace Cachelens
