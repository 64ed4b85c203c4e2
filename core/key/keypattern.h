// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keypieces.h"
#include "core/key/keyspec.h"

#include <string>
#include <string_view>
#include <vector>

namespace Cachelens {

/// One argument within a field's text: `name:value`, or a text without a name.
struct ArgumentSpan {
    size_t begin = 0;
    size_t valueBegin = 0; ///< == begin when there is no name
    size_t end = 0;
};

/// What one field's text looks like in a key.
class KeyPattern {
public:
    KeyPattern(const KeyField &field, const KeyedFunction &function);

    /// Where the field can end when it begins with that piece and writes something.
    [[nodiscard]] PieceMask ends(const KeyPieces &pieces, int start) const;
    /// Whether a piece of an unambiguous key can be the field's text.
    [[nodiscard]] bool admits(std::string_view piece) const;
    /// Whether a call can leave the field without a text.
    [[nodiscard]] bool mayBeEmpty() const { return m_mayBeEmpty; }
    /// The arguments in a text that is this field's.
    [[nodiscard]] std::vector<ArgumentSpan> arguments(std::string_view text, size_t begin,
                                                      size_t end) const;

private:
    enum class Kind {
        Exact, ///< a constant's text
        Digest, ///< a hash in hex
        Marked, ///< arguments whose names are known, in their order
        AnyNamed, ///< arguments whose names are not known
    };
    struct Marker {
        std::string text; ///< `name:`
        bool optional = false;
    };

    void addMarkers(const KeyField &field, const KeyedFunction &function);
    [[nodiscard]] PieceMask endsOfExact(const KeyPieces &pieces, size_t begin) const;
    [[nodiscard]] PieceMask endsOfMarked(const KeyPieces &pieces, size_t begin) const;

    Kind m_kind = Kind::Marked;
    bool m_unambiguous = false;
    bool m_mayBeEmpty = false;
    std::string m_exact;
    size_t m_nameLength = 0; // Exact: of `key:`, unless it is hashed
    size_t m_digestLength = 0;
    std::vector<Marker> m_markers;
};

/// The arguments of a text whose names are not known: `name:value` joined by `||`.
[[nodiscard]] std::vector<ArgumentSpan> namedPieces(std::string_view text, size_t begin,
                                                    size_t end);

/// The same in an unambiguous key, where no name and no value holds a separator.
[[nodiscard]] std::vector<ArgumentSpan> exactPieces(std::string_view text, size_t begin,
                                                    size_t end);

} // namespace Cachelens
