// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/keylabel.h"

#include "widgets/format.h"
#include "widgets/keytext.h"
#include "widgets/theme.h"

#include <QTextBlock>

#include <algorithm>

namespace Cachelens {

namespace {

constexpr qsizetype longest = 8 * 1024; // bytes that are laid out
constexpr int mostLines = 6;

struct Part {
    qsizetype begin = 0;
    qsizetype end = 0;
    QTextCharFormat format;
};

} // namespace

KeyLabel::KeyLabel(QWidget *parent) : QTextEdit(parent)
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    setWordWrapMode(QTextOption::WrapAnywhere);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFont(fixedFont());
    document()->setDocumentMargin(4);
    setAccessibleName(tr("Key"));
    fitHeight();
}

void KeyLabel::setKey(const QByteArray &rawKey, const KeyReading &reading, const KeyLevels &levels)
{
    if (rawKey == m_key && reading.source == m_reading.source && !document()->isEmpty())
        return; // keeps what is selected
    m_key = rawKey;
    m_reading = reading;
    m_levels = levels;
    render();
}

void KeyLabel::clearKey()
{
    m_key.clear();
    m_reading = {};
    m_levels = {};
    render();
}

void KeyLabel::render()
{
    QTextCharFormat plain;
    QTextCharFormat quiet;
    quiet.setForeground(quietColor(palette()));

    // Parts in order; what is between them (separators) is quiet.
    std::vector<Part> parts;
    if (m_levels.source != KeyReading::Source::Foreign) {
        constexpr qsizetype separator = 2; // "::"
        if (m_levels.namespaceEnd > m_levels.cacheEnd) {
            QTextCharFormat format;
            format.setToolTip(tr("Namespace"));
            parts.push_back({m_levels.cacheEnd, m_levels.namespaceEnd - separator, format});
        }
        QTextCharFormat function;
        function.setFontWeight(QFont::DemiBold);
        function.setToolTip(m_levels.source == KeyReading::Source::Guess
                                ? tr("Function (a guess: no catalog names it)")
                                : tr("Function %1").arg(displayKey(m_reading.function)));
        const qsizetype end = qMax(m_levels.namespaceEnd, m_levels.functionEnd - separator);
        parts.push_back({m_levels.namespaceEnd, end, function});
        for (const FieldReading &field : m_reading.fields) {
            QTextCharFormat format;
            format.setBackground(segmentTint(field.field, palette()));
            const QString name = displayKey(field.field);
            QString tip = field.partition ? tr("Field %1, of the partition").arg(name)
                                          : tr("Field %1").arg(name);
            if (m_reading.source == KeyReading::Source::Guess)
                tip = tr("%1 (a guess)").arg(tip);
            format.setToolTip(tip);
            parts.push_back({field.begin, field.end, format});
        }
        if (m_reading.suffixHashed) {
            QTextCharFormat format;
            format.setToolTip(tr("A digest: the fields cannot be read back"));
            parts.push_back({m_levels.partitionEnd, m_key.size(), format});
        }
        std::stable_sort(parts.begin(), parts.end(),
                         [](const Part &a, const Part &b) { return a.begin < b.begin; });
    } else {
        parts.push_back({0, m_key.size(), plain});
    }

    clear();
    QTextCursor cursor(document());
    const QByteArrayView shown = QByteArrayView(m_key).first(qMin(m_key.size(), longest));
    const auto insert = [&](qsizetype begin, qsizetype end, const QTextCharFormat &format) {
        end = qMin(end, shown.size());
        if (begin < end)
            cursor.insertText(displayKey(shown.sliced(begin, end - begin)), format);
    };
    qsizetype at = 0;
    for (const Part &part : parts) {
        if (part.begin < at)
            continue; // fields may be one inside the other: the first one has it
        insert(at, part.begin, quiet);
        insert(part.begin, part.end, part.format);
        at = qMax(at, part.end);
    }
    insert(at, m_key.size(), quiet);
    if (m_key.size() > longest) {
        cursor.insertText(tr("\u2026 (%1 in all)").arg(formatBytes(m_key.size())), quiet);
    }
    fitHeight();
}

void KeyLabel::fitHeight()
{
    const int line = QFontMetrics(font()).lineSpacing();
    const auto margins = static_cast<int>(2 * document()->documentMargin());
    const int wanted = qMax(line + margins, static_cast<int>(document()->size().height() + 0.5));
    setFixedHeight(qMin(wanted, mostLines * line + margins));
}

QSize KeyLabel::sizeHint() const
{
    return {320, height()};
}

QSize KeyLabel::minimumSizeHint() const
{
    return {160, height()};
}

void KeyLabel::resizeEvent(QResizeEvent *event)
{
    QTextEdit::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        fitHeight();
}

void KeyLabel::changeEvent(QEvent *event)
{
    QTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        render();
    else if (event->type() == QEvent::FontChange)
        fitHeight();
}

} // namespace Cachelens
