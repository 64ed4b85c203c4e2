// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/operation.h"

namespace Cachelens::Testing {

inline const QByteArray functionPrefix = ":1:users::app.services.get_user_payload::";

inline DeletionTarget under(const QByteArray &prefix)
{
    return {.title = "what is under " + prefix, .prefixes = {prefix}};
}

inline DeletionTarget exactly(std::vector<QByteArray> keys)
{
    return {.title = "some keys", .keys = std::move(keys)};
}

/// What must be the total at any time.
inline qint64 accounted(const OperationStatus &status)
{
    return status.done + status.alreadyGone + status.notTried + status.unknown;
}

/// The connection broke behind a write.
inline Error lost()
{
    return {.code = Error::Code::Unreachable,
            .attempt = "write",
            .subject = "the server",
            .reason = "connection reset",
            .retryable = true,
            .maybeDone = true};
}

} // namespace Cachelens::Testing
