// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/bytesview.h"

#include "widgets/style/theme.h"

#include <QPainter>

namespace Cachelens {

namespace {

constexpr int offsetDigits = 8;
constexpr char digits[] = "0123456789abcdef";

QLatin1Char hexDigit(uint value)
{
    return QLatin1Char(digits[value & 0xFU]);
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

// A row in characters: the offset, two spaces, "hh " a byte with one more space in the middle, one
// space, a character a byte.
int BytesView::hexColumn(int byte) const
{
    return offsetDigits + 2 + byte * 3 + (byte >= m_perRow / 2 ? 1 : 0);
}

int BytesView::asciiColumn(int byte) const
{
    return hexColumn(m_perRow) + 1 + byte;
}

int BytesView::xOfColumn(int column) const
{
    return margin + qRound(column * charWidth());
}

int BytesView::contentWidth() const
{
    return xOfColumn(asciiColumn(m_perRow)) + margin;
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
    if (x >= xOfColumn(asciiColumn(0))) {
        column = qRound((x - xOfColumn(asciiColumn(0))) / charWidth());
    } else {
        while (column < m_perRow && x > xOfColumn(hexColumn(column) + 1))
            ++column;
    }
    return qMin<qint64>(rowBegin(row) + qMin(column, m_perRow), m_bytes.size());
}

int BytesView::xOf(qint64 position) const
{
    return xOfColumn(hexColumn(static_cast<int>(position - rowBegin(rowOf(position)))));
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
    const int first = static_cast<int>(qBound(qint64(0), selectionBegin() - begin, qint64(count)));
    const int last = static_cast<int>(qBound(qint64(0), selectionEnd() - begin, qint64(count)));
    const auto group = hasFocus() ? QPalette::Active : QPalette::Inactive;
    if (first < last) {
        const auto fill = [&](int from, int to) {
            const int x = xOfColumn(from);
            painter.fillRect(rect.x() + x, rect.y(), xOfColumn(to) - x, rect.height(),
                             palette().brush(group, QPalette::Highlight));
        };
        fill(hexColumn(first), hexColumn(last - 1) + 2);
        fill(asciiColumn(first), asciiColumn(last));
    }

    // The row once a colour, with blanks for what has another one: few texts are drawn fast.
    const QString blank(asciiColumn(m_perRow), u' ');
    QString plain = blank;
    QString quiet = blank;
    QString selected = blank;
    for (int i = 0; i < offsetDigits; ++i)
        quiet[offsetDigits - 1 - i] = hexDigit(static_cast<uint>(begin >> (4 * i)));
    for (int i = 0; i < count; ++i) {
        const auto byte = static_cast<uchar>(m_bytes.at(begin + i));
        const bool printable = byte >= 0x20 && byte < 0x7F;
        const bool chosen = i >= first && i < last;
        QString &hex = chosen ? selected : byte == 0 ? quiet : plain;
        hex[hexColumn(i)] = hexDigit(byte >> 4U);
        hex[hexColumn(i) + 1] = hexDigit(byte);
        QString &ascii = chosen ? selected : printable ? plain : quiet;
        ascii[asciiColumn(i)] = printable ? QLatin1Char(m_bytes.at(begin + i)) : QLatin1Char('.');
    }
    const QPointF at(rect.x() + margin, rect.y() + 1 + painter.fontMetrics().ascent());
    const QColor textColor = palette().color(QPalette::Text);
    painter.setPen(quietColor(palette()));
    painter.drawText(at, quiet);
    painter.setPen(textColor);
    painter.drawText(at, plain);
    if (first < last) {
        painter.setPen(palette().color(group, QPalette::HighlightedText));
        painter.drawText(at, selected);
    }
    if (hasFocus() && !hasSelection() && rowOf(caret()) == row)
        painter.fillRect(rect.x() + xOf(caret()) - 1, rect.y(), 1, rect.height(), textColor);
}

} // namespace Cachelens
