// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/callmetadata.h"
#include "core/codec/resultcodec.h"
#include "core/key/keyconstructor.h"

#include <utility>
#include <vector>

namespace Cachelens {

/// Header names and values, as any HTTP library takes them.
using HttpHeaders = std::vector<std::pair<QByteArray, QByteArray>>;

/// `X-Cache-status`, `X-Cached-at` and `X-Cache-reset-at`, times in ISO 8601, UTC; those that the
/// call has no answer to are left out.
[[nodiscard]] HttpHeaders cacheHeaders(const CallMetadata &metadata);

/// A rendered HTTP response as a cached result. In the cache it is the tuple (body, status,
/// headers), as drf-restflow's cache_response stores it. A value.
///
/// The headers are a map there: a response that has one of them several times (Set-Cookie), or a
/// header that is not UTF-8, is answered with and not stored, and told to
/// CacheObserver::errorOccurred(). Nor is one stored with Serializer::Json, which has no bytes.
struct CachedResponse {
    int status = 200;
    HttpHeaders headers;
    QByteArray body;

    bool operator==(const CachedResponse &) const = default;
};

template <> struct ResultCodec<CachedResponse> {
    /// Throws std::invalid_argument for a header that is there several times.
    static Value toValue(const CachedResponse &response);
    static std::optional<CachedResponse> fromValue(const Value &value);
};

/// What drf-restflow keys responses by unless told otherwise: the hash of all query parameters, and
/// as partition the arguments of the view. Of a function with a parameter `request`.
class ResponseKey : public KeyConstructor {
public:
    ResponseKey();
};

} // namespace Cachelens
