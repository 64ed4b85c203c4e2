// SPDX-License-Identifier: MIT
#pragma once

#include "core/result.h"

namespace Cachelens {

/// The two ways in which a decoder fails. Whoever knows the entry's key or size puts it into the
/// subject.
inline Error undecodable(QByteArray reason)
{
    return {.code = Error::Code::Undecodable,
            .attempt = "decode",
            .subject = "the entry",
            .reason = std::move(reason)};
}

/// `limit` is the name of the member of DecodeLimits.
inline Error limitReached(const char *limit, qint64 value)
{
    return {.code = Error::Code::LimitExceeded,
            .attempt = "decode",
            .subject = "the entry",
            .reason
            = QByteArray("it goes over the limit ") + limit + " of " + QByteArray::number(value)};
}

} // namespace Cachelens
