// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/simulator.h"

#include "widgets/whenready.h"

#include <QtConcurrent>

#include <algorithm>
#include <ranges>

namespace Cachelens {

namespace {

using namespace std::chrono_literals;

constexpr auto indexPause = 400ms; // a cache that lives changes all the time
constexpr size_t mostWeighed = 200; // keys whose sizes the server is asked for

} // namespace

Simulator::Simulator(QObject *parent)
    : QObject(parent), m_catalog(std::make_shared<const Catalog>()),
      m_rules(std::make_shared<const CatalogRules>()),
      m_wanted(std::make_shared<std::atomic<quint64>>(0)),
      m_wantedCoverage(std::make_shared<std::atomic<quint64>>(0))
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(indexPause);
    m_soon.callOnTimeout(this, &Simulator::run);
}

Simulator::~Simulator()
{
    *m_wanted = ++m_turn;
    *m_wantedCoverage = ++m_coverageTurn;
    m_weighing.cancel();
}

void Simulator::setSession(Session *session)
{
    if (m_session)
        m_session->disconnect(this);
    if (session != m_session)
        m_choice = {};
    m_session = session;
    m_bytes.clear();
    m_soon.stop();
    if (session) {
        connect(session, &Session::indexReplaced, this, &Simulator::readCatalog);
        connect(session, &Session::indexChanged, this, [this] {
            if (!m_soon.isActive())
                m_soon.start();
        });
        connect(session, &Session::keysChanged, this,
                [this](const std::vector<KeyChange> &changes) {
                    for (const KeyChange &change : changes) {
                        if (m_bytes.remove(change.key) && !m_soon.isActive())
                            m_soon.start(); // it may weigh something else now
                    }
                });
        connect(session, &Session::scanProgressed, this, [this] { Q_EMIT weighed(); });
    }
    readCatalog();
}

void Simulator::readCatalog()
{
    m_catalog = std::make_shared<const Catalog>(m_session ? m_session->catalog() : Catalog());
    *m_wanted = ++m_turn;
    m_readsCatalog = true;
    whenReady(QtConcurrent::run([catalog = m_catalog] { return CatalogRules::of(*catalog); }), this,
              [this, turn = ++m_catalogTurn](std::shared_ptr<const CatalogRules> rules) {
                  if (turn == m_catalogTurn)
                      takeRules(std::move(rules));
              });
}

void Simulator::takeRules(std::shared_ptr<const CatalogRules> rules)
{
    m_rules = std::move(rules);
    m_readsCatalog = false;
    Q_EMIT catalogChanged();
    run();
}

void Simulator::setDraft(std::optional<SignalDraft> draft)
{
    m_draft = std::move(draft);
    run();
}

void Simulator::setChoice(CacheChoice choice)
{
    m_choice = std::move(choice);
    run();
}

void Simulator::countCoverage()
{
    const quint64 turn = ++m_coverageTurn;
    *m_wantedCoverage = turn;
    if (!m_session) {
        Q_EMIT coverageCounted({});
        return;
    }
    const auto work = [rules = m_rules, index = m_session->index(), complete = isComplete(),
                       wanted = m_wantedCoverage, turn] {
        const CoverageCount count = Cachelens::countCoverage(
            *index, rules->coverage, [&wanted, turn] { return *wanted != turn; });
        return coverageLines(rules->coverage, count, complete);
    };
    whenReady(QtConcurrent::run(work), this, [this, turn](const std::vector<CoverageLine> &lines) {
        if (turn == m_coverageTurn)
            Q_EMIT coverageCounted(lines);
    });
}

void Simulator::run()
{
    m_soon.stop();
    const quint64 turn = ++m_turn;
    *m_wanted = turn;
    m_settled = false;
    if (!m_session || !m_draft) {
        m_simulation.reset();
        m_settled = true;
        Q_EMIT simulated();
        return;
    }
    const auto work = [rules = m_rules, draft = *m_draft, index = m_session->index(),
                       choice = m_choice, wanted = m_wanted, turn] {
        return simulate(rules->registry, draft.signal(), *index, choice,
                        [&wanted, turn] { return *wanted != turn; });
    };
    whenReady(QtConcurrent::run(work), this, [this, turn](Simulation simulation) {
        if (turn == m_turn)
            take(std::move(simulation));
    });
}

void Simulator::take(Simulation simulation)
{
    m_simulation = std::make_unique<Simulation>(std::move(simulation));
    m_settled = true;
    Q_EMIT simulated();
    weigh();
}

void Simulator::weigh()
{
    m_weighing.cancel();
    std::vector<QByteArray> unknown;
    for (const SimulatedRule &rule : m_simulation->rules) {
        for (const QByteArray &key : rule.some | std::views::take(mostWeighed)) {
            if (!m_bytes.contains(key) && unknown.size() < mostWeighed)
                unknown.push_back(key);
        }
    }
    if (unknown.empty() || !m_session)
        return;
    m_weighing = m_session->summaries(std::move(unknown));
    whenReady(m_weighing, this,
              [this, turn = m_turn](const Result<std::vector<EntrySummary>> &summaries) {
                  if (turn != m_turn || !summaries)
                      return;
                  for (const EntrySummary &summary : *summaries)
                      m_bytes.insert(summary.key, summary.facts.size);
                  Q_EMIT weighed();
              });
}

bool Simulator::isComplete() const
{
    return m_session && m_session->scanProgress().complete();
}

std::optional<qint64> Simulator::bytesOf(const SimulatedRule &rule) const
{
    qint64 bytes = 0;
    qsizetype known = 0;
    for (const QByteArray &key : rule.some) {
        if (const auto found = m_bytes.constFind(key); found != m_bytes.constEnd()) {
            bytes += *found;
            ++known;
        }
    }
    if (rule.keys == 0)
        return 0;
    if (known == 0)
        return std::nullopt;
    return known == rule.keys ? bytes : bytes * rule.keys / known;
}

bool Simulator::isEstimate(const SimulatedRule &rule) const
{
    return std::ranges::count_if(rule.some,
                                 [this](const QByteArray &key) { return m_bytes.contains(key); })
        != rule.keys;
}

std::optional<qint64> Simulator::bytesOf(const QByteArray &key) const
{
    const auto found = m_bytes.constFind(key);
    return found == m_bytes.constEnd() ? std::nullopt : std::optional(*found);
}

} // namespace Cachelens
