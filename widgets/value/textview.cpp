// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/textview.h"

#include "widgets/style/theme.h"

#include <QEvent>
#include <QPainter>
#include <QTextLayout>

#include <algorithm>

namespace Cachelens {

namespace {

/// Of these nobody can tell the width without asking the font: they get two cells.
bool isWide(QChar c)
{
    return c.unicode() >= 0x300 || c.unicode() == u'\t';
}

} // namespace

TextLines TextLines::of(QString text)
{
    TextLines lines;
    lines.text = std::move(text);
    lines.begins.push_back(0);
    lines.wide.push_back(false);
    for (qsizetype i = 0; i < lines.text.size(); ++i) {
        const QChar c = lines.text.at(i);
        if (c == u'\n') {
            lines.begins.push_back(i + 1);
            lines.wide.push_back(false);
        } else if (isWide(c)) {
            lines.wide.back() = true;
        }
    }
    return lines;
}

QStringView TextLines::line(qsizetype index) const
{
    const qsizetype begin = begins[static_cast<size_t>(index)];
    const bool last = static_cast<size_t>(index) + 1 == begins.size();
    const qsizetype end = last ? text.size() : begins[static_cast<size_t>(index) + 1] - 1;
    return QStringView(text).sliced(begin, end - begin);
}

TextView::TextView(QWidget *parent) : RowView(parent)
{
    setFont(fixedFont());
}

void TextView::setText(std::shared_ptr<const TextLines> text)
{
    m_text = std::move(text);
    m_columns = 0; // to be laid out anew
    m_tokensLine = -1;
    contentChanged();
}

std::vector<TextView::Token> TextView::tokens(QStringView) const
{
    return {};
}

const std::vector<TextView::Token> &TextView::tokensOf(qsizetype line)
{
    if (m_tokensLine != line) {
        m_tokens = tokens(m_text->line(line));
        m_tokensLine = line;
    }
    return m_tokens;
}

void TextView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        m_tokensLine = -1;
    RowView::changeEvent(event);
}

/// Characters in a row of this line.
qsizetype TextView::rowLength(qsizetype line) const
{
    return m_text->wide[static_cast<size_t>(line)] ? qMax<qsizetype>(m_columns / 2, 1) : m_columns;
}

void TextView::layoutRows()
{
    const auto columns = qMax<qsizetype>(
        8, static_cast<qsizetype>((viewport()->width() - 2 * margin) / charWidth()));
    if (columns == m_columns)
        return;
    m_columns = columns;
    m_firstRows.clear();
    if (!m_text)
        return;
    const auto lines = static_cast<qsizetype>(m_text->begins.size());
    m_firstRows.reserve(static_cast<size_t>(lines) + 1);
    int rows = 0;
    for (qsizetype line = 0; line < lines; ++line) {
        m_firstRows.push_back(rows);
        const qsizetype length = m_text->line(line).size();
        const qsizetype perRow = rowLength(line);
        rows += static_cast<int>(qMax<qsizetype>(1, (length + perRow - 1) / perRow));
    }
    m_firstRows.push_back(rows);
}

qint64 TextView::positionCount() const
{
    return m_text ? m_text->text.size() : 0;
}

int TextView::rowCount() const
{
    return m_firstRows.empty() ? 0 : m_firstRows.back();
}

int TextView::contentWidth() const
{
    return viewport()->width(); // wrapped
}

TextView::Row TextView::row(int index) const
{
    const auto after = std::upper_bound(m_firstRows.begin(), m_firstRows.end() - 1, index);
    const auto line = static_cast<qsizetype>(after - m_firstRows.begin()) - 1;
    const qsizetype lineBegin = m_text->begins[static_cast<size_t>(line)];
    const qsizetype length = m_text->line(line).size();
    const qsizetype perRow = rowLength(line);
    const qsizetype part = index - m_firstRows[static_cast<size_t>(line)];
    // A pair of surrogates stays on one row.
    const auto whole = [&](qsizetype at) {
        return at > 0 && at < length && m_text->text.at(lineBegin + at).isLowSurrogate() ? at + 1
                                                                                         : at;
    };
    const qsizetype begin = whole(qMin(part * perRow, length));
    const qsizetype end = whole(qMin((part + 1) * perRow, length));
    return {line, lineBegin + begin, lineBegin + end};
}

