// SPDX-License-Identifier: MIT
#include "core/cached/functioncore.h"

#include "core/cached/fill.h"
#include "core/cached/functiontimedout.h"
#include "core/futures.h"
#include "core/key/keycoverage.h"
#include "core/value/appendbytes.h"

#include <cmath>
#include <future>

namespace Cachelens {

using namespace std::chrono;

FunctionCore::FunctionCore(std::shared_ptr<CacheRuntime> runtime, FunctionSettings settings,
                           FunctionDescription description,
                           std::unique_ptr<const ResultBytes> bytes,
                           std::function<bool(const Cell &)> isCacheable)
    : m_runtime(std::move(runtime)), m_settings(std::move(settings)),
      m_description(std::move(description)), m_keys(m_description.keyed),
      m_prefix(prefixOfVersion(m_description.keyed.key.version)), m_bytes(std::move(bytes)),
      m_type(m_bytes->type()), m_isCacheable(std::move(isCacheable))
{
}

// --- keys

void FunctionCore::withdraw()
{
    m_rules.cancel();
    m_isWithdrawn = true;
}

QByteArray FunctionCore::key(std::span<const Value> arguments) const
{
    constexpr qsizetype usualTail = 96;
    QByteArray key;
    key.reserve(m_prefix.size() + usualTail);
    appendBytes(key, m_prefix);
    m_keys.appendTail(key, arguments);
    return key;
}

Result<QByteArray> FunctionCore::partialPrefix(const Call &call) const
{
    Call known = call;
    std::erase_if(known.kwargs, [this](const auto &argument) {
        const auto &parameters = m_description.keyed.parameters;
        return std::none_of(parameters.begin(), parameters.end(), [&](const Parameter &parameter) {
            return parameter.name == argument.first;
        });
    });
    std::vector<QByteArray> given;
    for (size_t i = 0; i < std::min(known.args.size(), m_keys.function().parameters.size()); ++i)
        given.push_back(m_keys.function().parameters[i].name);
    for (const auto &[name, value] : known.kwargs)
        given.push_back(name);
    if (const auto gap = partitionGap(m_keys.function(), given))
        return failure({Error::Code::InvalidInput, "find the partition of", id(),
                        "the argument '" + gap->argument + "' is missing: the field '" + gap->field
                            + "', which comes before the others, needs it",
                        false});
    return m_keys.partialPrefix(known).map([this](const QByteArray &prefix) {
        return redisKey(m_runtime->options.keyPrefix, m_description.keyed.key.version, prefix);
    });
}

QByteArray FunctionCore::prefixOfVersion(int version) const
{
    return redisKey(m_runtime->options.keyPrefix, version, m_keys.functionPrefix());
}

// --- what is there

std::optional<Answer> FunctionCore::findNear(const QByteArray &key)
{
    if (!m_runtime->near.isLinked())
        return std::nullopt;
    auto entry = m_runtime->near.find(key, m_runtime->now());
    if (!entry || entry->type != m_type)
        return std::nullopt;
    Answer answer;
    answer.cell = std::move(entry->cell);
    answer.metadata.status = CacheStatus::Hit;
    answer.metadata.cachedAt = entry->cachedAt;
    answer.metadata.resetAt = entry->resetAt;
    answer.metadata.bytes = entry->bytes;
    answer.metadata.fromNearCache = true;
    return answer;
}

namespace {

/// The codec may be somebody's own, and throw.
Result<DecodedResult> decode(const ResultBytes &codec, const QByteArray &bytes)
{
    try {
        return codec.decode(bytes);
    } catch (...) {
        return failure({Error::Code::Undecodable, "decode", "the entry",
                        Detail::whatWasThrown(std::current_exception()), false});
    }
}

} // namespace

std::optional<FunctionCore::Found>
FunctionCore::judge(const QByteArray &key, const QByteArray &bytes, NearCache::Ticket ticket)
{
    const bool embedded = m_runtime->capabilities.embedded;
    std::optional<NearEntry> entry = embedded ? m_runtime->memo.find(bytes) : std::nullopt;
    if (!entry || entry->type != m_type) {
        auto decoded = decode(*m_bytes, bytes);
        if (!decoded) {
            decoded.error().subject = key;
            m_runtime->noteTrouble(decoded.error());
            return std::nullopt;
        }
        entry = NearEntry{std::move(decoded->cell), decoded->cachedAt.value_or(WallTime::min()),
                          decoded->resetAt, bytes.size(), m_type};
        if (embedded)
            m_runtime->memo.insert(bytes, *entry);
    }
    if (m_runtime->kept.covers(key, entry->cachedAt))
        return std::nullopt;

    Found found;
    const WallTime now = m_runtime->now();
    if (!entry->resetAt || now < *entry->resetAt)
        found.age = Found::Age::Fresh;
    else if (now < *entry->resetAt + m_settings.staleFor)
        found.age = Found::Age::Stale;
    else if (now < *entry->resetAt + m_settings.staleOnErrorFor)
        found.age = Found::Age::Fallback;
    else
        return std::nullopt;
    if (!embedded) {
        const auto kept = std::max(m_settings.staleFor, m_settings.staleOnErrorFor);
        m_runtime->presence.saw(
            key, entry->resetAt ? std::optional(*entry->resetAt + kept) : std::nullopt);
    }

    found.answer.metadata.status
        = found.age == Found::Age::Fresh ? CacheStatus::Hit : CacheStatus::Stale;
    if (entry->cachedAt != WallTime::min())
        found.answer.metadata.cachedAt = entry->cachedAt;
    found.answer.metadata.resetAt = entry->resetAt;
    found.answer.metadata.bytes = entry->bytes;
    found.answer.cell = entry->cell;
    if (found.age == Found::Age::Fresh && m_runtime->near.isLinked())
        m_runtime->near.insert(key, std::move(*entry), ticket);
    else
        found.isKept = embedded; // by the memo
    return found;
}

Answer FunctionCore::forOneCaller(Found &&found)
{
    found.answer.hasCellAlone = !found.isKept;
    return std::move(found.answer);
}

Result<FunctionCore::Reading> FunctionCore::read(const QByteArray &key)
{
    const auto ticket = m_runtime->near.isLinked() ? m_runtime->near.ticket(key) : 0;
    auto bytes = m_runtime->backend->get(key);
    if (!bytes) {
        m_runtime->noteTrouble(bytes.error());
        return failure(std::move(bytes.error()));
    }
    if (!*bytes) {
        m_runtime->presence.missed(key);
        return Reading();
    }
    auto found = judge(key, **bytes, ticket);
    const bool isUseless = !found;
    return Reading{std::move(found), isUseless};
}

/// The nearer the end and the longer a run takes, the likelier; so that of many callers one begins
/// in time. Source: Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede
/// Prevention", VLDB 2015.
bool FunctionCore::wantsEarlyRefresh(const Answer &hit) const
{
    if (m_settings.earlyRefresh <= 0 || !hit.metadata.resetAt)
        return false;
    const double run = double(m_counters.typicalRun().count());
    const double ahead
        = -run * m_settings.earlyRefresh * std::log(1 - m_runtime->environment.random());
    return m_runtime->now() + duration_cast<milliseconds>(microseconds(qint64(ahead)))
        >= *hit.metadata.resetAt;
}

bool FunctionCore::wantsRefresh(const Answer &answer) const
{
    switch (answer.metadata.status) {
    case CacheStatus::Stale:
        return !answer.isTried;
    case CacheStatus::Hit:
        return wantsEarlyRefresh(answer);
    default:
        return false;
    }
}

// --- blocking

Answer FunctionCore::call(const QByteArray &key, const FunctionRun &run, bool isTimed)
{
    const bool isMeasured = isTimed || m_runtime->isObserved();
    const Steady entered = isMeasured ? m_runtime->steady() : Steady();
    std::optional<Answer> near = findNear(key);
    const bool isNear = near.has_value();
    const Steady began = isMeasured || isNear ? entered : m_runtime->steady();
    Answer answer = isNear ? std::move(*near) : callBackend(key, run);
    if (wantsRefresh(answer))
        refreshBehind(key, run.detached());
    const bool isHitNearby = isNear
        || (m_runtime->capabilities.embedded && answer.metadata.status == CacheStatus::Hit);
    if (isHitNearby && !isMeasured)
        m_counters.countCall(answer.metadata, false); // a clock would cost as much as the hit
    else
        report(key, answer, began);
    return answer;
}

Answer FunctionCore::callBackend(const QByteArray &key, const FunctionRun &run)
{
    Limits limits = limitsFromNow();
    if (!m_runtime->breaker.isClosed())
        return runAside(run, limits);
    bool overwrites = false;
    if (m_runtime->expects(key)) {
        auto reading = read(key);
        if (!reading)
            return runAside(run, limits);
        if (reading->found && reading->found->age != Found::Age::Fallback)
            return forOneCaller(std::move(*reading->found));
        if (reading->found)
            limits.old = std::move(reading->found->answer);
        overwrites = reading->isUseless;
    }
    return join(key, run, overwrites, limits);
}

FunctionCore::Limits FunctionCore::limitsFromNow() const
{
    if (!m_settings.softLimit && !m_settings.hardLimit)
        return {};
    const auto from = [now = Steady::clock::now()](milliseconds limit) { return now + limit; };
    Limits limits;
    if (m_settings.softLimit)
        limits.soft = from(*m_settings.softLimit);
    if (m_settings.hardLimit)
        limits.hard = from(*m_settings.hardLimit);
    return limits;
}

FlightTable::Seat FunctionCore::seat(const QByteArray &key)
{
    if (m_settings.oneFlight)
        return m_runtime->flights.join(key, m_type);
    return {m_runtime->flights.replace(key, m_type), true};
}

Answer FunctionCore::join(const QByteArray &key, const FunctionRun &run, bool overwrites,
                          const Limits &limits)
{
    for (int attempt = 0; attempt < s_attempts; ++attempt) {
        const FlightTable::Seat seat = this->seat(key);
        if (seat.leads) {
            auto fill
                = std::make_shared<Fill>(shared_from_this(), seat.flight, Fill::Purpose::Call);
            if (overwrites)
                fill->overwrite();
            return lead(std::move(fill), seat.flight, run, limits);
        }
        if (seat.flight->isPilot())
            break; // the function calls itself with the same arguments
        std::optional<Scheduler::Waiting> waiting;
        if (m_runtime->scheduler.isWorker())
            waiting.emplace(m_runtime->scheduler);
        auto answer = follow(*seat.flight, limits);
        if (!answer)
            break; // it takes too long
        if (answer->cell || answer->thrown)
            return asCaller(std::move(*answer));
    }
    return runAside(run, limits);
}

Answer FunctionCore::lead(std::shared_ptr<Fill> fill, const std::shared_ptr<Flight> &flight,
                          const FunctionRun &run, const Limits &limits)
{
    if (!limits.soft && !limits.hard) {
        fill->perform(run);
        return fill->answer();
    }
    // With a time limit the function runs on a worker, so that this thread can stop waiting.
    m_runtime->scheduler.runNext(
        [fill = std::move(fill), run = run.detached()] { fill->perform(*run); });
    const Scheduler::Waiting waiting(m_runtime->scheduler);
    auto answer = follow(*flight, limits);
    while (!answer) // only a hard limit ends the wait for one's own run
        answer = flight->waitUntil(Steady::clock::now() + m_runtime->options.waitLimit);
    const bool isAnswered = answer->cell || answer->thrown;
    return isAnswered ? std::move(*answer) : runAside(run, limits); // the cache has gone meanwhile
}

/// None: it takes longer than anybody may wait for another.
std::optional<Answer> FunctionCore::follow(const Flight &flight, const Limits &limits)
{
    for (const auto &limit : {limits.soft, limits.hard}) {
        if (!limit)
            continue;
        auto answer = flight.waitUntil(*limit);
        if (!answer)
            answer = flight.fallback();
        if (!answer)
            answer = limits.old;
        if (answer)
            return answer;
    }
    return limits.hard ? timedOut()
                       : flight.waitUntil(Steady::clock::now() + m_runtime->options.waitLimit);
}

Answer FunctionCore::asCaller(Answer answer)
{
    if (answer.metadata.status == CacheStatus::Refresh)
        answer.metadata.status = CacheStatus::Miss;
    return answer;
}

Answer FunctionCore::timedOut() const
{
    Answer answer;
    answer.metadata.status = CacheStatus::Miss;
    answer.thrown = std::make_exception_ptr(FunctionTimedOut(m_settings.id, *m_settings.hardLimit));
    return answer;
}

Answer FunctionCore::runAside(const FunctionRun &run, const Limits &limits)
{
    if (!limits.hard)
        return runHere(run);
    // On a worker, as in lead().
    auto promise = std::make_shared<std::promise<Answer>>();
    auto future = promise->get_future();
    m_runtime->scheduler.runNext(
        [self = shared_from_this(), promise = std::move(promise), detached = run.detached()] {
            promise->set_value(self->runHere(*detached));
        });
    const Scheduler::Waiting waiting(m_runtime->scheduler);
    if (future.wait_until(*limits.hard) != std::future_status::ready)
        return limits.old.value_or(timedOut());
    try {
        return future.get();
    } catch (const std::future_error &) { // the cache has gone meanwhile
        return runHere(run);
    }
}

Answer FunctionCore::runHere(const FunctionRun &run)
{
    Answer answer; // BYPASS
    const auto began = m_runtime->steady();
    try {
        answer.cell = run.run();
    } catch (...) {
        answer.thrown = std::current_exception();
    }
    answer.metadata.functionTime = duration_cast<microseconds>(m_runtime->steady() - began);
    m_counters.countRun(answer.metadata.functionTime, answer.thrown != nullptr);
    return answer;
}

void FunctionCore::refreshBehind(const QByteArray &key, std::shared_ptr<const FunctionRun> run)
{
    const FlightTable::Seat seat = m_runtime->flights.join(key, m_type);
    if (!seat.leads)
        return;
    m_runtime->scheduler.run(
        [fill = std::make_shared<Fill>(shared_from_this(), seat.flight, Fill::Purpose::Behind),
         run = std::move(run)] { fill->perform(*run); });
}

Answer FunctionCore::refresh(const QByteArray &key, const FunctionRun &run)
{
    const auto began = m_runtime->steady();
    const auto flight = m_runtime->flights.replace(key, m_type);
    Answer answer = lead(std::make_shared<Fill>(shared_from_this(), flight, Fill::Purpose::Refresh),
                         flight, run, limitsFromNow());
    report(key, answer, began);
    return answer;
}

Answer FunctionCore::bypass(const QByteArray &key, const FunctionRun &run)
{
    const auto began = m_runtime->steady();
    Answer answer = runAside(run, limitsFromNow());
    report(key, answer, began);
    return answer;
}

Answer FunctionCore::peek(const QByteArray &key)
{
    if (auto near = findNear(key))
        return std::move(*near);
    if (!m_runtime->breaker.isClosed())
        return {};
    auto reading = read(key);
    if (!reading || !reading->found || reading->found->age == Found::Age::Fallback)
        return {};
    return forOneCaller(std::move(*reading->found));
}

std::vector<Answer> FunctionCore::findMany(std::span<const QByteArray> keys)
{
    std::vector<Answer> answers(keys.size());
    std::vector<QByteArray> wanted;
    std::vector<size_t> places;
    std::vector<NearCache::Ticket> tickets;
    for (size_t i = 0; i < keys.size(); ++i) {
        if (auto near = findNear(keys[i])) {
            answers[i] = std::move(*near);
        } else {
            wanted.push_back(keys[i]);
            places.push_back(i);
            tickets.push_back(m_runtime->near.ticket(keys[i]));
        }
    }
    if (!wanted.empty() && m_runtime->breaker.isClosed()) {
        const auto values = m_runtime->backend->getMany(wanted);
        if (!values)
            m_runtime->noteTrouble(values.error());
        for (size_t i = 0; values && i < values->size(); ++i) {
            if (!(*values)[i])
                continue;
            auto found = judge(wanted[i], *(*values)[i], tickets[i]);
            if (found && found->age != Found::Age::Fallback)
                answers[places[i]] = forOneCaller(std::move(*found));
        }
    }
    return answers;
}

std::vector<Answer> FunctionCore::callMany(std::span<const QByteArray> keys,
                                           std::span<const FunctionRun *const> runs)
{
    const auto began = m_runtime->steady();
    std::vector<Answer> answers = findMany(keys);
    for (size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i].cell) {
            answers[i] = call(keys[i], *runs[i]);
            continue;
        }
        if (wantsRefresh(answers[i]))
            refreshBehind(keys[i], runs[i]->detached());
        report(keys[i], answers[i], began);
    }
    return answers;
}

Result<Removal> FunctionCore::remove(const QByteArray &key)
{
    auto removal = m_runtime->removeEntry(slot(key));
    if (removal) {
        m_runtime->tell([&](CacheObserver &observer) {
            observer.removed({m_settings.id, key, RemovalCause::Deleted, *removal});
        });
    }
    return removal;
}

Result<Removal> FunctionCore::removePrefix(const QByteArray &prefix)
{
    const qsizetype functionEnd = std::min(prefix.size(), m_prefix.size());
    auto removal
        = m_runtime->removePrefix(prefix, functionEnd, isExactKey(prefix.size() - functionEnd));
    if (removal) {
        m_runtime->tell([&](CacheObserver &observer) {
            observer.removed({m_settings.id, prefix, RemovalCause::Prefix, *removal});
        });
    }
    return removal;
}

void FunctionCore::report(const QByteArray &key, Answer &answer, Steady began)
{
    answer.metadata.duration = duration_cast<microseconds>(m_runtime->steady() - began);
    const bool failed = answer.thrown != nullptr;
    m_counters.countCall(answer.metadata, failed);
    m_runtime->tell([&](CacheObserver &observer) {
        observer.called({m_settings.id, key, answer.metadata, failed});
    });
}

} // namespace Cachelens
