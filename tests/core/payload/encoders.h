// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/value.h"

namespace Cachelens::Testing {

/// Small writers of what the readers read, for round trips. A value that the format does not know
/// is a mistake of the test, and fatal.
[[nodiscard]] QByteArray encodeJson(const Value &value);
[[nodiscard]] QByteArray encodeMessagePack(const Value &value);
/// Protocol 0 is text; from 2 on each newer protocol uses what it adds.
[[nodiscard]] QByteArray encodePickle(const Value &value, int protocol);

} // namespace Cachelens::Testing
