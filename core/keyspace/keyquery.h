// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/keyindex.h"
#include "core/result.h"

#include <chrono>
#include <functional>
#include <optional>

namespace Cachelens {

/// How a call would be answered from an entry now.
enum class NextCall : quint8 {
    Unknown, ///< not a function's entry, or it cannot be decoded
    Hit,
    Stale, ///< there, but past the time at which it resets
    Miss, ///< not there
};

template <typename T> struct Range {
    std::optional<T> min = {}; ///< inclusive; none: no bound
    std::optional<T> max = {};
    [[nodiscard]] bool isEmpty() const { return !min && !max; }
    [[nodiscard]] bool contains(const T &v) const
    {
        return (!min || v >= *min) && (!max || v <= *max);
    }
    bool operator==(const Range &) const = default;
};

/// What to look for. Text conditions are answered from the index; the others ask the server about
/// every key that the text conditions let through, and so take as long as that takes.
struct KeyQuery {
    enum class Syntax : quint8 {
        Text, ///< the bytes, anywhere in the key
        Glob, ///< `*`, `?`, `[a-z]`, `\` escapes; against the whole key
        Regex, ///< PCRE, anywhere in the key
    };
    enum class Expiry : quint8 { Any, Never, Within }; ///< Within: `ttl` says

    NodeId within = KeyIndex::root;
    QByteArray pattern = {}; ///< empty: every key
    Syntax syntax = Syntax::Text;
    bool caseSensitive = false; ///< of ASCII letters (Text, Glob) or of Unicode ones (Regex)

    Expiry expiry = Expiry::Any;
    Range<std::chrono::milliseconds> ttl = {};
    Range<qint64> size = {}; ///< bytes of a String, else elements
    Range<std::chrono::milliseconds> age = {}; ///< since `cached_at`; reads values
    std::optional<NextCall> nextCall = {}; ///< reads values

    [[nodiscard]] bool needsFacts() const
    {
        return expiry != Expiry::Any || !size.isEmpty() || needsValues();
    }
    [[nodiscard]] bool needsValues() const { return !age.isEmpty() || nextCall.has_value(); }
    bool operator==(const KeyQuery &) const = default;
};

/// A query's text condition, ready to run. Thread-safe. Fails on a pattern that cannot be compiled,
/// with where and why.
using KeyPredicate = std::function<bool(std::string_view key)>;
[[nodiscard]] Result<KeyPredicate> compilePattern(const KeyQuery &query);

/// Some of the answer.
struct SearchBatch {
    std::vector<KeyId> keys; ///< in the order of the index
    qint64 examined = 0; ///< keys looked at so far
    qint64 total = 0; ///< keys to look at
    bool last = false;
};

} // namespace Cachelens
