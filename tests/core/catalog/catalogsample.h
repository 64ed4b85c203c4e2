// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

namespace Cachelens::Testing {

/// Every member that a catalog can have.
inline const QByteArray everything = R"({"catalog": 1, "functions": [
  {"id": "app.services.get_user_payload", "ttl": 300,
   "params": [{"name": "user_id"}, {"name": "page", "default": {"$date": "2025-07-24"}}],
   "key": {"namespace": "users", "version": 2, "key_identifier": "payload",
           "max_key_suffix_length": 100, "hash_suffix_on_overflow": true, "hash_algorithm": "md5",
           "unambiguous": true,
           "fields": [{"name": "user", "type": "args", "arguments": "user_id", "path": "owner.id",
                       "partition": true, "hash_value": true, "sort_lists": true},
                      {"name": "all", "type": "args", "arguments": "*"},
                      {"name": "some", "type": "view_kwargs", "arguments": ["page", "user_id"]},
                      {"name": "query", "type": "query_params", "params": ["q", "page"]},
                      {"name": "tenant", "type": "request_value", "path": "user.tenant"},
                      {"name": "version", "type": "constant", "key": "v", "value": [1, null]}]},
   "invalidates_on": [{"model": "auth.User", "field_mapping": {"user_id": "id"},
                       "require_args": ["user_id"], "trigger_on_create": true,
                       "watch_fields": ["email", "name"],
                       "invalidate_when": {"status": "active", "!archived": true}, "rewarm": true,
                       "dispatcher": "celery", "batch": true, "raise_exception": false},
                      {"id": "orders", "model": "shop.Order", "invalidator": "drop orders",
                       "require_args": false}]},
  {"id": "m.forever", "ttl": null},
  {"id": "m.plain"}
]})";

[[nodiscard]] inline Catalog parsed(const QByteArray &json)
{
    Result<Catalog> catalog = Catalog::fromJson(json, "test.json");
    if (!catalog)
        qFatal("%s", catalog.error().message().constData());
    return std::move(*catalog);
}

} // namespace Cachelens::Testing
