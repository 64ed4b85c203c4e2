// SPDX-License-Identifier: MIT
#pragma once

#include "core/backend/fillslot.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/subscription.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace Cachelens {

/// What a backend can do. A caller asks before it offers; a call that is not supported fails with
/// Error::Code::Unsupported and changes nothing.
struct BackendCapabilities {
    bool listByPrefix = false; ///< scan()
    bool timeToLive = false; ///< expiries are kept and can be changed
    bool snapshot = false; ///< take(), restore()
    bool changes = false; ///< watch(): tells of every change as it happens
    bool embedded = false; ///< get() gives out bytes that are shared with the store
    bool leases = false; ///< fetchOrLease() and what goes with it
    bool removePrefix = false; ///< removePrefix()
    bool follow = false; ///< follow(): tells of what others change as well
};

/// How the connection stands. `error` is set in the last three.
struct BackendState {
    enum class Phase {
        Idle, ///< nothing asked yet
        Connecting,
        Ready,
        Waiting, ///< the server is away; the next attempt is made at `retryAt`
        Busy, ///< it is there and cannot serve yet (LOADING); the next attempt is at `retryAt`
        Refused, ///< it is there and says no until something is changed (password, permissions)
    };
    Phase phase = Phase::Idle;
    std::optional<Error> error;
    std::chrono::steady_clock::time_point retryAt;
    std::chrono::microseconds latency{0}; ///< of the last round trip; 0 when none was made
    /// Why the server, which answers, refused the last change: READONLY, OOM, MISCONF, NOPERM. None
    /// as soon as a change is done.
    std::optional<Error> changesRefused;
};

enum class KeyType : quint8 { None, String, List, Set, SortedSet, Hash, Stream, Other };
/// As Redis's TYPE names it: "string", "zset", "none" ...
[[nodiscard]] const char *name(KeyType type);

/// What can be told of a key without its value.
struct KeyFacts {
    KeyType type = KeyType::None; ///< None: there is no such key
    std::optional<std::chrono::milliseconds> ttl; ///< what is left; none: no expiry
    qint64 size = 0; ///< bytes of a String; else the number of elements; of Other, 0
};

/// The beginning of a value.
struct ValueHead {
    KeyType type = KeyType::None;
    QByteArray bytes; ///< String: its first bytes
    /// Other kinds: the first elements. A list's and a set's are {element}, a hash's {field,
    /// value}, a sorted set's {member, score}, a stream's {id, field, value, ...}.
    std::vector<std::vector<QByteArray>> elements;
    qint64 size = 0; ///< of the whole: bytes, or elements
};

/// A key as it was when it was taken away, enough to put it back.
struct KeySnapshot {
    QByteArray key;
    QByteArray payload; ///< the backend's own format; of Redis, what DUMP gives
    std::optional<WallTime> expiresAt; ///< none: no expiry
};

enum class RestoreOutcome : quint8 {
    Restored,
    KeptNewer, ///< a key of this name exists again and was left as it is
    Expired, ///< its time was over; it was not put back
    Refused, ///< by the server; asked for again alone, it fails with the reason
};

/// A key changed, and why. Removal always says why.
struct KeyChange {
    enum class Cause : quint8 { Stored, TtlChanged, Deleted, Replaced, Expired, Evicted, Cleared };
    QByteArray key; ///< empty when Cleared: every key is gone
    Cause cause = Cause::Stored;
};

struct ScanRequest {
    QByteArray prefix = {}; ///< literal bytes; empty: every key
    qsizetype slice = 1000; ///< keys looked at in one round trip
};

/// One pass over the keys. Belongs to one thread at a time.
class KeyCursor {
public:
    using Sink = std::function<void(std::span<const std::string_view> keys)>;

    virtual ~KeyCursor() = default;

    /// Reads one slice and gives its keys to `sink` (never an empty span); the views are valid
    /// during the call only. True while there is more. A key may come more than once, and one that
    /// is written or removed meanwhile may come or not. After an error the same slice may be asked
    /// for again.
    [[nodiscard]] virtual Result<bool> next(const Sink &sink) = 0;
};

/// Told of keys that changed, by anybody, so that copies of them can be dropped. Called outside any
/// lock, on a thread of the backend's; must not block.
struct FollowCallbacks {
    /// From now on no change is missed; before, any may have been.
    std::function<void()> linked = {};
    std::function<void(const QByteArray &key)> changed = {}; ///< of Redis: in whichever database
    /// Anything may have changed: the link is down, or everything was flushed. After a flush the
    /// link is still up, and linked() comes next.
    std::function<void()> lost = {};
    /// An attempt to link failed; the next one follows by itself.
    std::function<void(const Error &error)> failed = {};
};

/// A store of bytes under keys of bytes. Thread-safe; every call blocks, for no longer than the
/// backend's own timeouts, and so belongs on a worker. Calls with several keys are one batch.
class CacheBackend {
public:
    virtual ~CacheBackend() = default;

    [[nodiscard]] virtual BackendCapabilities capabilities() const = 0;
    /// What it is connected to, for people: a URL without its password.
    [[nodiscard]] virtual QByteArray description() const = 0;
    /// Whether a password, which description() leaves out, goes with it.
    [[nodiscard]] virtual bool usesPassword() const { return false; }
    /// The server's version, "7.0.15"; empty before the first connection and for memory.
    [[nodiscard]] virtual QByteArray serverVersion() const = 0;

