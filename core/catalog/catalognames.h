// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keyspec.h"

#include <QByteArray>

#include <span>

namespace Cachelens {

struct NamedHashAlgorithm {
    const char *name; ///< as Python's hashlib has it
    QCryptographicHash::Algorithm algorithm;
};
struct NamedFieldType {
    const char *name;
    KeyField::Type type;
};

/// What a catalog can name.
[[nodiscard]] std::span<const NamedHashAlgorithm> hashAlgorithms();
[[nodiscard]] std::span<const NamedFieldType> fieldTypes();

/// Empty for an algorithm that hashlib does not have.
[[nodiscard]] QByteArray hashAlgorithmName(QCryptographicHash::Algorithm algorithm);
[[nodiscard]] QByteArray fieldTypeName(KeyField::Type type);

/// The names in a table of things that have one, for messages.
template <typename Table> QByteArray namesOf(const Table &table)
{
    QByteArray names;
    for (const auto &entry : table) {
        if (!names.isEmpty())
            names += ", ";
        names += entry.name;
    }
    return names;
}

inline QByteArray quoted(const QByteArray &text)
{
    return '\'' + text + '\'';
}

} // namespace Cachelens
