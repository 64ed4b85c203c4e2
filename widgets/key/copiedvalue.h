// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/entry.h"

#include <QString>

namespace Cachelens {

struct CopiedValue {
    QString text;
    bool truncated = false; ///< it is only the beginning: more was not fetched, or is too much
};

/// An entry's value as one pastes it: JSON where it can be decoded, else the stored bytes as keys
/// are shown; of other kinds a line for each element. To be called on a worker: values may be big.
[[nodiscard]] CopiedValue copiedValue(const EntryDetails &details);

} // namespace Cachelens
