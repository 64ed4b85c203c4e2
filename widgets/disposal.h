// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QThreadPool>

#include <memory>

namespace Cachelens {

/// Lets go of something on a worker: taking apart a value of millions of items takes longer than
/// the thread that paints has.
template <typename T> void disposeOnWorker(std::shared_ptr<T> &&object)
{
    if (object)
        QThreadPool::globalInstance()->start(
            [held = std::move(object)]() mutable { held.reset(); });
}

} // namespace Cachelens
