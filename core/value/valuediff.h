// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

namespace Cachelens {

struct DiffOptions {
    qsizetype context = 3; ///< equal neighbours that are kept beside a difference
    qsizetype maxNodes = 5000; ///< of the result
    /// Values that are looked at, in all: bounds the time. 5 million take about a second.
    qsizetype maxVisits = 5'000'000;
};

/// What differs between two values, as a tree: maps by their keys, objects of one class by their
/// attributes, lists and tuples by their longest common sequence (by position where they are too
/// long for that), sets by their members. Everything else differs as a whole.
struct ValueDiff {
    enum class Change : quint8 { Same, Added, Removed, Changed };
    struct Node {
        Change change = Change::Same;
        std::optional<Value> name; ///< a map's key or an attribute's name; none: an item, the root
        std::optional<Value> before; ///< none when Added, or when it stands for several
        std::optional<Value> after; ///< none when Removed, or when it stands for several
        qsizetype count = 1; ///< Same: so many neighbours that are equal in both
        /// Of a Changed container whose contents were compared; empty: it differs as a whole.
        std::vector<Node> children;
    };

    Node root;
    qint64 added = 0; ///< nodes without children, each
    qint64 removed = 0;
    qint64 changed = 0;
    /// False: a limit was reached. What was found is there, and there may be more; without any
    /// finding, nothing is known.
    bool complete = true;

    [[nodiscard]] bool isSame() const { return complete && root.change == Change::Same; }
};

/// Pure; linear in the size of both, shared parts counted once, except for lists that differ much.
[[nodiscard]] ValueDiff diffValues(const Value &before, const Value &after,
                                   const DiffOptions &options = {});

} // namespace Cachelens