int TextView::rowOf(qint64 position) const
{
    if (!m_text || m_firstRows.empty())
        return 0;
    const auto &begins = m_text->begins;
    const auto line = static_cast<qsizetype>(
        std::upper_bound(begins.begin(), begins.end(), position) - begins.begin() - 1);
    const qsizetype part = (position - begins[static_cast<size_t>(line)]) / rowLength(line);
    const int first = m_firstRows[static_cast<size_t>(line)];
    const int last = m_firstRows[static_cast<size_t>(line) + 1] - 1;
    const int guess = qBound(first, first + static_cast<int>(part), last);
    return guess > first && position < row(guess).begin ? guess - 1 : guess;
}

qint64 TextView::rowBegin(int index) const
{
    return m_text && rowCount() > 0 ? row(index).begin : 0;
}

namespace {

/// One row's layout, for where its characters are.
void layOut(QTextLayout &layout)
{
    layout.setCacheEnabled(true);
    layout.beginLayout();
    layout.createLine().setLineWidth(1e6);
    layout.endLayout();
}

} // namespace

qint64 TextView::positionAt(int index, int x) const
{
    if (!m_text || rowCount() == 0)
        return 0;
    const Row at = row(index);
    QTextLayout layout(m_text->text.mid(at.begin, at.end - at.begin), font());
    layOut(layout);
    return at.begin + layout.lineAt(0).xToCursor(x - margin);
}

int TextView::xOf(qint64 position) const
{
    if (!m_text || rowCount() == 0)
        return margin;
    const Row at = row(rowOf(position));
    QTextLayout layout(m_text->text.mid(at.begin, at.end - at.begin), font());
    layOut(layout);
    return margin
        + static_cast<int>(layout.lineAt(0).cursorToX(static_cast<int>(position - at.begin)));
}

qint64 TextView::moved(qint64 position, int by) const
{
    const qint64 to = position + by;
    const bool between
        = m_text && to > 0 && to < m_text->text.size() && m_text->text.at(to).isLowSurrogate();
    return between ? to + by : to;
}

QString TextView::selectedText() const
{
    return m_text ? m_text->text.mid(selectionBegin(), selectionEnd() - selectionBegin())
                  : QString();
}

QString TextView::rowText(int index) const
{
    const Row at = row(index);
    return m_text->text.mid(at.begin, at.end - at.begin);
}

void TextView::paintRow(QPainter &painter, int index, QRect rect)
{
    const Row at = row(index);
    const qsizetype lineBegin = m_text->begins[static_cast<size_t>(at.line)];
    QTextLayout layout(rowText(index), font());
    layOut(layout);

    QList<QTextLayout::FormatRange> formats;
    for (const Token &token : tokensOf(at.line)) {
        const qsizetype begin = qMax(lineBegin + token.begin, at.begin);
        const qsizetype end = qMin(lineBegin + token.begin + token.length, at.end);
        if (begin >= end)
            continue;
        QTextLayout::FormatRange range;
        range.start = static_cast<int>(begin - at.begin);
        range.length = static_cast<int>(end - begin);
        range.format.setForeground(token.color);
        formats.push_back(range);
    }
    const qint64 selectedFrom = qMax<qint64>(selectionBegin(), at.begin);
    const qint64 selectedTo = qMin<qint64>(selectionEnd(), at.end);
    if (selectedFrom < selectedTo) {
        QTextLayout::FormatRange range;
        range.start = static_cast<int>(selectedFrom - at.begin);
        range.length = static_cast<int>(selectedTo - selectedFrom);
        const auto group = hasFocus() ? QPalette::Active : QPalette::Inactive;
        range.format.setBackground(palette().brush(group, QPalette::Highlight));
        range.format.setForeground(palette().brush(group, QPalette::HighlightedText));
        formats.push_back(range);
    }
    painter.setPen(palette().color(QPalette::Text));
    const QPointF topLeft(rect.x() + margin, rect.y() + 1);
    layout.draw(&painter, topLeft, formats);
    if (hasFocus() && !hasSelection() && rowOf(caret()) == index)
        layout.drawCursor(&painter, topLeft, static_cast<int>(caret() - at.begin));
}

} // namespace Cachelens
