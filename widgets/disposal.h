// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QThreadPool>

#include <concepts>
#include <memory>
#include <utility>

namespace Cachelens {

/// Lets go of something on a worker: taking apart a value of millions of items takes longer than
/// the thread that paints has. What is moved from is left empty.
template <std::movable T> void disposeOnWorker(T &&object)
{
    auto held = std::make_shared<T>(std::exchange(object, T()));
    QThreadPool::globalInstance()->start([held = std::move(held)]() mutable { held.reset(); });
}

} // namespace Cachelens
