// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/argumenttext.h"
#include "core/key/keyreader.h"

namespace Cachelens {

/// The arguments of the call that a key is of, as far as the key holds them; those that it does not
/// hold are left out. `reading` is of a key of `function`. Fails where the key holds something else
/// in their place (a hash, a part of the value, what stood in a request), naming it.
[[nodiscard]] Result<ArgumentTexts> argumentsOfKey(const KeyReading &reading,
                                                   const KeyedFunction &function);

/// The call that a key is of.
struct KeyedCall {
    QByteArray function;
    ArgumentTexts arguments;
};

/// As argumentsOfKey(), of a raw key. Fails too when the reader's catalog names no function for it.
[[nodiscard]] Result<KeyedCall> callOfKey(const KeyReader &reader, const QByteArray &key);

} // namespace Cachelens
