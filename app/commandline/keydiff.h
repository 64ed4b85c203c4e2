// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/commandline/console.h"
#include "core/key/keyreader.h"

namespace Cachelens {

/// Prints two raw keys part by part: a table, or one JSON object. What the program ends with.
int showKeyDifference(const KeyReader &reader, const QByteArray &key, const QByteArray &other,
                      bool json, Console &console);

} // namespace Cachelens
