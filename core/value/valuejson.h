// SPDX-License-Identifier: MIT
#pragma once

#include "core/result.h"
#include "core/value/value.h"

namespace Cachelens {

/// How a Value is written as JSON, the same in vectors, catalogs, the command line and the app:
/// plain JSON where JSON can say it, otherwise a one-key object such as {"$date": "2025-07-24"}.
/// Source of the format: docs/wire-format.md, "Values as JSON".
struct JsonOptions {
    int indent = -1; ///< spaces a level; -1 for one line
    qsizetype maxBytes = 64 * 1024 * 1024; ///< the text stops here, see JsonText::truncated
    int maxDepth = 1000; ///< a container nested deeper is written as {"$deep": true}
};

struct JsonText {
    QByteArray json; ///< UTF-8
    bool truncated = false; ///< cut at maxBytes, and so no longer valid JSON
};

[[nodiscard]] JsonText valueToJson(const Value &value, const JsonOptions &options = {});

/// Reads what valueToJson writes, and any plain JSON. A map whose only key is an unknown `$name`
/// is an error that names it and its place; `$deep` is read as a Cycle. `source` is named in errors
/// (a file, "--args").
[[nodiscard]] Result<Value> valueFromJson(QByteArrayView json, const QByteArray &source);

} // namespace Cachelens
