// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/invalidation/signal.h"

#include <QString>
#include <QStringList>

namespace Cachelens {

/// A line for a POSIX shell that tells what the signal would do. `url`: without its password;
/// `client`: the prefix of the cache's client.
[[nodiscard]] QString simulateLine(const Signal &signal, const QStringList &catalogs,
                                   const QByteArray &url, const QByteArray &client = {});
/// What sends the signal in a program that uses the library: `cache` is its Cache.
[[nodiscard]] QString cppCode(const Signal &signal);
/// What sends the signal in a Django service.
[[nodiscard]] QString pythonCode(const Signal &signal);

} // namespace Cachelens
