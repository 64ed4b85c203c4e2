// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keyreader.h"

namespace Cachelens {

/// One part of two keys, side by side.
struct ComparedPart {
    enum class What {
        ClientPrefix,
        Version,
        Namespace,
        Function,
        Field, ///< `field`, and `argument` where it wrote one
        Digest, ///< of the suffix: the fields in it cannot be read back
        Whole, ///< of a key that is not shaped like a function's at all
    };
    /// What the difference looks like, where it looks like something.
    enum class Hint {
        None,
        Case, ///< of letters only
        Space, ///< of white space only
        Order, ///< the same items in another order
        Absent, ///< one key has no such part
    };
    What what = What::Whole;
    QByteArray field;
    QByteArray argument;
    bool partition = false;
    std::optional<QByteArray> left; ///< none: this key has no such part
    std::optional<QByteArray> right;
    Hint hint = Hint::None;

    [[nodiscard]] bool same() const { return left == right; }
};

/// Two raw keys in their parts, in the order in which the parts stand in them. What one key keeps
/// only as a digest is compared as that digest.
[[nodiscard]] std::vector<ComparedPart> compareKeys(const KeyReader &reader, QByteArrayView left,
                                                    QByteArrayView right);

/// Puts the client's prefix and version in front of a key that was written down without them. Any
/// other key is returned as it is: one that has them, or that is no function's.
[[nodiscard]] QByteArray completedKey(const KeyReader &reader, const QByteArray &written,
                                      const QByteArray &clientPrefix, int version);

} // namespace Cachelens
