// SPDX-License-Identifier: MIT
#include "core/key/keyshape.h"

#include "core/key/fieldtext.h"

#include <algorithm>
#include <bit>

namespace Cachelens {

namespace {

bool endsWithSeparator(std::string_view text)
{
    return text.ends_with("::");
}

} // namespace

/// Finds where the fields stand: forward, which pieces each field can begin with; then backward,
/// the last of them that leads to the end.
class KeyShape::Matcher {
public:
    Matcher(const KeyShape &shape, std::string_view text)
        : m_shape(shape), m_pieces(text), m_starts(static_cast<qsizetype>(shape.m_patterns.size())),
          m_ends(m_starts.size())
    {
    }

    bool matchAll(KeySplit *split);
    /// Whatever the suffix is: of the possible ends of the partition the first.
    bool matchPartition(KeySplit *split);

private:
    [[nodiscard]] const KeyPattern &pattern(int field) const
    {
        return m_shape.m_patterns[static_cast<size_t>(field)];
    }
    [[nodiscard]] int partitionFields() const
    {
        return static_cast<int>(m_shape.m_partitionFields);
    }
    [[nodiscard]] int fieldCount() const { return static_cast<int>(m_shape.m_patterns.size()); }
    /// Where a field that begins with that piece and writes something can end.
    [[nodiscard]] PieceMask endsOf(int field, int start) const
    {
        return pattern(field).ends(m_pieces, start);
    }
    [[nodiscard]] PieceMask emptyEnd(int field, int start) const
    {
        return pattern(field).mayBeEmpty() ? m_pieces.endAt(m_pieces.start(start)) : 0;
    }
    [[nodiscard]] bool allMayBeEmpty(int first, int end) const
    {
        for (int i = first; i < end; ++i) {
            if (!pattern(i).mayBeEmpty())
                return false;
        }
        return true;
    }
    /// Fills m_starts and m_ends for the fields from `first` to `end`.
    void advance(int first, int end, PieceMask starts);
    /// Where a part that consists of these fields can end: the last that wrote something ends
    /// there, and those behind it wrote nothing.
    [[nodiscard]] PieceMask partEnds(int first, int end) const;
    /// Chooses the pieces of the part that ends there, from the last field to the first; answers
    /// with which piece the part begins.
    int choose(int first, int end, int endPiece, KeySplit *split) const;
    /// Answers with which of these pieces the suffix begins; -1 when with none.
    int matchSuffix(PieceMask starts, KeySplit *split);
    /// The partition is what stands in front of that piece.
    void setPartition(int suffixStart, KeySplit *split) const;

