// SPDX-License-Identifier: MIT
#include "core/invalidation/dispatcher.h"

#include "core/invalidation/builtindispatchers.h"

#include <algorithm>
#include <stdexcept>

namespace Cachelens {

Dispatched runHere(const RuleJob &job, const RuleRunner &runner)
{
    Dispatched dispatched;
    std::vector<QFuture<RuleFailures>> open;
    for (const RuleRun &run : job) {
        auto future = runner.run(run);
        if (!future.isFinished()) {
            open.push_back(std::move(future));
            continue;
        }
        const RuleFailures failures = future.result();
        dispatched.failures.insert(dispatched.failures.end(), failures.begin(), failures.end());
    }
    if (!open.empty())
        dispatched.rest = allOf(std::move(open));
    return dispatched;
}

Dispatchers::Dispatchers()
{
    for (auto &[name, factory] : builtinDispatchers())
        add(name, std::move(factory));
}

void Dispatchers::add(const QByteArray &name, Factory factory)
{
    const std::lock_guard lock(m_mutex);
    const auto named = std::make_shared<Named>(Named{std::move(factory), {}});
    if (name.isEmpty() || !m_byName.try_emplace(name, named).second)
        throw std::invalid_argument("a dispatcher cannot be registered as '" + name.toStdString()
                                    + "': there is one of that name, or it is empty");
}

void Dispatchers::add(const QByteArray &name, std::shared_ptr<Dispatcher> dispatcher)
{
    add(name, [name, dispatcher](const Value &options) -> Result<std::shared_ptr<Dispatcher>> {
        if (!options.isNone())
            return failure({Error::Code::InvalidInput, "set up the dispatcher", name,
                            "it was registered as it is, and takes no options", false});
        return dispatcher;
    });
}

Result<std::shared_ptr<Dispatcher>> Dispatchers::find(const QByteArray &name, const Value &options)
{
    std::shared_ptr<Named> named;
    const auto made = [&]() -> std::shared_ptr<Dispatcher> {
        const auto found = std::find_if(named->made.begin(), named->made.end(),
                                        [&](const auto &one) { return one.first == options; });
        return found == named->made.end() ? nullptr : found->second;
    };
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_byName.find(name);
        if (found == m_byName.end())
            return failure({Error::Code::NotFound, "find the dispatcher", name,
                            "none of that name is registered", false});
        named = found->second;
        if (auto dispatcher = made())
            return dispatcher;
    }
    auto dispatcher = named->factory(options);
    if (!dispatcher)
        return dispatcher;
    const std::lock_guard lock(m_mutex);
    if (auto other = made())
        return other;
    named->made.emplace_back(options, *dispatcher);
    return dispatcher;
}

void Dispatchers::finish()
{
    std::vector<std::shared_ptr<Dispatcher>> all;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto &[name, named] : m_byName) {
            for (const auto &[options, dispatcher] : named->made)
                all.push_back(dispatcher);
        }
    }
    for (const auto &dispatcher : all)
        dispatcher->finish();
}

std::vector<QByteArray> Dispatchers::names() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<QByteArray> names;
    for (const auto &[name, named] : m_byName)
        names.push_back(name);
    return names;
}

} // namespace Cachelens
