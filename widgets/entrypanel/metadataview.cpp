// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrypanel/metadataview.h"

#include "widgets/disposal.h"
#include "widgets/key/displaykey.h"
#include "widgets/style/elidedlabel.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

namespace Cachelens {

using std::chrono::milliseconds;

void MetadataView::Item::set(const QString &text, const QString &tip)
{
    value->setText(text);
    value->setToolTip(tip);
    value->setAccessibleName(tr("%1: %2").arg(title->text(), text));
    value->setAccessibleDescription(tip);
}

MetadataView::MetadataView(QWidget *parent) : QWidget(parent)
{
    auto *rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(4);
    m_function = makeItem(tr("Function"), new ElidedLabel); // a path has nowhere to wrap
    m_nextCall = makeItem(tr("Next call"), new QLabel, new QLabel);
    m_writtenBy = makeItem(tr("Written by"), new QLabel, new QLabel);
    m_lastCall = makeItem(tr("Last call"), new QLabel, new QLabel);
    m_cached = makeItem(tr("Cached"), new QLabel);
    m_resets = makeItem(tr("Resets"), new QLabel);
    m_ttl = makeItem(tr("TTL"), new QLabel);
    m_storage = makeItem(tr("Stored as"), new ElidedLabel);
    m_functionRow = addRow({m_function});
    m_statusRow = addRow({m_nextCall, m_writtenBy});
    m_callRow = addRow({m_lastCall});
    m_callRow->setVisible(false);
    m_timeRow = addRow({m_cached, m_resets});
    addRow({m_ttl});
    addRow({m_storage});

    const std::initializer_list<QLabel *> titles
        = {m_function.title, m_nextCall.title, m_writtenBy.title, m_lastCall.title,
           m_cached.title,   m_resets.title,   m_ttl.title,       m_storage.title};
    int widest = 0;
    for (const QLabel *title : titles)
        widest = qMax(widest, title->sizeHint().width());
    for (QLabel *title : titles)
        title->setFixedWidth(widest);
    updateColors();
}

MetadataView::Item MetadataView::makeItem(const QString &title, QLabel *value, QLabel *icon)
{
    Item item;
    item.title = new QLabel(title);
    item.title->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    item.value = value;
    item.value->setTextFormat(Qt::PlainText);
    item.value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    item.icon = icon;
    return item;
}

QWidget *MetadataView::addRow(std::initializer_list<Item> items)
{
    auto *row = new QWidget;
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    for (const Item &item : items) {
        line->addWidget(item.title);
        auto *value = new QHBoxLayout;
        value->setSpacing(4);
        if (item.icon)
            value->addWidget(item.icon);
        value->addWidget(item.value, 1);
        line->addLayout(value, 1);
    }
    layout()->addWidget(row);
    return row;
}

void MetadataView::setEntry(std::shared_ptr<const EntryDetails> entry, WallTime now)
{
    disposeOnWorker(std::move(m_entry));
    m_entry = std::move(entry);
    m_now = now;
    const KeyReading &reading = m_entry->reading;
    const bool function = reading.source != KeyReading::Source::Foreign;
    m_functionRow->setVisible(function);
    if (reading.source == KeyReading::Source::Guess)
        m_function.set(tr("%1 (a guess)").arg(displayKey(reading.function)),
                       tr("No catalog names this function: the key was read by its shape."));
    else
        m_function.set(displayKey(reading.function), displayKey(reading.function));
    showStorage();
    showStatuses();
    showLastCall();
    showTimes();
}

void MetadataView::clear()
{
    disposeOnWorker(std::move(m_entry));
}

void MetadataView::setNow(WallTime now)
{
    m_now = now;
    if (!m_entry)
        return;
    showStatuses();
    showLastCall();
    showTimes();
}

void MetadataView::setCallsAreTold(bool told)
{
    m_callRow->setVisible(told);
}

void MetadataView::setLastCall(std::optional<LastCall> call)
{
    m_call = call;
    showLastCall();
}

void MetadataView::show(Item &item, const StatusStyle &style, const QString &text,
                        const QString &tip)
{
    const int size = fontMetrics().ascent() + 2;
    item.icon->show();
    item.icon->setPixmap(style.icon.pixmap(QSize(size, size), devicePixelRatioF()));
    QPalette colors = item.value->palette();
    if (colors.color(QPalette::WindowText) != style.color) {
        colors.setColor(QPalette::WindowText, style.color);
        item.value->setPalette(colors);
    }
    if (item.value->text() != text)
        item.set(text, tip);
}

void MetadataView::showPlain(Item &item, const QString &text, const QString &tip)
{
    item.icon->hide();
    item.value->setPalette(palette());
    item.set(text, tip);
}

void MetadataView::showLastCall()
{
    if (!m_call) {
        showPlain(m_lastCall, tr("none seen yet"),
                  tr("Calls are told of from when the connection was opened."));
        return;
    }
    const StatusStyle style = statusStyle(m_call->status, palette());
    const QString status = m_call->failed ? tr("%1, failed").arg(style.text) : style.text;
    show(m_lastCall, style,
         tr("%1 %2, %3", "HIT 12 s ago, 0.3 ms")
             .arg(status, relativeTime(m_call->at, m_now), formatLatency(m_call->duration)),
         exactTime(m_call->at));
}

void MetadataView::showStatuses()
{
    const EntrySummary &summary = m_entry->summary;
    m_statusRow->setVisible(summary.metadata.has_value());
    if (!summary.metadata)
        return;
    const NextCall next = nextCall(summary.facts, summary.metadata, m_now);
    QString tip;
    switch (next) {
    case NextCall::Hit:
        tip = tr("A call now would be answered from this entry.");
        break;
    case NextCall::Stale:
        tip = tr("A call now would be answered from this entry while it is refreshed.");
        break;
    case NextCall::Miss:
        tip = tr("A call now would run the function.");
        break;
    case NextCall::Unknown:
        tip = tr("Not told by what is stored.");
        break;
    }
    const StatusStyle nextStyle = statusStyle(next, palette());
    show(m_nextCall, nextStyle, nextStyle.text, tip);

    const auto written = cacheStatus(summary.metadata->cacheStatus);
    if (written) {
        const StatusStyle style = statusStyle(*written, palette());
        show(m_writtenBy, style, style.text,
             tr("How the call that stored this entry was answered."));
    } else {
        showPlain(m_writtenBy, displayKey(summary.metadata->cacheStatus), {});
    }
}

void MetadataView::showTimes()
{
    const EntrySummary &summary = m_entry->summary;
    const auto showTime
        = [this](Item &item, const std::optional<qint64> &time, const QByteArray &written) {
              if (time) {
                  const WallTime at{milliseconds(*time)};
                  item.set(relativeTime(at, m_now), exactTime(at));
              } else {
                  item.set(displayKey(written));
              }
          };
    m_timeRow->setVisible(summary.metadata.has_value());
    if (summary.metadata) {
        showTime(m_cached, summary.metadata->cachedAtMs, summary.metadata->cachedAt);
        const auto &resetAt = summary.metadata->resetAtMs;
        if (resetAt && WallTime(milliseconds(*resetAt)) <= m_now)
            m_resets.set(
                tr("overdue by %1").arg(formatDuration(m_now - WallTime(milliseconds(*resetAt)))),
                exactTime(WallTime(milliseconds(*resetAt))));
        else if (summary.metadata->cacheResetAt)
            showTime(m_resets, summary.metadata->resetAtMs, *summary.metadata->cacheResetAt);
        else
            m_resets.set(tr("never"));
    }
    if (const auto expires = summary.expiresAt()) {
        m_ttl.set(formatDuration(std::chrono::duration_cast<milliseconds>(*expires - m_now)),
                  tr("Expires %1").arg(exactTime(*expires)));
    } else {
        m_ttl.set(tr("no expiry"), tr("Stays until it is deleted or evicted."));
    }
}

void MetadataView::showStorage()
{
    const KeyFacts &facts = m_entry->summary.facts;
    if (facts.type != KeyType::String) {
        const QString type = QString::fromLatin1(name(facts.type));
        m_storage.set(tr("%1, %2", "type of a key and how many elements it has")
                          .arg(type, counted(facts.size, tr("1 element"), tr("%1 elements"))));
        return;
    }
    const QString bytes = counted(facts.size, tr("1 byte"), tr("%1 bytes"));
    if (!m_entry->decoded) {
        m_storage.set(bytes, formatBytes(facts.size));
        return;
    }
    const DecodedEntry &decoded = *m_entry->decoded;
    QString serializer = QString::fromLatin1(name(decoded.serializer));
    if (decoded.pickleProtocol >= 0)
        serializer += u' ' + QString::number(decoded.pickleProtocol);
    const QString text = decoded.compressor == Compressor::None
        ? tr("%1, %2, no compression").arg(serializer, bytes)
        : tr("%1, %2, %3 from %4")
              .arg(serializer, bytes, QString::fromLatin1(name(decoded.compressor)),
                   formatCount(decoded.serializedBytes));
    m_storage.set(text, formatBytes(facts.size));
}

void MetadataView::updateColors()
{
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, quietColor(palette()));
    for (const Item *item : {&m_function, &m_nextCall, &m_writtenBy, &m_lastCall, &m_cached,
                             &m_resets, &m_ttl, &m_storage})
        item->title->setPalette(quiet);
    m_lastCall.value->setText({}); // to be drawn in the new colour
    showLastCall();
    if (m_entry) {
        m_nextCall.value->setText({});
        showStatuses();
    }
}

void MetadataView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateColors();
}

} // namespace Cachelens
