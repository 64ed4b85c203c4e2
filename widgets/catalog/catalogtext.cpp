// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/catalog/catalogtext.h"

#include "widgets/style/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QTextBlock>
#include <QToolTip>

#include <algorithm>

namespace Cachelens {

namespace {

constexpr int gap = 8; // on both sides of a line's number

} // namespace

class CatalogText::Gutter final : public QWidget {
public:
    explicit Gutter(CatalogText *text) : QWidget(text), m_text(text) { }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        QPainter painter(this);
        m_text->paintGutter(painter, event->rect());
    }

private:
    CatalogText *m_text;
};

CatalogText::CatalogText(QWidget *parent) : QPlainTextEdit(parent), m_gutter(new Gutter(this))
{
    setFont(fixedFont());
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setTabChangesFocus(true);
    connect(this, &QPlainTextEdit::blockCountChanged, this, &CatalogText::fitGutter);
    connect(this, &QPlainTextEdit::updateRequest, m_gutter, [this](const QRect &area, int moved) {
        if (moved != 0)
            m_gutter->scroll(0, moved);
        else
            m_gutter->update(0, area.y(), m_gutter->width(), area.height());
    });
    fitGutter();
}

void CatalogText::setMistakes(std::vector<JsonMistake> mistakes)
{
    m_mistakes = std::move(mistakes);
    markMistakes();
    m_gutter->update();
}

void CatalogText::goToLine(int line)
{
    const QTextBlock block
        = document()->findBlockByNumber(std::clamp(line, 1, document()->blockCount()) - 1);
    QTextCursor cursor(block);
    cursor.movePosition(QTextCursor::StartOfBlock);
    setTextCursor(cursor);
    centerCursor();
}

int CatalogText::currentLine() const
{
    return textCursor().blockNumber() + 1;
}

bool CatalogText::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QPlainTextEdit::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const QPoint at = viewport()->mapFrom(this, help->pos());
    const int line = cursorForPosition({0, at.y()}).blockNumber() + 1;
    QToolTip::showText(help->globalPos(), mistakesOf(line), this);
    return true;
}

void CatalogText::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        markMistakes();
    if (event->type() == QEvent::FontChange)
        fitGutter();
}

void CatalogText::keyPressEvent(QKeyEvent *event)
{
    const bool newLine = event->matches(QKeySequence::InsertParagraphSeparator);
    if (!newLine || isReadOnly()) {
        QPlainTextEdit::keyPressEvent(event);
        return;
    }
    const QString above = textCursor().block().text().left(textCursor().positionInBlock());
    const auto text = std::ranges::find_if(above, [](QChar c) { return c != u' ' && c != u'\t'; });
    textCursor().insertText(u'\n' + above.left(text - above.begin()));
    ensureCursorVisible();
}

void CatalogText::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    fitGutter();
}

void CatalogText::fitGutter()
{
    const qsizetype digits = std::max<qsizetype>(3, QString::number(blockCount()).size());
    const int width = 2 * gap + static_cast<int>(digits) * fontMetrics().horizontalAdvance(u'0');
    setViewportMargins(width, 0, 0, 0);
    const QRect content = contentsRect();
    m_gutter->setGeometry(content.left(), content.top(), width, content.height());
}

void CatalogText::markMistakes()
{
    QColor ground = dangerColor(palette());
    ground.setAlpha(40);
    QList<QTextEdit::ExtraSelection> marks;
    for (const JsonMistake &mistake : m_mistakes) {
        const QTextBlock block = document()->findBlockByNumber(mistake.line - 1);
        if (!block.isValid())
            continue;
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(block);
        mark.format.setBackground(ground);
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        marks.append(mark);
    }
    setExtraSelections(marks);
}

void CatalogText::paintGutter(QPainter &painter, const QRect &area) const
{
    painter.fillRect(area, palette().color(QPalette::AlternateBase));
    painter.setFont(font());
    QTextBlock block = firstVisibleBlock();
    qreal top = blockBoundingGeometry(block).translated(contentOffset()).top();
    for (; block.isValid() && top <= area.bottom(); block = block.next()) {
        const qreal height = blockBoundingRect(block).height();
        const int line = block.blockNumber() + 1;
        const bool wrong = hasMistake(line);
        painter.setPen(wrong ? dangerColor(palette()) : quietColor(palette()));
        const QRectF place(0, top, m_gutter->width() - gap, height);
        painter.drawText(place, Qt::AlignRight | Qt::AlignVCenter, QString::number(line));
        if (wrong)
            painter.drawText(QRectF(0, top, gap, height), Qt::AlignCenter, QStringLiteral("!"));
        top += height;
    }
}

bool CatalogText::hasMistake(int line) const
{
    return std::ranges::any_of(m_mistakes, [line](const auto &m) { return m.line == line; });
}

QString CatalogText::mistakesOf(int line) const
{
    QStringList texts;
    for (const JsonMistake &mistake : m_mistakes) {
        if (mistake.line == line)
            texts.append(QString::fromUtf8(mistake.text).toHtmlEscaped());
    }
    return texts.join(QStringLiteral("<br>"));
}

} // namespace Cachelens
