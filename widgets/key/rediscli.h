// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/cachebackend.h"

#include <QByteArrayView>
#include <QString>

namespace Cachelens {

/// A line for a POSIX shell that shows the key's value with redis-cli (7.0 or later where the key
/// holds bytes that are not printable). `connection` is a Session's description; a connection that
/// is not Redis has no such line: empty. The password is never in it: where there is a user or
/// `usesPassword`, a Session's, redis-cli asks for it.
[[nodiscard]] QString redisCliLine(const QByteArray &connection, QByteArrayView key,
                                   KeyType type = KeyType::String, bool usesPassword = false);

} // namespace Cachelens
