// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/key/keyspec.h"

#include <QString>

namespace Cachelens {

/// The constructor, and the call whose key is `key`, as code with this library.
[[nodiscard]] QString cppSnippet(const KeyedFunction &function, const Call &call,
                                 const QByteArray &key);
/// The same with drf-restflow.
[[nodiscard]] QString pythonSnippet(const KeyedFunction &function, const Call &call,
                                    const QByteArray &key);

} // namespace Cachelens