    const KeyShape &m_shape;
    KeyPieces m_pieces;
    QVarLengthArray<PieceMask, 32> m_starts; // of each field: the pieces that it can begin with
    QVarLengthArray<PieceMask, 32> m_ends; // and where it can end when it writes something
};

void KeyShape::Matcher::advance(int first, int end, PieceMask starts)
{
    for (int i = first; i < end; ++i) {
        PieceMask leading = 0; // the starts from which the field comes to an end at all
        PieceMask written = 0;
        PieceMask empty = 0;
        forEachBit(starts, [&](int start) {
            const PieceMask ends = endsOf(i, start);
            const PieceMask none = emptyEnd(i, start);
            if ((ends | none) != 0)
                leading |= PieceMask(1) << start;
            written |= ends;
            empty |= none;
        });
        m_starts[i] = leading;
        m_ends[i] = written;
        starts = m_pieces.after(written | empty);
    }
}

PieceMask KeyShape::Matcher::partEnds(int first, int end) const
{
    PieceMask ends = 0;
    for (int i = end - 1; i >= first; --i) {
        ends |= m_ends[i];
        if (!pattern(i).mayBeEmpty())
            break;
    }
    // A part's own trailing separators were stripped.
    PieceMask stripped = 0;
    forEachBit(ends, [&](int piece) {
        if (!endsWithSeparator(m_pieces.text().substr(0, m_pieces.end(piece))))
            stripped |= PieceMask(1) << piece;
    });
    return stripped;
}

int KeyShape::Matcher::choose(int first, int end, int endPiece, KeySplit *split) const
{
    if (!split->wantsFields && std::has_single_bit(m_starts[first]))
        return highest(m_starts[first]);
    // The last field that wrote something: as many fields as possible are named.
    int piece = endPiece;
    int field = end - 1;
    while (field > first && (m_ends[field] & (PieceMask(1) << piece)) == 0)
        --field;
    const qsizetype mark = split->fields.size();
    for (; field >= first; --field) {
        const PieceMask ending = PieceMask(1) << piece;
        const bool writes = (m_ends[field] & ending) != 0;
        PieceMask candidates = m_starts[field];
        if (!std::has_single_bit(candidates)) {
            forEachBit(m_starts[field], [&](int start) {
                const PieceMask ends = writes ? endsOf(field, start) : emptyEnd(field, start);
                if ((ends & ending) == 0)
                    candidates &= ~(PieceMask(1) << start);
            });
        }
        const int start = highest(candidates);
        if (writes)
            split->fields.append({field, m_pieces.start(start), m_pieces.end(piece)});
        piece = start - 1;
    }
    std::reverse(split->fields.begin() + mark, split->fields.end());
    return piece + 1;
}

int KeyShape::Matcher::matchSuffix(PieceMask starts, KeySplit *split)
{
    const int first = partitionFields();
    const int end = fieldCount();
    const std::string_view text = m_pieces.text();

    PieceMask plain = starts;
    if (m_shape.m_hashesSuffix) {
        forEachBit(starts, [&](int start) {
            if (!m_shape.fitsUnhashed(text.substr(m_pieces.start(start))))
                plain &= ~(PieceMask(1) << start);
        });
    }
    if (first < end && plain != 0) {
        advance(first, end, plain);
        if ((partEnds(first, end) & m_pieces.lastEnd()) != 0)
            return choose(first, end, m_pieces.last(), split);
    }
    const PieceMask atEnd = plain & m_pieces.startAt(text.size());
    if (atEnd != 0 && allMayBeEmpty(first, end))
        return highest(atEnd);
    const size_t length = m_shape.m_digestLength;
    if (m_shape.m_hashesSuffix && text.size() >= length
        && isHex(text.substr(text.size() - length))) {
        const PieceMask hashed = starts & m_pieces.startAt(text.size() - length);
        split->suffixHashed = hashed != 0;
        return hashed != 0 ? highest(hashed) : -1;
    }
    return -1;
}

bool KeyShape::Matcher::matchAll(KeySplit *split)
{
    const int partition = partitionFields();
    if (partition > 0) {
        advance(0, partition, 1);
        const int suffix = matchSuffix(m_pieces.after(partEnds(0, partition)), split);
        if (suffix > 0) {
            const qsizetype ofSuffix = split->fields.size();
            setPartition(suffix, split);
            std::rotate(split->fields.begin(), split->fields.begin() + ofSuffix,
                        split->fields.end());
            return true;
        }
    }
    return allMayBeEmpty(0, partition) && matchSuffix(1, split) == 0;
}

bool KeyShape::Matcher::matchPartition(KeySplit *split)
{
    if (partitionFields() == 0)
        return false;
    advance(0, partitionFields(), 1);
    const PieceMask suffixes = m_pieces.after(partEnds(0, partitionFields()));
    if (suffixes == 0)
        return false;
    setPartition(std::countr_zero(suffixes), split);
    return true;
}

void KeyShape::Matcher::setPartition(int suffixStart, KeySplit *split) const
{
    split->hasPartition = true;
    split->partitionEnd = m_pieces.end(suffixStart - 1);
    split->suffixBegin = m_pieces.start(suffixStart);
    if (split->wantsFields)
        choose(0, partitionFields(), suffixStart - 1, split);
}

KeyShape::KeyShape(const KeyedFunction &function)
    : m_digestLength(digestLength(function.key.hash)),
      m_maxSuffixLength(function.key.maxKeySuffixLength),
      m_hashesSuffix(function.key.hashSuffixOnOverflow), m_unambiguous(function.key.unambiguous)
{
    m_fields = function.key.fields;
    sortFields(&m_fields);
    const auto suffix = std::stable_partition(m_fields.begin(), m_fields.end(),
                                              [](const KeyField &f) { return f.partition; });
    m_partitionFields = static_cast<size_t>(suffix - m_fields.begin());
    for (const KeyField &field : m_fields)
        m_patterns.emplace_back(field, function);
}

bool KeyShape::fitsUnhashed(std::string_view suffix) const
{
    const auto bytes = static_cast<qsizetype>(suffix.size());
    return bytes <= m_maxSuffixLength
        || codePoints(QByteArrayView(suffix.data(), bytes)) <= m_maxSuffixLength;
}

bool KeyShape::split(std::string_view text, KeySplit *split) const
{
    return m_unambiguous ? splitExactly(text, split) : Matcher(*this, text).matchAll(split);
}

bool KeyShape::splitPartition(std::string_view text, KeySplit *split) const
{
    return m_unambiguous ? splitExactPartition(text, split)
                         : Matcher(*this, text).matchPartition(split);
}

size_t KeyShape::takePieces(std::string_view text, size_t begin, size_t first, size_t end,
                            KeySplit *split) const
{
    for (size_t i = first; i < end; ++i) {
        const size_t pieceEnd = i + 1 == end ? text.size() : findSeparator(text, begin);
        if (pieceEnd == std::string_view::npos)
            return std::string_view::npos;
        const std::string_view piece = text.substr(begin, pieceEnd - begin);
        if (!m_patterns[i].admits(piece) || findSeparator(piece) != std::string_view::npos)
            return std::string_view::npos;
        if (split->wantsFields && piece != noText)
            split->fields.append({static_cast<int>(i), begin, pieceEnd});
        begin = i + 1 == end ? pieceEnd : pieceEnd + 2;
    }
    return begin;
}

bool KeyShape::splitExactPartition(std::string_view text, KeySplit *split) const
{
    if (m_partitionFields == 0)
        return false;
    // Behind a partition stands a separator, also when no field follows.
    const size_t separator = [&] {
        size_t position = 0;
        for (size_t i = 0; i < m_partitionFields; ++i) {
            position = findSeparator(text, i == 0 ? 0 : position + 2);
            if (position == std::string_view::npos)
                break;
        }
        return position;
    }();
    if (separator == std::string_view::npos
        || takePieces(text.substr(0, separator), 0, 0, m_partitionFields, split) != separator) {
        split->fields.clear();
        return false;
    }
    split->hasPartition = true;
    split->partitionEnd = separator;
    split->suffixBegin = separator + 2;
    return true;
}

/// An unambiguous key has as many pieces as there are fields, unless its suffix is hashed.
bool KeyShape::splitExactly(std::string_view text, KeySplit *split) const
{
    if (m_partitionFields > 0 && !splitExactPartition(text, split))
        return false;
    const std::string_view suffix = text.substr(split->suffixBegin);
    if (m_partitionFields == m_fields.size())
        return suffix.empty();
    const qsizetype ofPartition = split->fields.size();
    if (!m_hashesSuffix || fitsUnhashed(suffix)) {
        if (takePieces(text, split->suffixBegin, m_partitionFields, m_fields.size(), split)
            == text.size())
            return true;
        split->fields.resize(ofPartition);
    }
    split->suffixHashed = m_hashesSuffix && suffix.size() == m_digestLength && isHex(suffix);
    return split->suffixHashed;
}

std::vector<ArgumentSpan> KeyShape::arguments(std::string_view text, const FieldSpan &span) const
{
    return m_patterns[static_cast<size_t>(span.field)].arguments(text, span.begin, span.end);
}

} // namespace Cachelens
