// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keyspec.h"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace Cachelens {

/// Where one field's text stands in a raw key.
struct FieldReading {
    QByteArray field; ///< the field's name in the catalog; the argument's name in a guess
    QByteArray argument; ///< the name in front of the colon, when the field wrote one
    QByteArray value; ///< the text behind the colon, or the whole text
    qsizetype begin = 0; ///< byte offsets into the raw key
    qsizetype end = 0;
    bool partition = false;
};

/// A raw Redis key, taken apart. Sound only as far as `source` says.
struct KeyReading {
    enum class Source {
        Foreign, ///< not shaped like a function's key at all, or bookkeeping
        Guess, ///< shaped like one, but no catalog names the function
        Catalog, ///< the function is in the catalog
    };
    Source source = Source::Foreign;
    QByteArray clientPrefix; ///< django-redis's KEY_PREFIX, often empty
    int version = 0;
    QByteArray nameSpace;
    QByteArray function; ///< the id where the catalog knows it, else as the key has it
    QByteArray partition;
    QByteArray suffix;
    bool suffixHashed = false; ///< the suffix is a digest: its fields cannot be read back
    std::vector<FieldReading> fields; ///< in the order in which they stand in the key
};

/// The same, as offsets into the raw key, without an allocation: what an index of a million keys
/// needs. Levels end in front of the next segment, so raw.first(functionEnd) is the literal prefix
/// of the whole function.
struct KeyLevels {
    KeyReading::Source source = KeyReading::Source::Foreign;
    qsizetype cacheEnd = 0; ///< behind `<prefix>:<version>:`
    qsizetype namespaceEnd = 0; ///< behind `<namespace>::`; == cacheEnd when there is none
    qsizetype functionEnd = 0; ///< behind `<function>::`
    qsizetype partitionEnd = 0; ///< behind `<partition>::`; == functionEnd when there is none
    int functionIndex = -1; ///< into KeyReader::functions(); -1 for a guess
};

/// Reads raw keys back, with what a catalog knows of the functions (without one every reading is a
/// guess). Immutable and thread-safe. Values may contain `::`; where a key can be read in more than
/// one way the reading that names the fields in their order wins, and the last of those boundaries.
class KeyReader {
public:
    KeyReader();
    explicit KeyReader(std::vector<KeyedFunction> functions);
    ~KeyReader();
    KeyReader(KeyReader &&) noexcept;
    KeyReader &operator=(KeyReader &&) noexcept;

    [[nodiscard]] KeyReading read(QByteArrayView rawKey) const;
    [[nodiscard]] KeyLevels levels(std::string_view rawKey) const;
    [[nodiscard]] const std::vector<KeyedFunction> &functions() const;

private:
    struct Private;
    std::unique_ptr<const Private> d;
};

} // namespace Cachelens
