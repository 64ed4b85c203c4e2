// SPDX-License-Identifier: MIT
#pragma once

#include "core/result.h"

namespace Cachelens {

/// The two ways in which a decoder fails. Whoever knows the entry's key or size puts it into the
/// subject.
inline Error undecodable(QByteArray reason)
{
    return {Error::Code::Undecodable, "decode", "the entry", std::move(reason), false};
}

/// `limit` is the name of the member of DecodeLimits.
inline Error limitReached(const char *limit, qint64 value)
{
    return {Error::Code::LimitExceeded, "decode", "the entry",
            QByteArray("it goes over the limit ") + limit + " of " + QByteArray::number(value),
            false};
}

} // namespace Cachelens
