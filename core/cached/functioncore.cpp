// SPDX-License-Identifier: MIT
#include "core/cached/functioncore.h"

#include "core/cached/functiontimedout.h"
#include "core/futures.h"
#include "core/key/keycoverage.h"
#include "core/value/appendbytes.h"

#include <cmath>

namespace Cachelens {

using namespace std::chrono;

FunctionCore::FunctionCore(std::shared_ptr<CacheRuntime> runtime, FunctionSettings settings,
                           FunctionDescription description,
                           std::unique_ptr<const ResultBytes> bytes,
                           std::function<bool(const Cell &)> isCacheable)
    : m_runtime(std::move(runtime)), m_settings(std::move(settings)),
      m_description(std::move(description)), m_keys(m_description.keyed),
      m_prefix(prefixOfVersion(m_description.keyed.key.version).bytes), m_bytes(std::move(bytes)),
      m_type(m_bytes->type()), m_isCacheable(std::move(isCacheable))
{
}

void FunctionCore::withdraw()
{
    m_rules.cancel();
    m_isWithdrawn = true;
}

bool FunctionCore::isCacheable(const Cell &cell) const
{
    try {
        return !m_isCacheable || m_isCacheable(cell);
    } catch (...) {
        notePredicateThrew(std::current_exception());
        return false;
    }
}

void FunctionCore::notePredicateThrew(const std::exception_ptr &thrown) const
{
    m_runtime->noteTrouble({Error::Code::InvalidInput, "decide whether to store a result of", id(),
                            "cacheIf or cacheUnless threw: " + Detail::whatWasThrown(thrown),
                            false});
}

// --- keys

QByteArray FunctionCore::key(std::span<const Value> arguments) const
{
    constexpr qsizetype usualTail = 96;
    QByteArray key;
    key.reserve(m_prefix.size() + usualTail);
    appendBytes(key, m_prefix);
    m_keys.appendTail(key, arguments);
    return key;
}

Result<FunctionCore::Prefix> FunctionCore::partialPrefix(const Call &call) const
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
    return m_keys.partialPrefix(known).map([&](const QByteArray &prefix) -> Prefix {
        return {redisKey(m_runtime->options.keyPrefix, m_description.keyed.key.version, prefix),
                isExactKey(given)};
    });
}

FunctionCore::Prefix FunctionCore::prefixOfVersion(int version) const
{
    return {redisKey(m_runtime->options.keyPrefix, version, m_keys.functionPrefix())};
}

bool FunctionCore::isExactKey(const std::vector<QByteArray> &given) const
{
    return m_keys.isPartitionOnly() && isWholePartition(m_keys.function(), given);
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
        m_runtime->presence.saw(
            key,
            entry->resetAt ? std::optional(*entry->resetAt + m_settings.oldFor()) : std::nullopt);
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
        found.isShared = embedded; // by the memo
    return found;
}

Answer FunctionCore::forOneCaller(Found &&found)
{
    found.answer.hasCellAlone = !found.isShared;
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
    const microseconds left = *hit.metadata.resetAt - m_runtime->now();
    return ahead >= double(left.count());
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

FlightTable::Seat FunctionCore::seat(const QByteArray &key)
{
    if (m_settings.oneFlight)
        return m_runtime->flights.join(key, m_type);
    return {m_runtime->flights.replace(key, m_type), true};
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

Result<Removal> FunctionCore::removePrefix(const Prefix &prefix)
{
    const qsizetype functionEnd = std::min(prefix.bytes.size(), m_prefix.size());
    auto removal = m_runtime->removePrefix(prefix.bytes, functionEnd, prefix.isExactKey);
    if (removal) {
        m_runtime->tell([&](CacheObserver &observer) {
            observer.removed({m_settings.id, prefix.bytes, RemovalCause::Prefix, *removal});
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
