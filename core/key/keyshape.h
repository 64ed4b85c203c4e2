// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keypattern.h"

#include <QVarLengthArray>

#include <string_view>
#include <vector>

namespace Cachelens {

/// One field's text within the part of a key behind the function, as offsets into that part.
struct FieldSpan {
    int field = 0; ///< into KeyShape::fields()
    size_t begin = 0;
    size_t end = 0;
};

/// How the fields share a key's text.
struct KeySplit {
    bool hasPartition = false;
    size_t partitionEnd = 0; ///< of the text, in front of its `::`; 0 without a partition
    size_t suffixBegin = 0;
    bool suffixHashed = false;
    QVarLengthArray<FieldSpan, 16> fields; ///< those that wrote something
    bool wantsFields = true; ///< set before: without them it is quicker

    void reset()
    {
        hasPartition = false;
        partitionEnd = 0;
        suffixBegin = 0;
        suffixHashed = false;
        fields.clear();
    }
};

/// What the keys of one function look like behind the function's name, and where in such a text
/// each field stands. Values may contain separators: a field begins where its marker (`name:`),
/// its constant text or its digest stands behind a separator, so that all fields are there in
/// their order; of several such places the last.
class KeyShape {
public:
    explicit KeyShape(const KeyedFunction &function);

    /// Fills a split that is empty. False when no reading puts every field in its place. Allocates
    /// nothing for as many fields as KeySplit has room for.
    bool split(std::string_view text, KeySplit *split) const;
    /// The same, but only the fields of the partition must be in their places. Keys look like this
    /// that were written before a field of the suffix was added or removed.
    bool splitPartition(std::string_view text, KeySplit *split) const;

    [[nodiscard]] bool hasPartition() const { return m_partitionFields > 0; }
    [[nodiscard]] const std::vector<KeyField> &fields() const { return m_fields; }
    /// The arguments in one field's text.
    [[nodiscard]] std::vector<ArgumentSpan> arguments(std::string_view text,
                                                      const FieldSpan &field) const;

private:
    class Matcher;

    [[nodiscard]] bool fitsUnhashed(std::string_view suffix) const;
    bool splitExactly(std::string_view text, KeySplit *split) const;
    bool splitExactPartition(std::string_view text, KeySplit *split) const;
    /// Where the fields from `first` to `end` stop, when they stand there, one a piece, up to the
    /// end of the text; npos when one does not stand in its place.
    size_t takePieces(std::string_view text, size_t begin, size_t first, size_t end,
                      KeySplit *split) const;

    std::vector<KeyField> m_fields; // in the order in which they stand in a key
    std::vector<KeyPattern> m_patterns; // of the fields
    size_t m_partitionFields = 0; // how many of them are the partition's
    size_t m_digestLength = 0;
    qsizetype m_maxSuffixLength = 0;
    bool m_hashesSuffix = false;
    bool m_unambiguous = false;
};

} // namespace Cachelens
