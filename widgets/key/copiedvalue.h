// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/entry.h"

#include <QString>

namespace Cachelens {

struct CopiedValue {
    QString text;
    bool truncated = false; ///< the beginning: as much as was fetched, or as one bears
};

/// An entry's value as one pastes it: JSON where it can be decoded, else the stored bytes as keys
/// are shown; of other kinds a line for each element. Takes as long as the value is big: for a
/// worker.
[[nodiscard]] CopiedValue copiedValue(const EntryDetails &details);

} // namespace Cachelens
