// SPDX-License-Identifier: MIT
#include "core/cached/fill.h"

#include "core/futures.h"

#include <algorithm>
#include <thread>

namespace Cachelens {

using namespace std::chrono;

namespace {

constexpr milliseconds firstPause{2};
constexpr milliseconds longestPause{50};

} // namespace

Fill::Fill(std::shared_ptr<FunctionCore> core, std::shared_ptr<Flight> flight, Purpose purpose)
    : m_core(std::move(core)), m_runtime(*m_core->m_runtime), m_flight(std::move(flight)),
      m_purpose(purpose), m_slot(m_core->slot(m_flight->key())),
      m_patientUntil(steady_clock::now() + m_runtime.options.waitLimit)
{
}

Fill::~Fill()
{
    if (!m_complete) {
        endLease();
        complete({});
    }
}

void Fill::perform(const FunctionRun &run)
{
    m_flight->setPilot();
    for (;;) {
        switch (begin()) {
        case Next::Done:
            return;
        case Next::Wait:
            std::this_thread::sleep_for(pause());
            break;
        case Next::Run: {
            const auto began = m_runtime.steady();
            const auto took
                = [&] { return duration_cast<microseconds>(m_runtime.steady() - began); };
            Cell cell;
            bool cacheable = false;
            try {
                cell = run.run();
                const microseconds functionTook = took();
                cacheable = m_core->isCacheable(cell);
                finish(std::move(cell), cacheable, functionTook);
            } catch (...) {
                fail(std::current_exception(), took());
            }
            return;
        }
        }
    }
}

Fill::Next Fill::begin()
{
    m_ticket = m_runtime.near.ticket(m_slot.entry);
    if (!m_runtime.breaker.isClosed())
        return runUnstored();
    switch (m_purpose) {
    case Purpose::Call:
        return beginCall();
    case Purpose::Refresh:
        return takeLease(true);
    case Purpose::Background:
        break;
    }
    return takeLease(!m_core->m_settings.acrossProcesses);
}

Fill::Next Fill::beginCall()
{
    if (m_overwrites)
        return takeLease(!m_core->m_settings.acrossProcesses);
    if (!m_runtime.capabilities.leases) {
        const auto bytes = m_runtime.backend->get(m_slot.entry);
        if (!bytes)
            return runWithout(bytes.error());
        return *bytes ? answered(**bytes).value_or(Next::Run) : Next::Run;
    }
    const Lease lease{m_runtime.environment.tokens(), m_runtime.leases.leaseTime()};
    const auto fetched = m_runtime.backend->fetchOrLease(m_slot, lease);
    if (!fetched)
        return runWithout(fetched.error());
    switch (fetched->kind) {
    case Fetched::Kind::Leased:
        m_token = lease.token;
        m_fallback.reset(); // it has been removed
        return runLeased();
    case Fetched::Kind::HeldElsewhere:
        return m_core->m_settings.acrossProcesses ? waitFor(fetched->heldFor) : takeLease(true);
    case Fetched::Kind::Found:
        break;
    }
    if (const auto next = answered(fetched->value))
        return *next;
    m_overwrites = true;
    return takeLease(!m_core->m_settings.acrossProcesses);
}

/// None: what is there is of no use.
std::optional<Fill::Next> Fill::answered(const QByteArray &bytes)
{
    using Age = FunctionCore::Found::Age;
    const auto found = m_core->judge(m_slot.entry, bytes, m_ticket);
    if (!found)
        return std::nullopt;
    if (found->age != Age::Fallback) {
        complete(found->answer);
        return Next::Done;
    }
    m_fallback = found->answer;
    m_flight->offerFallback(*m_fallback);
    return std::nullopt;
}

Fill::Next Fill::takeLease(bool takeOver)
{
    if (!m_runtime.capabilities.leases)
        return Next::Run;
    const Lease lease{m_runtime.environment.tokens(), m_runtime.leases.leaseTime()};
    const auto taken = m_runtime.backend->takeLease(m_slot, lease, takeOver);
    if (!taken)
        return runWithout(taken.error());
    if (*taken) {
        m_token = lease.token;
        return runLeased();
    }
    if (m_purpose == Purpose::Background) {
        complete({}); // somebody else sees to it
        return Next::Done;
    }
    m_overwrites = false; // whoever has the lease overwrites it: look again
    return waitFor(m_runtime.leases.leaseTime());
}

Fill::Next Fill::runLeased()
{
    m_runtime.leases.keep(m_slot, m_token);
    return Next::Run;
}

Fill::Next Fill::runUnstored()
{
    if (m_purpose == Purpose::Background) {
        complete({});
        return Next::Done;
    }
    m_stores = false;
    return Next::Run;
}

Fill::Next Fill::runWithout(const Error &trouble)
{
    m_runtime.noteTrouble(trouble);
    return runUnstored();
}

Fill::Next Fill::waitFor(milliseconds heldFor)
{
    if (steady_clock::now() >= m_patientUntil)
        return runUnstored();
    m_pause = std::clamp(2 * m_pause, firstPause, std::clamp(heldFor, firstPause, longestPause));
    return Next::Wait;
}

void Fill::finish(Cell cell, bool cacheable, microseconds took)
{
    m_core->m_counters.countRun(took, false);
    Answer answer;
    answer.metadata.functionTime = took;
    answer.metadata.status = ranAs();
    answer.cell = cell;
    m_answer = std::move(answer);
    if (m_stores && cacheable && store(cell))
        m_answer.metadata.stored = true;
    else
        endLease();
    if (!m_stores && cacheable)
        giveUpEntry();
    if (!m_answer.metadata.stored) {
        m_answer.metadata.cachedAt.reset();
        m_answer.metadata.resetAt.reset();
        m_answer.metadata.bytes = 0;
    }
    complete(m_answer);
}

bool Fill::store(const Cell &cell)
{
    const FunctionSettings &settings = m_core->m_settings;
    EntryTimes times{m_runtime.now(), std::nullopt,
                     m_purpose == Purpose::Call ? CacheStatus::Miss : CacheStatus::Refresh};
    std::optional<milliseconds> freshFor = settings.ttl;
    if (freshFor && settings.ttlJitter > 0) {
        const double kept = 1 - settings.ttlJitter * m_runtime.environment.random();
        freshFor
            = std::max(milliseconds(1), milliseconds(qint64(double(freshFor->count()) * kept)));
    }
    if (freshFor)
        times.resetAt = times.cachedAt + *freshFor;
    const auto bytes = encode(cell, times);
    const auto keptFor = settings.keptFor(freshFor);
    const auto written = bytes ? write(*bytes, keptFor) : Result<bool>(failure(bytes.error()));
    if (!written) {
        m_runtime.noteTrouble(written.error());
        giveUpEntry();
        return false;
    }
    if (!*written) {
        m_core->m_counters.countRefused();
        return false;
    }
    m_runtime.presence.saw(m_slot.entry,
                           keptFor ? std::optional(times.cachedAt + *keptFor) : std::nullopt);
    m_runtime.near.insert(m_slot.entry,
                          {cell, times.cachedAt, times.resetAt, bytes->size(), m_core->m_type},
                          m_ticket);
    m_answer.metadata.cachedAt = times.cachedAt;
    m_answer.metadata.resetAt = times.resetAt;
    m_answer.metadata.bytes = bytes->size();
    return true;
}

Result<QByteArray> Fill::encode(const Cell &cell, const EntryTimes &times) const
{
    try {
        return m_core->m_bytes->encode(cell, times);
    } catch (...) { // by a codec of somebody's own
        return failure({Error::Code::InvalidInput, "encode the result of", m_core->id(),
                        Detail::whatWasThrown(std::current_exception()), false});
    }
}

Result<bool> Fill::write(const QByteArray &bytes, std::optional<milliseconds> ttl)
{
    if (m_flight->isVoid())
        return false;
    if (m_runtime.capabilities.leases) {
        m_runtime.leases.drop(m_token);
        auto stored = m_runtime.backend->storeLeased(m_slot, m_token, bytes, ttl);
        if (stored)
            m_token.clear(); // the store ended the lease, or somebody else has it
        return stored;
    }
    if (auto stored = m_runtime.backend->set(m_slot.entry, bytes, ttl); !stored)
        return failure(stored.error());
    if (!m_flight->isVoid())
        return true;
    // Without leases this is as near as it gets: removed while it was being stored.
    if (auto removed = m_runtime.backend->remove({&m_slot.entry, 1}); !removed)
        return failure(removed.error());
    return false;
}

/// A refresh that stored nothing lets go of what it was to overwrite, now or when the backend is
/// back.
void Fill::giveUpEntry()
{
    if (m_purpose == Purpose::Refresh)
        (void)m_runtime.removeEntry(m_slot); // who fails here is told of by the runtime
}

void Fill::fail(std::exception_ptr thrown, microseconds took)
{
    m_core->m_counters.countRun(took, true);
    endLease();
    if (m_fallback || m_purpose == Purpose::Background) {
        m_runtime.noteTrouble({Error::Code::ServerError, "renew", m_slot.entry,
                               "the function threw: " + Detail::whatWasThrown(thrown), true});
    }
    Answer answer;
    if (m_fallback) {
        answer = *m_fallback;
        answer.metadata.status = CacheStatus::Stale;
        answer.isTried = true;
    } else {
        answer.thrown = std::move(thrown);
        answer.metadata.status = ranAs();
    }
    answer.metadata.functionTime = took;
    complete(std::move(answer));
}

CacheStatus Fill::ranAs() const
{
    if (!m_stores)
        return CacheStatus::Bypass;
    return m_purpose == Purpose::Call ? CacheStatus::Miss : CacheStatus::Refresh;
}

void Fill::endLease()
{
    if (m_token.isEmpty())
        return;
    const QByteArray token = std::exchange(m_token, {});
    m_runtime.leases.drop(token);
    if (!m_runtime.breaker.isClosed())
        return; // it ends by itself
    if (const auto released = m_runtime.backend->releaseLease(m_slot, token); !released)
        m_runtime.noteTrouble(released.error());
}

void Fill::complete(Answer answer)
{
    m_complete = true;
    m_answer = std::move(answer);
    m_runtime.flights.land(m_flight);
    m_flight->complete(m_answer);
}

} // namespace Cachelens
