// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/activity/activityevent.h"

#include <QAbstractTableModel>

#include <bitset>
#include <deque>
#include <memory>
#include <vector>

namespace Cachelens {

/// Which events are listed.
struct ActivityFilter {
    QByteArray text; ///< anywhere in the function, the key or the problem; ASCII case is ignored
    std::bitset<activityKinds.size()> kinds = std::bitset<activityKinds.size()>().set();

    [[nodiscard]] bool isEmpty() const { return text.isEmpty() && kinds.all(); }
    bool operator==(const ActivityFilter &) const = default;
};

/// The last events, the newest on top: those that a filter lets through. Beyond its bound the
/// oldest go. GUI thread only.
class ActivityModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        TimeColumn,
        StatusColumn,
        FunctionColumn,
        KeyColumn,
        DurationColumn,
        SizeColumn, ///< bytes of a call's entry; how many entries a removal removed
        ColumnCount
    };
    static constexpr std::size_t defaultBound = 10'000;

    explicit ActivityModel(std::shared_ptr<const Clock> clock, std::size_t bound = defaultBound,
                           QObject *parent = nullptr);
    ~ActivityModel() override;

    /// Oldest first. `dropped`: that came before them and are not there to be listed.
    void append(const std::vector<ActivityEvent> &events, qint64 dropped = 0);
    void setFilter(const ActivityFilter &filter);
    [[nodiscard]] const ActivityFilter &filter() const { return m_filter; }
    /// While paused the list stands still; what comes is counted, and listed afterwards.
    void setPaused(bool paused);
    [[nodiscard]] bool isPaused() const { return m_paused; }
    /// Forgets all events, counts included.
    void clear();
    /// The times that are shown have moved on.
    void updateTimes();

    /// Of all that came since the last clear(), listed or not.
    [[nodiscard]] qint64 count(ActivityKind kind) const
    {
        return m_counts[static_cast<std::size_t>(kind)];
    }
    [[nodiscard]] qint64 total() const;
    [[nodiscard]] qint64 dropped() const { return m_dropped; } ///< not in any count
    [[nodiscard]] qint64 heldBack() const { return m_heldBack; } ///< since it is paused
    [[nodiscard]] const ActivityEvent &eventAt(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void countsChanged();

private:
    struct Styles;

    void list(std::deque<ActivityEvent> &events);
    void forgetOldest(std::size_t count);
    [[nodiscard]] std::deque<quint64> listed(quint64 from) const;
    [[nodiscard]] QString text(const ActivityEvent &event, Column column) const;
    [[nodiscard]] QString toolTip(const ActivityEvent &event, Column column) const;
    [[nodiscard]] const ActivityStyle &style(ActivityKind kind) const;

    const std::shared_ptr<const Clock> m_clock;
    const std::size_t m_bound;
    std::deque<ActivityEvent> m_events; // the newest last
    quint64 m_firstSerial = 0; // of m_events.front(); each event has the next number
    std::deque<quint64> m_rows; // serials of those that the filter lets through, the newest first
    std::deque<ActivityEvent> m_held; // while paused
    std::array<qint64, activityKinds.size()> m_counts{};
    qint64 m_dropped = 0;
    qint64 m_heldBack = 0;
    bool m_paused = false;
    ActivityFilter m_filter;
    mutable std::unique_ptr<Styles> m_styles; // of the palette they were made for
};

} // namespace Cachelens
