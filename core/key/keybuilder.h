// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keyspec.h"
#include "core/result.h"

#include <memory>
#include <span>

namespace Cachelens {

/// A key in its parts. `key` is what the cache client is given; the Redis key is the client's
/// prefix and version in front of it (see redisKey).
struct BuiltKey {
    QByteArray key;
    QByteArray prefix; ///< everything up to the suffix, `::` included
    QByteArray partition;
    QByteArray suffix;
};

/// What one field gave to a key, for showing how a key came about.
struct FieldContribution {
    QByteArray field;
    QByteArray text; ///< as it stands in the key, hashed or not
    QByteArray unhashed; ///< the text before hashing; equal to `text` when nothing was hashed
    bool partition = false;
};

/// Puts a function's keys together. Immutable after construction; every function is const and may
/// be called from many threads (so a field's normalizer must be thread-safe too).
class KeyBuilder {
public:
    explicit KeyBuilder(KeyedFunction function);

    /// The key of one call. Fails when the arguments do not fit the parameters, naming the one
    /// that is missing, unknown, or given twice.
    [[nodiscard]] Result<BuiltKey> build(const Call &call) const;

    /// Appends what stands behind functionPrefix() in the key of one call. A caller that has bound
    /// the arguments itself needs no build(): `arguments` are one for each parameter, in order.
    void appendTail(QByteArray &out, std::span<const Value> arguments) const;

    /// The prefix that a delete for some of the arguments uses: binds what is given, applies
    /// defaults, leaves the rest out.
    [[nodiscard]] Result<QByteArray> partialPrefix(const Call &call) const;
    /// Whether all fields are in the partition, so that its prefix is the exact key.
    [[nodiscard]] bool isPartitionOnly() const;

    /// The prefix of every key of the function: no partition.
    [[nodiscard]] const QByteArray &functionPrefix() const;

    /// What each field contributes to a call's key, in the order in which they stand in it.
    [[nodiscard]] Result<std::vector<FieldContribution>> contributions(const Call &call) const;

    /// Its fields are in the order of their names.
    [[nodiscard]] const KeyedFunction &function() const;

private:
    struct Plan;
    std::shared_ptr<const Plan> m_plan; // shared by copies
};

/// `<clientPrefix>:<version>:<key>`, as django-redis writes it.
[[nodiscard]] QByteArray redisKey(QByteArrayView clientPrefix, int version, QByteArrayView key);

} // namespace Cachelens
