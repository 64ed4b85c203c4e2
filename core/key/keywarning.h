// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keybuilder.h"

namespace Cachelens {

/// Something about a call's key that its author may not have meant.
struct KeyWarning {
    enum class Kind {
        SeparatorInValue, ///< `detail`: what stands in the value and separates things in a key
        VariesEveryCall, ///< `detail`: the text that no two calls will have in common
        SharedKey, ///< `other`: a call with other arguments that gets this very key
        IgnoredArgument, ///< no field takes it: calls that differ in it alone share this key
        MissingStep, ///< `detail`: the field's path, which leads nowhere in the argument
        WholeFunction, ///< the fields of the partition are empty: the prefix is the function's
    };
    Kind kind = Kind::SeparatorInValue;
    QByteArray field; ///< empty when the warning is about no one field
    QByteArray argument; ///< or the part of a request: a path, a query parameter
    QByteArray detail;
    Call other;
};

/// The warnings about a call's key: `built`, which `builder` built for it. The key of each `other`
/// has been built and compared.
[[nodiscard]] std::vector<KeyWarning> keyWarnings(const KeyBuilder &builder, const Call &call,
                                                  const BuiltKey &built);

} // namespace Cachelens
