// SPDX-License-Identifier: MIT
#include "core/backend/rediscursor.h"

#include <algorithm>

namespace Cachelens {

RedisCursor::RedisCursor(std::shared_ptr<const RedisRunner> runner, const ScanRequest &request)
    : m_runner(std::move(runner)), m_prefix(request.prefix), m_glob(globForPrefix(request.prefix)),
      m_slice(QByteArray::number(std::max<qsizetype>(request.slice, 1)))
{
}

RedisCursor::~RedisCursor()
{
    if (m_lease && m_waiting)
        m_lease->abandon();
}

Result<bool> RedisCursor::next(const Sink &sink)
{
    if (m_done)
        return false;
    if (!m_waiting) {
        if (auto asked = ask(); !asked)
            return failure(std::move(asked.error()));
    }
    if (auto received = receive(); !received)
        return failure(std::move(received.error()));

    m_position = m_page.cursor;
    m_done = m_position == "0";
    if (m_done)
        m_lease.reset();
    else
        (void)ask(); // what goes wrong here comes up again when the slice is wanted

    const std::string_view prefix(m_prefix.constData(), size_t(m_prefix.size()));
    m_keys.clear();
    for (size_t i = 0; i < m_page.size(); ++i) {
        if (const std::string_view key = m_page.key(i); key.starts_with(prefix))
            m_keys.push_back(key);
    }
    if (!m_keys.empty())
        sink(m_keys);
    return !m_done;
}

Result<void> RedisCursor::ask()
{
    if (!m_lease) {
        auto lease = m_runner->pool().lend(RedisPool::Purpose::Scan);
        if (!lease)
            return failure(m_runner->explained(m_task, std::move(lease.error())));
        m_lease.emplace(std::move(*lease));
        // Where a pass stands means nothing to a server that was started anew, or that does not
        // tell whether it was: begin again.
        if (const QByteArray &run = (*m_lease)->serverRun(); run.isEmpty() || run != m_serverRun) {
            m_position = "0";
            m_serverRun = run;
        }
    }
    RedisBatch batch;
    if (m_prefix.isEmpty())
        batch.add({"SCAN", m_position, "COUNT", m_slice});
    else
        batch.add({"SCAN", m_position, "MATCH", m_glob, "COUNT", m_slice});
    if (auto sent = (*m_lease)->send(batch, 0, 1); !sent)
        return failure(drop(std::move(sent.error())));
    m_waiting = true;
    return {};
}

Result<void> RedisCursor::receive()
{
    auto received = (*m_lease)->receivePage(m_page);
    m_waiting = false;
    if (!received)
        return failure(drop(std::move(received.error())));
    if (m_page.error.isEmpty())
        return {};
    Error error = errorFromReply(m_page.error);
    if (RedisRunner::endsConnection(error))
        return failure(drop(std::move(error)));
    m_lease.reset();
    return failure(m_runner->explained(m_task, std::move(error)));
}

Error RedisCursor::drop(Error error)
{
    m_lease->failed(error);
    m_lease.reset();
    return m_runner->explained(m_task, std::move(error));
}

} // namespace Cachelens