    [[nodiscard]] virtual BackendState state() const = 0;
    /// Called in order and outside any lock, on a thread that is using the backend.
    [[nodiscard]] virtual Subscription onStateChanged(std::function<void(BackendState)> callback)
        = 0;
    /// Makes a connection if there is none, and one round trip: how long it took.
    virtual Result<std::chrono::microseconds> ping() = 0;
    /// The next attempt is due now, whatever BackendState::retryAt says. Returns at once.
    virtual void retryNow() { }
    /// Calls that wait for the other side give up soon, as if their deadline had passed. Returns
    /// at once.
    virtual void interrupt() { }

    virtual Result<std::optional<QByteArray>> get(const QByteArray &key) = 0;
    /// In the order of `keys`; none for a key that is not there or is not a String.
    virtual Result<std::vector<std::optional<QByteArray>>> getMany(std::span<const QByteArray> keys)
        = 0;
    /// In the order of `keys`.
    virtual Result<std::vector<KeyFacts>> facts(std::span<const QByteArray> keys) = 0;
    /// At most `bytes` bytes or `elements` elements of a value.
    virtual Result<ValueHead> head(const QByteArray &key, qint64 bytes, qsizetype elements) = 0;

    /// `ttl`: none for no expiry; at least a millisecond, here and in setTtl().
    virtual Result<void> set(const QByteArray &key, const QByteArray &value,
                             std::optional<std::chrono::milliseconds> ttl)
        = 0;
    /// Changes (or, none, removes) the expiry and leaves the value as it is. False: no such key.
    virtual Result<bool> setTtl(const QByteArray &key, std::optional<std::chrono::milliseconds> ttl)
        = 0;
    /// How many of the keys were there and are gone. Frees memory in the background where it can.
    virtual Result<qint64> remove(std::span<const QByteArray> keys) = 0;
    /// Removes a String if it still is exactly `value`, in one atomic step. False: it is not.
    virtual Result<bool> removeIfSame(const QByteArray &key, const QByteArray &value) = 0;

    /// Removes the keys and returns those that were there as they were, in one atomic step: no
    /// write can fall in between.
    virtual Result<std::vector<KeySnapshot>> take(std::span<const QByteArray> keys) = 0;
    /// Puts keys back with their absolute expiry; never overwrites. In the order of `snapshots`.
    /// An error when none of them could be.
    virtual Result<std::vector<RestoreOutcome>> restore(std::span<const KeySnapshot> snapshots) = 0;
    /// The bytes that a snapshot of these keys would take, as near as the backend can tell.
    virtual Result<qint64> snapshotBytes(std::span<const QByteArray> keys) = 0;

    /// Null when the backend cannot list (see capabilities).
    [[nodiscard]] virtual std::unique_ptr<KeyCursor> scan(const ScanRequest &request) = 0;
    /// Keys in all, whatever their prefix.
    virtual Result<qint64> keyCount() = 0;

    /// Told of every change, in order, outside any lock, on a thread that is making changes: the
    /// one that made it, or one that was telling of another just then. An empty subscription where
    /// changes is not among the capabilities.
    [[nodiscard]] virtual Subscription watch(std::function<void(const KeyChange &)> callback) = 0;

    // --- filling, see FillSlot. Unsupported where leases, removePrefix are not among the
    // capabilities. A name of another type than String counts as an entry that is not there. Who
    // asks again with the token that holds the lease (an answer may have been lost) has the lease.

    /// One round trip: the entry, or else the right to fill it.
    virtual Result<Fetched> fetchOrLease(const FillSlot &slot, const Lease &lease);
    /// The right to fill, whatever is there: with `takeOver` also from whoever holds it, whose
    /// value is then not stored. False: somebody holds it.
    virtual Result<bool> takeLease(const FillSlot &slot, const Lease &lease, bool takeOver);
    /// Stores the value and ends the lease, if it still holds `token`. False: it does not, and
    /// nothing was stored. `ttl` as for set().
    virtual Result<bool> storeLeased(const FillSlot &slot, const QByteArray &token,
                                     const QByteArray &value,
                                     std::optional<std::chrono::milliseconds> ttl);
    /// Lets the lease last for another `lease.time`. False: it does not hold the token any more.
    virtual Result<bool> renewLease(const FillSlot &slot, const Lease &lease);
    /// Ends the lease, if it still holds `token`, without an entry.
    virtual Result<void> releaseLease(const FillSlot &slot, const QByteArray &token);

    /// Removes the entry, and its lease with it. How many entries went: 0 or 1. Without leases
    /// among the capabilities it is remove().
    virtual Result<qint64> removeEntry(const FillSlot &slot);

    /// Removes every entry and every lease whose name begins with `prefix`, which begins with the
    /// prefix of a whole function, of `functionEnd` bytes; or else, with 0, is of more than one
    /// function, and then the keyspace is looked through whatever the reach. Literal: no character
    /// of it is a pattern. What was there or being filled at the call is gone at the return; what
    /// is begun meanwhile may be. How many entries went. Blocks for as long as that takes: each
    /// round trip has the backend's timeout.
    virtual Result<qint64> removePrefix(const QByteArray &prefix, qsizetype functionEnd,
                                        PrefixReach reach);

    /// Tells of every change to keys that begin with `prefix`, leases included, for as long as the
    /// subscription is kept; comes back by itself after the link was down. Where the server does
    /// not let it follow it says lost() and tries again from time to time. linked() may be called
    /// before this returns. An empty subscription where follow is not among the capabilities.
    [[nodiscard]] virtual Subscription follow(const QByteArray &prefix, FollowCallbacks callbacks);
};

} // namespace Cachelens
