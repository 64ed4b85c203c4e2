// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/keyspace/byteview.h"

#include <QByteArray>

#include <string_view>
#include <vector>

namespace Cachelens::Testing {

inline std::vector<std::string_view> viewsOf(const std::vector<QByteArray> &keys)
{
    std::vector<std::string_view> views;
    views.reserve(keys.size());
    for (const QByteArray &key : keys)
        views.push_back(viewOf(key));
    return views;
}

/// Two functions with a partition, one of them without a namespace, and one without a partition.
inline Catalog sampleCatalog()
{
    const auto catalog = Catalog::fromJson(R"({"catalog": 1, "functions": [
        {"id": "app.services.get_user_payload", "params": [{"name": "user_id"}, {"name": "page"}],
         "key": {"namespace": "users", "fields": [
            {"name": "a_user", "type": "args", "arguments": "user_id", "partition": true},
            {"name": "page", "type": "args", "arguments": "page"}]}},
        {"id": "app.services.list_users", "params": [{"name": "page"}],
         "key": {"namespace": "users"}},
        {"id": "app.reports.daily", "params": [{"name": "day"}, {"name": "page"}],
         "key": {"fields": [
            {"name": "a_day", "type": "args", "arguments": "day", "partition": true},
            {"name": "page", "type": "args", "arguments": "page"}]}}]})",
                                           "sample");
    if (!catalog)
        qFatal("%s", catalog.error().message().constData());
    return *catalog;
}

inline QByteArray userPrefix(int user)
{
    return ":1:users::app.services.get_user_payload::user_id:" + QByteArray::number(user) + "::";
}

inline QByteArray userKey(int user, int page)
{
    return userPrefix(user) + "page:" + QByteArray::number(page);
}

} // namespace Cachelens::Testing
