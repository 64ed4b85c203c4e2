// SPDX-License-Identifier: MIT
#include "core/keyspace/rewarmjob.h"

#include "core/futures.h"

#include <QCryptographicHash>

#include <chrono>

namespace Cachelens {

namespace {

constexpr const char *running = "run anew";

/// What it returns; a failure instead of what it throws.
template <typename Run> auto guarded(const QByteArray &title, const Run &run) -> decltype(run())
{
    const auto failed = [&title](const char *reason) {
        return failure({.code = Error::Code::ServerError,
                        .attempt = running,
                        .subject = title,
                        .reason = reason});
    };
    try {
        return run();
    } catch (...) {
        return failed(Detail::whatWasThrown(std::current_exception()));
    }
}

QByteArray digestOf(const QByteArray &value)
{
    return QCryptographicHash::hash(value, QCryptographicHash::Sha256);
}

qint64 costOf(const QByteArray &key, const QByteArray &digest)
{
    return UndoBudget::cost({.key = key, .payload = digest, .expiresAt = {}});
}

} // namespace

RewarmJob::RewarmJob(OperationContext context, OperationId id, const DeletionPlan &plan)
    : DeletionJob(std::move(context), id, plan), m_calls(plan.target.rewarms)
{
}

RewarmJob::~RewarmJob()
{
    for (const auto &[key, digest] : m_stored)
        context().budget->release(costOf(key, digest));
}

Result<void> RewarmJob::perform()
{
    if (auto deleted = DeletionJob::perform(); !deleted)
        return deleted;
    Result<void> result;
    for (const Rewarm &call : m_calls) {
        if (auto may = mayGoOn(running); !may)
            return may;
        auto ran = runAnew(call);
        if (ran)
            continue;
        if (m_running)
            return ran; // nobody waits for it any more
        update([&ran](OperationStatus &status) {
            ++status.rewarmsFailed;
            if (!status.error)
                status.error = ran.error();
        });
        if (result)
            result = std::move(ran);
    }
    return result;
}

Result<void> RewarmJob::runAnew(const Rewarm &call)
{
    if (auto begun = guarded(call.title, [&] { return begin(call); }); !begun)
        return begun;
    if (auto over = waitForIt(running); !over)
        return over;
    return settleIt();
}

Result<void> RewarmJob::begin(const Rewarm &call)
{
    auto key = call.key();
    if (!key)
        return failure(std::move(key.error()));
    // What is there has been written since the plan was made, or was not among what it looked for.
    if (isUndoable() && !m_stored.contains(*key)) {
        if (auto taken = takeAlso(*key); !taken)
            return taken;
    }
    const auto over = std::make_shared<std::binary_semaphore>(0);
    auto stored = call.run();
    m_running = {call.title, std::move(*key), stored, over};
    Detail::whenFinished(stored, [over](const auto &) { over->release(); });
    return {};
}

Result<void> RewarmJob::waitForIt(const char *attempt) const
{
    using namespace std::chrono_literals;
    constexpr auto patience = 20ms; // until it is noticed that nobody wants it any more
    while (!m_running->over->try_acquire_for(patience)) {
        if (auto may = mayGoOn(attempt); !may)
            return may;
    }
    return {};
}

Result<void> RewarmJob::settleIt()
{
    const Running ended = *std::exchange(m_running, std::nullopt);
    const auto stored = guarded(ended.title, [&ended] { return Detail::resultOf(ended.stored); });
    if (!stored)
        return failure(stored.error());
    if (!*stored) {
        update([](OperationStatus &status) { ++status.rewarmsNotStored; });
        return {};
    }
    tell(ended.key, KeyChange::Cause::Stored);
    if (auto remembered = remember(ended.key); !remembered)
        return remembered;
    update([](OperationStatus &status) { ++status.rewarmed; });
    return {};
}

Result<void> RewarmJob::remember(const QByteArray &key)
{
    if (!isUndoable())
        return {};
    const auto value = context().backend->get(key);
    if (!value)
        return failure(value.error());
    if (!*value)
        return {}; // gone again
    const QByteArray digest = digestOf(**value);
    if (!m_stored.insert_or_assign(key, digest).second)
        return {};
    const qint64 cost = costOf(key, digest);
    context().budget->hold(cost);
    update([cost](OperationStatus &status) { status.undoBytes += cost; });
    return {};
}

Result<bool> RewarmJob::removeStored(const QByteArray &key, const QByteArray &digest) const
{
    const auto value = context().backend->get(key);
    if (!value)
        return failure(value.error());
    if (!*value || digestOf(**value) != digest)
        return false;
    return context().backend->removeIfSame(key, **value);
}

void RewarmJob::tell(const QByteArray &key, KeyChange::Cause cause) const
{
    if (!context().backend->capabilities().changes)
        context().changed({{key, cause}});
}

Result<void> RewarmJob::revert()
{
    if (m_running) {
        if (auto over = waitForIt("undo"); !over)
            return over;
        static_cast<void>(settleIt()); // where it failed there is nothing to undo
    }
    Result<void> result;
    while (!m_stored.empty()) {
        if (auto may = mayGoOn("undo"); !may)
            return may;
        const auto stored = m_stored.begin();
        const auto removed = removeStored(stored->first, stored->second);
        if (!removed && removed.error().retryable)
            return failure(removed.error());
        if (!removed && result) // and the others all the same
            result = failure(removed.error());
        if (removed && *removed)
            tell(stored->first, KeyChange::Cause::Deleted);
        const qint64 cost = costOf(stored->first, stored->second);
        context().budget->release(cost);
        m_stored.erase(stored);
        update([&](OperationStatus &status) {
            status.undoBytes -= cost;
            status.rewarmsUndone += removed && *removed ? 1 : 0;
        });
    }
    auto restored = DeletionJob::revert();
    return restored ? result : restored;
}

} // namespace Cachelens
