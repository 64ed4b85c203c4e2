// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/disposal.h"

#include <QFutureWatcher>

#include <utility>

namespace Cachelens {

/// Calls `receive` with the answer, on the context's thread; not when the future was canceled or
/// the context is gone. QFuture::then(context, ...) would do, but Qt 6.4 asserts there when the
/// context goes before the answer comes, and takes the future that is needed to cancel away. What
/// is left of the answer is let go of on a worker.
template <typename T, typename Receive>
void whenFinished(const QFuture<T> &future, QObject *context, Receive receive)
{
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, receive = std::move(receive)]() mutable {
                         QFuture<T> answer = watcher->future();
                         watcher->blockSignals(true); // once
                         watcher->setFuture({});
                         watcher->deleteLater();
                         if (!answer.isCanceled() && answer.resultCount() > 0)
                             receive(answer.result());
                         disposeOnWorker(std::move(answer));
                     });
    watcher->setFuture(future);
}

} // namespace Cachelens
