// SPDX-License-Identifier: MIT
#include "core/cached/cachedresponse.h"

#include "core/payload/entrywriter.h"

#include <QSet>

#include <limits>
#include <stdexcept>

namespace Cachelens {

HttpHeaders cacheHeaders(const CallMetadata &metadata)
{
    HttpHeaders headers{{"X-Cache-status", name(metadata.status)}};
    if (metadata.cachedAt)
        headers.emplace_back("X-Cached-at", isoUtc(*metadata.cachedAt));
    if (metadata.resetAt)
        headers.emplace_back("X-Cache-reset-at", isoUtc(*metadata.resetAt));
    return headers;
}

Value ResultCodec<CachedResponse>::toValue(const CachedResponse &response)
{
    ValueMap headers;
    QSet<QByteArray> names; // of which case does not matter
    for (const auto &[name, value] : response.headers) {
        if (names.contains(name.toLower()))
            throw std::invalid_argument("the response has several headers '" + name.toStdString()
                                        + "', and an entry has room for one");
        names.insert(name.toLower());
        headers.emplace_back(Value::string(name), Value::string(value));
    }
    return Value::tuple(
        {Value::bytes(response.body), Value(response.status), Value::map(std::move(headers))});
}

std::optional<CachedResponse> ResultCodec<CachedResponse>::fromValue(const Value &value)
{
    using Type = Value::Type;
    // JSON and MessagePack have no tuples.
    if ((value.type() != Type::Tuple && value.type() != Type::List) || value.items().size() != 3)
        return std::nullopt;
    const Value &body = value.items()[0];
    const Value &status = value.items()[1];
    const Value &headers = value.items()[2];
    if ((body.type() != Type::Bytes && body.type() != Type::String) || status.type() != Type::Int
        || status.toInt() < 0 || status.toInt() > std::numeric_limits<int>::max()
        || !headers.isMap())
        return std::nullopt;
    CachedResponse response{int(status.toInt()), {}, body.toByteArray()};
    for (const auto &[name, text] : headers.entries()) {
        if (!name.isString() || !text.isString())
            return std::nullopt;
        response.headers.emplace_back(name.toByteArray(), text.toByteArray());
    }
    return response;
}

ResponseKey::ResponseKey()
{
    nameSpace("ResponseCache");
    field("query_params", QueryParamsKeyField("*").hashValue());
    field("path_params", ViewKwargsKeyField("*").partition());
}

} // namespace Cachelens
