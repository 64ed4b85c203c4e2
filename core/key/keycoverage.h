// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keyspec.h"

namespace Cachelens {

// Which of a function's arguments its key takes. What a field takes of a request is the argument
// `request`.

/// Whether what the field contributes depends on the argument.
[[nodiscard]] bool isTaken(const KeyField &field, const QByteArray &argument);

/// A sentence about the first field that can never say anything, because it has no name or none of
/// the arguments that it names is a parameter: all calls would share what differs in it alone.
[[nodiscard]] std::optional<QByteArray> idleField(const KeyedFunction &function);

/// Parameters that no field takes: calls that differ in them alone share an entry.
[[nodiscard]] std::vector<QByteArray> parametersOutsideKey(const KeyedFunction &function);

/// Whether the function has this parameter and a field of the partition takes it.
[[nodiscard]] bool isInPartition(const KeyedFunction &function, const QByteArray &argument);

/// An argument without which the prefix for some of the arguments is not how a key begins.
struct PartitionGap {
    QByteArray field; ///< the field of the partition that takes it
    QByteArray argument;
};
/// The first gap in the partition when these arguments are given and the others have their
/// defaults; none when the fields that have something to say are the first ones. `function` as
/// KeyBuilder::function() has it.
[[nodiscard]] std::optional<PartitionGap> partitionGap(const KeyedFunction &function,
                                                       const std::vector<QByteArray> &given);

/// Whether these arguments, and the defaults, are all that the fields of the partition take.
[[nodiscard]] bool isWholePartition(const KeyedFunction &function,
                                    const std::vector<QByteArray> &given);

} // namespace Cachelens
