// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/session.h"

#include <QElapsedTimer>
#include <QHash>
#include <QPointer>
#include <QTimer>

#include <span>

namespace Cachelens {

/// What is known of a row beyond its id.
struct EntryRow {
    enum class State : quint8 {
        Loading,
        Loaded,
        Failed, ///< `error` says why
        Gone, ///< the key is not there any more
    };
    State state = State::Loading;
    bool asked = false; ///< an answer is under way
    QByteArray key;
    KeyReading reading;
    EntrySummary summary; ///< when Loaded; when Gone, the last one that was known
    QString error;
    /// When it was last seen to change, by EntryLoader's clock.
    std::optional<std::chrono::milliseconds> changedAt;
};

/// Fetches what the rows on screen show, in batches, and keeps a bounded number of them.
class EntryLoader final : public QObject {
    Q_OBJECT

public:
    explicit EntryLoader(QObject *parent = nullptr);

    /// Drops everything. Null: none.
    void setSession(Session *session, std::shared_ptr<const KeyIndex> index);
    /// These rows are on screen or near it: fetches those that are not known.
    void want(std::vector<KeyId> ids);
    /// Null when it has not been wanted lately.
    [[nodiscard]] const EntryRow *find(KeyId id) const;
    /// Fetches wanted rows anew whose time to live is over.
    void refetchExpired(WallTime now);
    /// Takes what somebody else has fetched.
    void store(KeyId id, const EntrySummary &summary);

    [[nodiscard]] std::chrono::milliseconds clock() const;
    /// Wanted rows whose keys have gone in the last seconds.
    [[nodiscard]] std::vector<KeyId> goneLately() const;
    /// Wanted rows that changed so lately that they are still fading.
    [[nodiscard]] bool isFading(const EntryRow &row) const;
    [[nodiscard]] bool anyFading() const;

    static constexpr std::chrono::milliseconds fade{1200};

Q_SIGNALS:
    /// Some of the wanted rows were fetched.
    void loaded();

private:
    void ask();
    void take(const Result<std::vector<EntrySummary>> &answer);
    void keysChanged(const std::vector<KeyChange> &changes);
    void prune();

    QPointer<Session> m_session;
    std::shared_ptr<const KeyIndex> m_index;
    QHash<KeyId, EntryRow> m_rows;
    QHash<QByteArray, KeyId> m_ids; ///< of m_rows
    std::vector<KeyId> m_wanted;
    std::vector<KeyId> m_asked;
    QFuture<Result<std::vector<EntrySummary>>> m_answer;
    quint64 m_turn = 0;
    QElapsedTimer m_clock;
    QTimer m_soon;
};

} // namespace Cachelens
