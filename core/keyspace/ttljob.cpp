// SPDX-License-Identifier: MIT
#include "core/keyspace/ttljob.h"

namespace Cachelens {

namespace {

/// How far an expiry read twice over a round trip may differ and still be the same.
constexpr std::chrono::milliseconds tolerance(1000);

OperationStatus initialStatus(OperationId id, const QByteArray &key, TtlJob::Ttl ttl)
{
    OperationStatus status;
    status.id = id;
    status.kind = OperationStatus::Kind::ChangeTtl;
    status.title = (ttl ? "change the expiry of " : "remove the expiry of ") + key;
    status.total = 1;
    return status;
}

} // namespace

TtlJob::TtlJob(OperationContext context, OperationId id, QByteArray key, Ttl ttl)
    : OperationJob(std::move(context), initialStatus(id, key, ttl)), m_key(std::move(key)),
      m_ttl(ttl)
{
}

TtlJob::Expiry TtlJob::expiryOf(Ttl ttl) const
{
    return ttl ? Expiry(context().clock->now() + *ttl) : std::nullopt;
}

Result<KeyFacts> TtlJob::readFacts() const
{
    const auto facts = context().backend->facts(std::span(&m_key, 1));
    if (!facts)
        return failure(facts.error());
    return facts->front();
}

void TtlJob::tellChanged() const
{
    if (!context().backend->capabilities().changes)
        context().changed({{m_key, KeyChange::Cause::TtlChanged}});
}

Result<void> TtlJob::perform()
{
    if (auto may = mayGoOn("change the expiry"); !may)
        return may;
    const auto facts = readFacts();
    if (!facts)
        return failure(facts.error());
    if (facts->type != KeyType::String && facts->type != KeyType::None) {
        return failure({.code = Error::Code::InvalidInput,
                        .attempt = "change the expiry of",
                        .subject = m_key,
                        .reason = "it is a " + QByteArray(name(facts->type))
                            + ", which is shown and not changed"});
    }
    m_before = expiryOf(facts->ttl);
    const auto changed = context().backend->setTtl(m_key, m_ttl);
    if (!changed) {
        if (changed.error().maybeDone)
            update([](OperationStatus &status) { status.unknown = 1; });
        return failure(changed.error());
    }
    m_after = expiryOf(m_ttl);
    m_changed = *changed;
    update([&](OperationStatus &status) { (*changed ? status.done : status.alreadyGone) = 1; });
    if (!*changed) {
        return failure({.code = Error::Code::NotFound,
                        .attempt = "change the expiry of",
                        .subject = m_key,
                        .reason = "there is no such key"});
    }
    tellChanged();
    return {};
}

Result<void> TtlJob::revert()
{
    if (auto may = mayGoOn("undo the change of the expiry"); !may)
        return may;
    const auto facts = readFacts();
    if (!facts)
        return failure(facts.error());
    const Expiry now = expiryOf(facts->ttl);
    const bool sameExpiry = now.has_value() == m_after.has_value()
        && (!now || std::chrono::abs(*now - *m_after) <= tolerance);
    bool gone = facts->type == KeyType::None;
    const bool over = m_before && *m_before <= context().clock->now();
    if (!gone && !over && sameExpiry) {
        const auto left = m_before ? Ttl(*m_before - context().clock->now()) : std::nullopt;
        const auto changed = context().backend->setTtl(m_key, left);
        if (!changed)
            return failure(changed.error());
        gone = !*changed;
        tellChanged();
    }
    m_changed = false;
    if (over && !gone) {
        return failure({.code = Error::Code::InvalidInput,
                        .attempt = "put back the expiry of",
                        .subject = m_key,
                        .reason = "its former time is over, so it is left as it is"});
    }
    update([&](OperationStatus &status) {
        if (gone)
            status.expired = 1;
        else if (!sameExpiry)
            status.keptNewer = 1;
        else
            status.restored = 1;
    });
    return {};
}

} // namespace Cachelens
