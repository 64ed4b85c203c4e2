// SPDX-License-Identifier: GPL-3.0-or-later
// What EntryTableModel says of its rows; how they come and go is in entrytablemodel.cpp.
#include "widgets/entrytable/entrytablemodel.h"

#include "widgets/key/displaykey.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QGuiApplication>
#include <QPalette>

namespace Cachelens {

using Kind = EntryColumn::Kind;

namespace {

bool isKnown(const EntryRow *row)
{
    return row && !row->summary.key.isEmpty();
}

std::optional<std::chrono::milliseconds> ttlNow(const EntrySummary &summary, WallTime now)
{
    if (!summary.facts.ttl)
        return {};
    return *summary.facts.ttl - (now - summary.readAt);
}

NextCall nextCallNow(const EntryRow &row, WallTime now)
{
    if (row.state == EntryRow::State::Gone)
        return NextCall::Miss;
    KeyFacts facts = row.summary.facts;
    facts.ttl = ttlNow(row.summary, now);
    return nextCall(facts, row.summary.metadata, now);
}

std::optional<CacheStatus> writtenBy(const EntryRow &row)
{
    const auto &metadata = row.summary.metadata;
    return metadata ? cacheStatus(metadata->cacheStatus) : std::nullopt;
}

std::optional<WallTime> cachedAt(const EntryRow &row)
{
    const auto &metadata = row.summary.metadata;
    if (!metadata || !metadata->cachedAtMs)
        return {};
    return WallTime(std::chrono::milliseconds(*metadata->cachedAtMs));
}

QString nothing()
{
    return QStringLiteral("–");
}

} // namespace

int EntryTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int EntryTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QByteArray EntryTableModel::shortKey(const QByteArray &key) const
{
    return key.startsWith(m_node.prefix) ? key.sliced(m_node.prefix.size()) : key;
}

QString EntryTableModel::text(const EntryColumn &column, KeyId id) const
{
    const EntryRow *row = m_loader->find(id);
    switch (column.kind) {
    case Kind::Key:
        return displayKey(shortKey(row ? row->key : m_index->key(id)));
    case Kind::Field:
        return displayKey(
            fieldText(column, row ? row->reading : m_index->reader().read(m_index->key(id))));
    default:
        break;
    }
    if (!row)
        return {};
    if (row->state == EntryRow::State::Failed)
        return nothing();
    if (!isKnown(row) && row->state == EntryRow::State::Loading)
        return QStringLiteral("…");
    return factsText(column, *row);
}

QString EntryTableModel::factsText(const EntryColumn &column, const EntryRow &row) const
{
    const WallTime now = m_session->now();
    const KeyFacts &facts = row.summary.facts;
    const bool gone = row.state == EntryRow::State::Gone;
    switch (column.kind) {
    case Kind::NextCall: {
        const NextCall next = nextCallNow(row, now);
        const bool otherKind = next == NextCall::Unknown && facts.type != KeyType::String
            && facts.type != KeyType::None;
        return otherKind ? QString::fromLatin1(name(facts.type))
                         : statusStyle(next, QGuiApplication::palette()).text;
    }
    case Kind::WrittenBy: {
        const auto status = writtenBy(row);
        return status ? statusStyle(*status, QGuiApplication::palette()).text : nothing();
    }
    case Kind::Age: {
        const auto time = cachedAt(row);
        return time ? formatDuration(now - *time) : nothing();
    }
    case Kind::Ttl: {
        if (gone)
            return tr("gone");
        const auto ttl = ttlNow(row.summary, now);
        return ttl ? formatDuration(*ttl) : QStringLiteral("∞");
    }
    case Kind::Size:
        if (facts.type == KeyType::None || facts.type == KeyType::Other)
            return nothing();
        return facts.type == KeyType::String
            ? formatBytes(facts.size)
            : counted(facts.size, tr("1 item"), tr("%1 items", "size of a list or hash"));
    case Kind::Key:
    case Kind::Field:
        break;
    }
    return {};
}

QVariant EntryTableModel::decoration(const EntryColumn &column, KeyId id) const
{
    const EntryRow *row = m_loader->find(id);
    if (!isKnown(row) || row->state == EntryRow::State::Failed)
        return {};
    const QPalette palette = QGuiApplication::palette();
    if (column.kind == Kind::NextCall) {
        const NextCall next = nextCallNow(*row, m_session->now());
        return next == NextCall::Unknown ? QVariant() : statusStyle(next, palette).icon;
    }
    if (column.kind == Kind::WrittenBy) {
        if (const auto status = writtenBy(*row))
            return statusStyle(*status, palette).icon;
    }
    return {};
}

QVariant EntryTableModel::foreground(const EntryColumn &column, KeyId id) const
{
    const EntryRow *row = m_loader->find(id);
    const QPalette palette = QGuiApplication::palette();
    if (row && row->state == EntryRow::State::Gone && column.kind != Kind::NextCall)
        return palette.color(QPalette::Disabled, QPalette::Text);
    if (!column.needsFacts())
        return {};
    if (row && row->state == EntryRow::State::Failed)
        return dangerColor(palette);
    if (!isKnown(row))
        return quietColor(palette);
    if (column.kind == Kind::NextCall)
        return statusStyle(nextCallNow(*row, m_session->now()), palette).color;
    if (column.kind == Kind::WrittenBy) {
        if (const auto status = writtenBy(*row))
            return statusStyle(*status, palette).color;
        return quietColor(palette);
    }
    return {};
}

QVariant EntryTableModel::background(KeyId id) const
{
    const EntryRow *row = m_loader->find(id);
    if (!row || !m_loader->isFading(*row))
        return {};
    const auto passed = m_loader->clock() - *row->changedAt;
    QColor color = QGuiApplication::palette().color(QPalette::Highlight);
    static constexpr float strongest = 0.30F;
    const float left
        = 1 - static_cast<float>(passed.count()) / static_cast<float>(EntryLoader::fade.count());
    color.setAlphaF(strongest * std::clamp(left, 0.0F, 1.0F));
    return color;
}

QString EntryTableModel::toolTip(const EntryColumn &column, KeyId id) const
{
    const EntryRow *row = m_loader->find(id);
    if (!column.needsFacts())
        return displayKey(row ? row->key : m_index->key(id));
    if (row && row->state == EntryRow::State::Failed)
        return row->error;
    if (!isKnown(row))
        return {};
    const EntrySummary &summary = row->summary;
    const bool large = summary.facts.type == KeyType::String && !summary.metadata
        && summary.facts.size > DetailOptions().headBytes;
    if (large && column.kind != Kind::Ttl && column.kind != Kind::Size)
        return tr("Too large to be read for the list: choose it to see.");
    switch (column.kind) {
    case Kind::NextCall:
        return row->state == EntryRow::State::Gone
            ? tr("The key is gone: a call would run the function.")
            : tr("How a call would be answered now, from the entry's times.");
    case Kind::WrittenBy:
        return tr("How the call was answered that wrote the entry.");
    case Kind::Age:
        if (const auto time = cachedAt(*row))
            return tr("Cached at %1").arg(exactTime(*time));
        return {};
    case Kind::Ttl:
        if (const auto expires = summary.expiresAt())
            return tr("Expires at %1").arg(exactTime(*expires));
        return tr("Does not expire");
    case Kind::Size:
        return summary.facts.type == KeyType::String
            ? counted(summary.facts.size, tr("1 byte, as stored"), tr("%1 bytes, as stored"))
            : QString::fromLatin1(name(summary.facts.type));
    case Kind::Key:
    case Kind::Field:
        break;
    }
    return {};
}

QString EntryTableModel::accessibleText(const EntryColumn &column, KeyId id) const
{
    const EntryRow *row = m_loader->find(id);
    QString value = text(column, id);
    if (column.kind == Kind::Ttl && isKnown(row) && row->state != EntryRow::State::Gone
        && !row->summary.facts.ttl)
        value = tr("does not expire");
    return tr("%1: %2", "column and value").arg(column.title(), value);
}

QVariant EntryTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const KeyId id = idAt(index.row());
    const EntryColumn &column = m_columns[static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole:
        return text(column, id);
    case Qt::DecorationRole:
        return decoration(column, id);
    case Qt::ForegroundRole:
        return foreground(column, id);
    case Qt::BackgroundRole:
        return background(id);
    case Qt::ToolTipRole:
        return toolTip(column, id);
    case Qt::AccessibleTextRole:
        return accessibleText(column, id);
    case Qt::FontRole: {
        if (column.kind == Kind::NextCall || column.kind == Kind::WrittenBy)
            return {};
        const EntryRow *row = m_loader->find(id);
        QFont font = m_fixedFont;
        font.setStrikeOut(row && row->state == EntryRow::State::Gone && !column.needsFacts());
        return font;
    }
    case Qt::TextAlignmentRole:
        return column.kind >= Kind::Age ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case KeyRole:
        return keyAt(index.row());
    case IsKeyRole:
        return column.kind == Kind::Key;
    case StateRole:
        if (const EntryRow *row = m_loader->find(id))
            return static_cast<int>(row->state);
        return {};
    case LoadingRole: {
        const EntryRow *row = m_loader->find(id);
        return !row || row->state == EntryRow::State::Loading;
    }
    default:
        return {};
    }
}

QVariant EntryTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const EntryColumn &column = m_columns[static_cast<std::size_t>(section)];
    switch (role) {
    case Qt::DisplayRole:
        return column.title();
    case Qt::TextAlignmentRole:
        return QVariant((column.kind >= Kind::Age ? Qt::AlignRight : Qt::AlignLeft)
                        | Qt::AlignVCenter);
    case Qt::ToolTipRole: {
        const QString why = whyNotSortable(section);
        return why.isEmpty() ? tr("Click to sort by %1").arg(column.title()) : why;
    }
    default:
        return {};
    }
}

} // namespace Cachelens
