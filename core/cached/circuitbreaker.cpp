// SPDX-License-Identifier: MIT
#include "core/cached/circuitbreaker.h"

#include <algorithm>

namespace Cachelens {

bool CircuitBreaker::isDown(const Error &error)
{
    using Code = Error::Code;
    switch (error.code) {
    case Code::Timeout:
    case Code::Unreachable:
    case Code::NotAuthenticated:
    case Code::WrongPassword:
    case Code::Loading:
        return true;
    default:
        return false;
    }
}

bool CircuitBreaker::failed(const Error &error)
{
    if (!isDown(error))
        return false;
    const std::lock_guard lock(m_mutex);
    if (!m_closed.exchange(false, std::memory_order_acq_rel))
        return false;
    m_reason = error;
    m_failedProbes = 0;
    return true;
}

bool CircuitBreaker::probed(const Result<std::chrono::microseconds> &answer)
{
    const std::lock_guard lock(m_mutex);
    if (!answer && isDown(answer.error())) {
        m_reason = answer.error();
        ++m_failedProbes;
        return false;
    }
    m_reason.reset();
    return !m_closed.exchange(true, std::memory_order_acq_rel);
}

std::chrono::milliseconds CircuitBreaker::pause() const
{
    const std::lock_guard lock(m_mutex);
    return std::min<std::chrono::milliseconds>(
        m_options.longestPause, m_options.firstPause * (1LL << std::min(m_failedProbes, 20)));
}

std::optional<Error> CircuitBreaker::reason() const
{
    const std::lock_guard lock(m_mutex);
    return m_reason;
}

} // namespace Cachelens
