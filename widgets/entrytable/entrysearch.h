// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/entrytable/entryorder.h"

#include "core/keyspace/session.h"

#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QPointer>
#include <QTimer>

namespace Cachelens {

/// Keeps the answer to one query up to date: asks, puts the rows in order on a worker, and asks
/// again, not too often, as the index changes.
class EntrySearch final : public QObject {
    Q_OBJECT

public:
    /// What an arrangement starts from, asked for when it starts.
    struct Shown {
        std::vector<KeyId> rows; ///< needed for EntryOrder::By::Shown only
        std::vector<GoneRow> gone;
    };
    using ShownNow = std::function<Shown(bool rows)>;

    explicit EntrySearch(ShownNow shownNow, QObject *parent = nullptr);
    ~EntrySearch() override;

    /// Null: none; there are no rows then.
    void setSession(Session *session);
    void start(const KeyQuery &query);
    /// Ends the running query; what has been found stays.
    void stop();
    /// Orders this answer and those that come. Unless `forced`, a big answer stays as it was found.
    void setOrder(const EntryOrder &order, bool forced);
    /// Removes rows whose keys are gone.
    void drop(const std::vector<KeyId> &ids);
    [[nodiscard]] bool isOrderForced() const { return m_orderForced; }

    /// The index that the rows are ids of; null without a session.
    [[nodiscard]] const std::shared_ptr<const KeyIndex> &index() const { return m_index; }
    [[nodiscard]] const KeyQuery &query() const { return m_query; }
    [[nodiscard]] bool isRunning() const { return m_running; }
    /// Nothing runs and nothing is due.
    [[nodiscard]] bool isSettled() const;
    /// The answer is whole, of a keyspace that is known whole.
    [[nodiscard]] bool isOfWholeKeyspace() const;
    [[nodiscard]] bool wasStopped() const { return m_stopped; }
    [[nodiscard]] qint64 examined() const { return m_examined; }
    [[nodiscard]] qint64 total() const { return m_total; }
    /// Since the query began, while it runs.
    [[nodiscard]] std::chrono::milliseconds elapsed() const;
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }

    /// Answers of more rows than this are put in order only when asked to.
    static constexpr std::size_t sortedUnasked = 200'000;

Q_SIGNALS:
    /// The first rows of a new query; they replace all others.
    void began(const std::vector<Cachelens::KeyId> &rows);
    /// Further rows of the same query.
    void found(const std::vector<Cachelens::KeyId> &rows);
    /// All rows of the query, in order.
    void arranged(const std::vector<Cachelens::KeyId> &rows);
    /// examined(), total(), isRunning(), error() may have changed.
    void progressed();

private:
    void ask(bool fresh);
    void take(int index);
    void flush();
    void finish();
    void arrange(std::vector<KeyId> rows);
    void indexChanged();
    /// The index has changed since the answer, and it is time to ask again.
    [[nodiscard]] bool isDue() const;

    ShownNow m_shownNow;
    QPointer<Session> m_session;
    std::shared_ptr<const KeyIndex> m_index;
    KeyQuery m_query;
    EntryOrder m_order;
    bool m_orderForced = false;
    QFutureWatcher<Result<SearchBatch>> m_watcher;
    std::vector<KeyId> m_found; ///< of the running query, in the order of the index
    std::size_t m_flushed = 0;
    std::size_t m_shownCount = 0;
    std::optional<Error> m_error;
    qint64 m_examined = 0;
    qint64 m_total = 0;
    quint64 m_turn = 0;
    quint64 m_askedRevision = 0;
    bool m_askedComplete = false; ///< the keyspace was known whole when the query began
    bool m_running = false;
    bool m_fresh = false; ///< nothing of this query has been shown yet
    bool m_shownFirst = false;
    bool m_stopped = false;
    bool m_arranging = false;
    QElapsedTimer m_since;
    std::chrono::milliseconds m_took{0};
    QTimer m_flush;
    QTimer m_rerun;
};

} // namespace Cachelens
