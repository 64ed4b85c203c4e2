// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/keyspace/keyindex.h"

#include <QString>

#include <vector>

namespace Cachelens {

/// A column of the entry table.
struct EntryColumn {
    enum class Kind : quint8 { Key, Field, NextCall, WrittenBy, Age, Ttl, Size };
    Kind kind = Kind::Key;
    QByteArray field; ///< of Field: its name in the catalog
    QByteArray argument; ///< of Field: the argument or param; empty: all that the field wrote

    /// Whether only the server knows what is in it.
    [[nodiscard]] bool needsFacts() const { return kind > Kind::Field; }
    /// The same for the same column in every session: settings are kept by it.
    [[nodiscard]] QString id() const;
    [[nodiscard]] QString title() const;
    bool operator==(const EntryColumn &) const = default;
};

/// The columns for the entries beneath a node. With the function's description there is a column
/// for each field (beneath a partition, without the fields of the partition); else there is one for
/// the key.
[[nodiscard]] std::vector<EntryColumn> entryColumns(NodeKind node, const CatalogFunction *function);

/// What a key says in a column of kind Field.
[[nodiscard]] QByteArray fieldText(const EntryColumn &column, const KeyReading &reading);

} // namespace Cachelens
