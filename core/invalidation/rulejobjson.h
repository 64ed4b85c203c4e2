// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/rulerun.h"

namespace Cachelens {

/// Writes a job on one line, for another process to run:
///
///     {"job": 1, "runs": [{"function", "rule", "action": "delete_by_prefix" | "refresh" |
///      "invalidator", "arguments": {parameter: value}, "prefixes": [..], "function_prefix",
///      "version", "invalidator", "signal"}]}
///
/// Values as docs/wire-format.md writes them; a prefix that is not UTF-8 is {"$bytes": base64}.
/// "invalidator" and "signal" stand in runs of an invalidator only. "job" is the version of the
/// format: it changes when a reader of the old one could do the wrong thing. LimitExceeded for a
/// job that is too large to be written.
[[nodiscard]] Result<QByteArray> ruleJobToJson(const RuleJob &job);

/// What ruleJobToJson wrote. Undecodable for anything else, also for a prefix that does not lie
/// within its function; Unsupported for another version, which another reader may know.
[[nodiscard]] Result<RuleJob> ruleJobFromJson(QByteArrayView json);

} // namespace Cachelens
