// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/session.h"
#include "widgets/simulator/coveragetext.h"
#include "widgets/simulator/signaldraft.h"
#include "widgets/simulator/simulation.h"

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <atomic>
#include <memory>

namespace Cachelens {

/// Keeps what a signal would do up to date while the signal is being typed and the cache changes.
/// The work is done on workers; GUI thread only.
class Simulator final : public QObject {
    Q_OBJECT

public:
    explicit Simulator(QObject *parent = nullptr);
    ~Simulator() override;

    /// Null: none. Forgets which cache of the last session was chosen. The session must be set to
    /// null (or another) before it is destroyed.
    void setSession(Session *session);
    /// None: what is being typed is no signal.
    void setDraft(std::optional<SignalDraft> draft);
    void setChoice(CacheChoice choice);
    /// Counts what the rules reach; coverageCounted() follows.
    void countCoverage();

    /// Of the session; never null.
    [[nodiscard]] const std::shared_ptr<const Catalog> &catalog() const { return m_catalog; }
    [[nodiscard]] const CatalogRules &rules() const { return *m_rules; }
    /// Null while there is none.
    [[nodiscard]] const Simulation *simulation() const { return m_simulation.get(); }
    /// The simulation is of the current draft and of the keys that are known now.
    [[nodiscard]] bool isSettled() const { return m_settled && !m_readsCatalog; }
    /// Whether all keys of the cache are known.
    [[nodiscard]] bool isComplete() const;
    /// The bytes of a rule's keys, from those that have been weighed; see isEstimate().
    [[nodiscard]] std::optional<qint64> bytesOf(const SimulatedRule &rule) const;
    [[nodiscard]] bool isEstimate(const SimulatedRule &rule) const;
    [[nodiscard]] std::optional<qint64> bytesOf(const QByteArray &key) const;

Q_SIGNALS:
    void catalogChanged();
    void simulated();
    void weighed();
    void coverageCounted(const std::vector<Cachelens::CoverageLine> &lines);

private:
    void readCatalog();
    void takeRules(std::shared_ptr<const CatalogRules> rules);
    void run();
    void take(Simulation simulation);
    void weigh();

    QPointer<Session> m_session;
    std::shared_ptr<const Catalog> m_catalog;
    std::shared_ptr<const CatalogRules> m_rules;
    std::optional<SignalDraft> m_draft;
    CacheChoice m_choice;
    std::unique_ptr<Simulation> m_simulation;
    QHash<QByteArray, qint64> m_bytes; // of keys that have been weighed
    QFuture<Result<std::vector<EntrySummary>>> m_weighing;
    bool m_settled = false;
    bool m_readsCatalog = false; ///< the rules are not yet those of the catalog
    quint64 m_catalogTurn = 0;
    quint64 m_turn = 0;
    quint64 m_coverageTurn = 0;
    // The newest turns: older ones are dropped.
    const std::shared_ptr<std::atomic<quint64>> m_wanted;
    const std::shared_ptr<std::atomic<quint64>> m_wantedCoverage;
    QTimer m_soon; // after the index has changed
};

} // namespace Cachelens
