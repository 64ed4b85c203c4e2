// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/key/keylabel.h"

#include "widgets/key/displaykey.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QMimeData>
#include <QResizeEvent>

#include <algorithm>

namespace Cachelens {

namespace {

constexpr qsizetype longest = 8 * 1024; // bytes that are laid out
constexpr int mostLines = 6;

constexpr QByteArrayView separator = "::";
/// Where a line may end. No key shows one of its own: displayKey() escapes it.
constexpr QChar breakHere(0x200B);

} // namespace

KeyLabel::KeyLabel(QWidget *parent) : QTextEdit(parent)
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFont(fixedFont());
    document()->setDocumentMargin(4);
    setAccessibleName(tr("Key"));
    fitHeight();
}

void KeyLabel::setKey(const QByteArray &rawKey, const KeyReader &reader)
{
    // Of a key that nobody can look at whole the parts do not matter.
    const bool readable = rawKey.size() <= longest;
    KeyReading reading = readable ? reader.read(rawKey) : KeyReading();
    if (rawKey == m_key && reading.source == m_reading.source && !document()->isEmpty())
        return; // keeps what is selected
    m_key = rawKey;
    m_reading = std::move(reading);
    m_levels = readable ? reader.levels({m_key.constData(), static_cast<std::size_t>(m_key.size())})
                        : KeyLevels();
    render();
}

void KeyLabel::setReading(const QByteArray &rawKey, KeyReading reading, const KeyLevels &levels)
{
    const bool readable = rawKey.size() <= longest;
    m_key = rawKey;
    m_reading = readable ? std::move(reading) : KeyReading();
    m_levels = readable ? levels : KeyLevels();
    render();
}

std::vector<KeyLabel::Part> KeyLabel::parts() const
{
    std::vector<Part> found;
    if (m_levels.source == KeyReading::Source::Foreign) {
        found.push_back({0, m_key.size(), {}});
        return found;
    }
    const auto add = [&found](qsizetype begin, qsizetype end, const QString &tip) -> Part & {
        found.push_back({begin, end, {}});
        found.back().format.setToolTip(tip);
        return found.back();
    };
    const bool guess = m_levels.source == KeyReading::Source::Guess;
    if (m_levels.namespaceEnd > m_levels.cacheEnd)
        add(m_levels.cacheEnd, m_levels.namespaceEnd - separator.size(), tr("Namespace"));
    add(m_levels.namespaceEnd, qMax(m_levels.namespaceEnd, m_levels.functionEnd - separator.size()),
        guess ? tr("Function (a guess: no catalog names it)")
              : tr("Function %1").arg(displayKey(m_reading.function)))
        .format.setFontWeight(QFont::DemiBold);
    for (const FieldReading &field : m_reading.fields) {
        const QString name = displayKey(field.field);
        const QString tip = field.partition ? tr("Field %1, of the partition").arg(name)
                                            : tr("Field %1").arg(name);
        add(field.begin, field.end, guess ? tr("%1 (a guess)").arg(tip) : tip)
            .format.setBackground(segmentTint(field.field, palette()));
    }
    if (m_reading.suffixHashed)
        add(m_levels.partitionEnd, m_key.size(), tr("A digest: the fields cannot be read back"));
    std::stable_sort(found.begin(), found.end(),
                     [](const Part &a, const Part &b) { return a.begin < b.begin; });
    return found;
}

void KeyLabel::render()
{
    QTextCharFormat quiet; // what is between the parts
    quiet.setForeground(quietColor(palette()));

    clear();
    QTextCursor cursor(document());
    const QByteArrayView shown = QByteArrayView(m_key).first(qMin(m_key.size(), longest));
    const auto insert = [&](qsizetype begin, qsizetype end, const QTextCharFormat &format) {
        end = qMin(end, shown.size());
        if (begin >= end)
            return;
        const QByteArrayView bytes = shown.sliced(begin, end - begin);
        cursor.insertText(displayKey(bytes), format);
        if (bytes.endsWith(separator))
            cursor.insertText(QString(breakHere), format);
    };
    qsizetype at = 0;
    for (const Part &part : parts()) {
        if (part.begin < at)
            continue; // fields may be one inside the other: the first one has it
        insert(at, part.begin, quiet);
        insert(part.begin, part.end, part.format);
        at = qMax(at, part.end);
    }
    insert(at, m_key.size(), quiet);
    if (m_key.size() > longest)
        cursor.insertText(tr("\u2026 (%1 in all)").arg(formatBytes(m_key.size())), quiet);
    fitHeight();
}

QMimeData *KeyLabel::createMimeDataFromSelection() const
{
    auto *mime = new QMimeData;
    mime->setText(textCursor().selectedText().remove(breakHere));
    return mime;
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
