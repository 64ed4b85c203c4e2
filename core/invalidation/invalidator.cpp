// SPDX-License-Identifier: MIT
#include "core/invalidation/invalidator.h"

#include <stdexcept>

namespace Cachelens {

void Invalidators::add(const QByteArray &name, Invalidator invalidator)
{
    const std::lock_guard lock(m_mutex);
    if (!m_byName.try_emplace(name.toStdString(), std::move(invalidator)).second)
        throw std::invalid_argument("there is an invalidator '" + name.toStdString() + "' already");
}

Invalidator Invalidators::remove(const QByteArray &name)
{
    const std::lock_guard lock(m_mutex);
    auto removed = m_byName.extract(name.toStdString());
    return removed ? std::move(removed.mapped()) : Invalidator();
}

Invalidator Invalidators::find(const QByteArray &name) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_byName.find(name.toStdString());
    return found == m_byName.end() ? Invalidator() : found->second;
}

} // namespace Cachelens
