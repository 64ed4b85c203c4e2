// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/callmetadata.h"
#include "core/invalidation/rulerun.h"
#include "core/result.h"

namespace Cachelens {

/// One call of a cached function.
struct CallEvent {
    QByteArray function;
    QByteArray key; ///< the backend's key
    CallMetadata metadata;
    bool failed = false; ///< the function threw
};

enum class RemovalCause : quint8 {
    Deleted, ///< one entry, by its key
    Prefix, ///< a partition, or the whole function
    Rule, ///< a signal's rule
    // A Cache makes the removals above, and tells of no others. Those below are for programs that
    // watch an embedded backend (CacheBackend::watch):
    Replaced, ///< by a newer result
    Expired,
    Evicted,
};
/// "deleted", "prefix", "rule", "replaced", "expired", "evicted".
[[nodiscard]] const char *name(RemovalCause cause);

/// Entries were removed.
struct RemovalEvent {
    QByteArray function;
    QByteArray key; ///< the backend's key, or the prefix of its keys
    RemovalCause cause = RemovalCause::Deleted;
    Removal removal;
};

/// Told of what happens in a Cache. Called outside any lock, on the thread of the call: must be
/// thread-safe, quick, and must not throw.
class CacheObserver {
public:
    virtual ~CacheObserver() = default;

    virtual void called(const CallEvent &) { }
    virtual void removed(const RemovalEvent &) { }
    /// What went wrong without failing a call: an entry that cannot be decoded, a store that the
    /// server refused, a server that is away, a function that threw while an old result was served,
    /// a near cache that cannot be linked (once).
    virtual void errorOccurred(const Error &) { }
    /// A rule failed, and its failure was not thrown.
    virtual void ruleFailed(const RuleFailure &) { }
};

} // namespace Cachelens
