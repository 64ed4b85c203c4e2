// SPDX-License-Identifier: MIT
#include "core/key/keyshape.h"

#include "core/key/fieldtext.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

namespace Cachelens {

namespace {

/// A set of starts or of ends, one bit each.
using Mask = quint64;
constexpr size_t maxSeparators = 63;

/// The pieces between separators: piece i begins at start(i); end(k) is where separator k stands,
/// or behind the last one the text's end. What ends at end(k) is followed by what begins at
/// start(k + 1). Separators may overlap: in `a:::b` the one that counts may be either.
class Pieces {
public:
    explicit Pieces(std::string_view text) : m_text(text)
    {
        size_t position = findSeparator(text);
        while (position != std::string_view::npos) {
            m_ends.append(position);
            position = findSeparator(text, position + 1);
        }
        // More than fit: the outermost are the likely ones.
        constexpr qsizetype front = maxSeparators / 2;
        if (m_ends.size() > qsizetype(maxSeparators))
            m_ends.remove(front, m_ends.size() - qsizetype(maxSeparators));
        m_ends.append(text.size());
    }

    [[nodiscard]] std::string_view text() const { return m_text; }
    [[nodiscard]] size_t start(int i) const { return i == 0 ? 0 : m_ends[i - 1] + 2; }
    [[nodiscard]] size_t end(int i) const { return m_ends[i]; }
    [[nodiscard]] int last() const { return static_cast<int>(m_ends.size()) - 1; }
    [[nodiscard]] Mask lastEnd() const { return Mask(1) << last(); }

    [[nodiscard]] Mask endAt(size_t position) const
    {
        const int i = firstFrom(position);
        return i <= last() && m_ends[i] == position ? Mask(1) << i : 0;
    }
    [[nodiscard]] Mask endsFrom(size_t position) const
    {
        const int i = firstFrom(position);
        if (i > last())
            return 0;
        const Mask all = lastEnd() | (lastEnd() - 1);
        return all & ~((Mask(1) << i) - 1);
    }
    /// The starts that follow some ends.
    [[nodiscard]] Mask after(Mask ends) const { return (ends & ~lastEnd()) << 1; }
    [[nodiscard]] Mask startAt(size_t position) const
    {
        if (position == 0)
            return 1;
        return position < 2 ? 0 : after(endAt(position - 2));
    }

private:
    [[nodiscard]] int firstFrom(size_t position) const
    {
        int i = 0;
        while (i < m_ends.size() && m_ends[i] < position)
            ++i;
        return i;
    }

    std::string_view m_text;
    QVarLengthArray<size_t, 64> m_ends;
};

int highest(Mask mask)
{
    return 63 - std::countl_zero(mask);
}

template <typename Visit> void forEachBit(Mask mask, const Visit &visit)
{
    for (; mask != 0; mask &= mask - 1)
        visit(std::countr_zero(mask));
}

/// Most texts differ from a marker in their first byte already.
bool startsWith(std::string_view text, std::string_view start)
{
    return !text.empty() && text.front() == start.front() && text.starts_with(start);
}

bool endsWithSeparator(std::string_view text)
{
    return text.ends_with("::");
}

} // namespace

size_t findSeparator(std::string_view text, size_t from)
{
    // Most keys are scanned for separators only: eight places are looked at in one step, each with
    // the byte behind it. Where both are colons a zero byte remains.
    if constexpr (std::endian::native == std::endian::little) {
        constexpr quint64 ones = 0x0101010101010101;
        constexpr quint64 colons = ones * ':';
        while (from + 9 <= text.size()) {
            quint64 here = 0;
            quint64 behind = 0;
            std::memcpy(&here, text.data() + from, 8);
            std::memcpy(&behind, text.data() + from + 1, 8);
            const quint64 differs = (here ^ colons) | (behind ^ colons);
            const quint64 zeros = (differs - ones) & ~differs & (ones << 7);
            if (zeros != 0)
                return from + static_cast<size_t>(std::countr_zero(zeros)) / 8;
            from += 8;
        }
    }
    return text.find("::", from);
}

bool isHex(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

size_t identifierLength(std::string_view text)
{
    size_t length = 0;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
            || static_cast<quint8>(c) >= 0x80;
        if (!letter && (length == 0 || c < '0' || c > '9'))
            break;
        ++length;
    }
    return length;
}

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
    [[nodiscard]] const Pattern &pattern(int field) const
    {
        return m_shape.m_patterns[static_cast<size_t>(field)];
    }
    [[nodiscard]] int partitionFields() const
    {
        return static_cast<int>(m_shape.m_partitionFields);
    }
    [[nodiscard]] int fieldCount() const { return static_cast<int>(m_shape.m_patterns.size()); }
    /// Where a field that begins with that piece and writes something can end.
    [[nodiscard]] Mask endsOf(int field, int start) const;
    [[nodiscard]] Mask endsOf(int field, Mask starts) const;
    [[nodiscard]] Mask emptyEnd(int field, int start) const
    {
        return pattern(field).mayBeEmpty ? m_pieces.endAt(m_pieces.start(start)) : 0;
    }
    [[nodiscard]] bool allMayBeEmpty(int first, int end) const
    {
        for (int i = first; i < end; ++i) {
            if (!pattern(i).mayBeEmpty)
                return false;
        }
        return true;
    }
    /// Fills m_starts and m_ends for the fields from `first` to `end`.
    void advance(int first, int end, Mask starts);
    /// Where a part that consists of these fields can end: the last that wrote something ends
    /// there, and those behind it wrote nothing.
    [[nodiscard]] Mask partEnds(int first, int end) const;
    /// Chooses the pieces of the part that ends there, from the last field to the first; answers
    /// with which piece the part begins.
    int choose(int first, int end, int endPiece, KeySplit *split) const;
    /// Answers with which of these pieces the suffix begins; -1 when with none.
    int matchSuffix(Mask starts, KeySplit *split);
    /// The partition is what stands in front of that piece.
    void setPartition(int suffixStart, KeySplit *split) const;

    const KeyShape &m_shape;
    Pieces m_pieces;
    QVarLengthArray<Mask, 32> m_starts; // of each field: the pieces that it can begin with
    QVarLengthArray<Mask, 32> m_ends; // and where it can end when it writes something
};

Mask KeyShape::Matcher::endsOf(int field, int start) const
{
    const Pattern &p = pattern(field);
    const size_t begin = m_pieces.start(start);
    const std::string_view text = m_pieces.text();
    const std::string_view rest = text.substr(begin);
    switch (p.kind) {
    case Pattern::Kind::Exact: {
        if (startsWith(rest, p.exact))
            return m_pieces.endAt(begin + p.exact.size());
        // At the end of a part it stands without its own trailing separators.
        std::string_view stripped = p.exact;
        while (endsWithSeparator(stripped))
            stripped.remove_suffix(2);
        return !stripped.empty() && rest.starts_with(stripped)
            ? m_pieces.endAt(begin + stripped.size())
            : 0;
    }
    case Pattern::Kind::Digest: {
        const size_t length = m_shape.m_digestLength;
        return rest.size() >= length && isHex(rest.substr(0, length))
            ? m_pieces.endAt(begin + length)
            : 0;
    }
    case Pattern::Kind::Marked: {
        auto marker = p.markers.begin();
        while (marker != p.markers.end() && !startsWith(rest, marker->text)) {
            if (!marker->optional)
                return 0;
            ++marker;
        }
        if (marker == p.markers.end())
            return 0;
        size_t position = begin + marker->text.size();
        while (++marker != p.markers.end()) {
            if (marker->optional)
                continue;
            do {
                position = text.find("||", position);
                if (position == std::string_view::npos)
                    return 0;
                position += 2;
            } while (!startsWith(text.substr(position), marker->text));
            position += marker->text.size();
        }
        return m_pieces.endsFrom(position);
    }
    case Pattern::Kind::AnyNamed: {
        const size_t colon = rest.find(':');
        if (colon == 0 || colon == std::string_view::npos)
            return 0;
        // `name::` is a text without a colon of its own, `name:::` an empty value.
        const std::string_view behind = rest.substr(colon + 1);
        if (behind.starts_with(':') && !behind.starts_with("::"))
            return 0;
        return m_pieces.endsFrom(begin + colon + 1);
    }
    }
    return 0;
}

Mask KeyShape::Matcher::endsOf(int field, Mask starts) const
{
    Mask ends = 0;
    forEachBit(starts, [&](int start) { ends |= endsOf(field, start); });
    return ends;
}

void KeyShape::Matcher::advance(int first, int end, Mask starts)
{
    for (int i = first; i < end; ++i) {
        m_starts[i] = starts;
        m_ends[i] = endsOf(i, starts);
        Mask ends = m_ends[i];
        forEachBit(starts, [&](int start) { ends |= emptyEnd(i, start); });
        starts = m_pieces.after(ends);
    }
}

Mask KeyShape::Matcher::partEnds(int first, int end) const
{
    Mask ends = 0;
    for (int i = end - 1; i >= first; --i) {
        ends |= m_ends[i];
        if (!pattern(i).mayBeEmpty)
            break;
    }
    // A part's own trailing separators were stripped.
    Mask stripped = 0;
    forEachBit(ends, [&](int piece) {
        if (!endsWithSeparator(m_pieces.text().substr(0, m_pieces.end(piece))))
            stripped |= Mask(1) << piece;
    });
    return stripped;
}

int KeyShape::Matcher::choose(int first, int end, int endPiece, KeySplit *split) const
{
    // The last field that wrote something: as many fields as possible are named.
    int piece = endPiece;
    int field = end - 1;
    while (field > first && (m_ends[field] & (Mask(1) << piece)) == 0)
        --field;
    const qsizetype mark = split->fields.size();
    for (; field >= first; --field) {
        const Mask ending = Mask(1) << piece;
        const bool writes = (m_ends[field] & ending) != 0;
        Mask candidates = m_starts[field];
        if (!std::has_single_bit(candidates)) {
            forEachBit(m_starts[field], [&](int start) {
                const Mask ends = writes ? endsOf(field, start) : emptyEnd(field, start);
                if ((ends & ending) == 0)
                    candidates &= ~(Mask(1) << start);
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

int KeyShape::Matcher::matchSuffix(Mask starts, KeySplit *split)
{
    const int first = partitionFields();
    const int end = fieldCount();
    const std::string_view text = m_pieces.text();

    Mask plain = starts;
    if (m_shape.m_hashesSuffix) {
        forEachBit(starts, [&](int start) {
            if (!m_shape.fitsUnhashed(text.substr(m_pieces.start(start))))
                plain &= ~(Mask(1) << start);
        });
    }
    if (first < end && plain != 0) {
        advance(first, end, plain);
        if ((partEnds(first, end) & m_pieces.lastEnd()) != 0)
            return choose(first, end, m_pieces.last(), split);
    }
    const Mask atEnd = plain & m_pieces.startAt(text.size());
    if (atEnd != 0 && allMayBeEmpty(first, end))
        return highest(atEnd);
    const size_t length = m_shape.m_digestLength;
    if (m_shape.m_hashesSuffix && text.size() >= length
        && isHex(text.substr(text.size() - length))) {
        const Mask hashed = starts & m_pieces.startAt(text.size() - length);
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
    const Mask suffixes = m_pieces.after(partEnds(0, partitionFields()));
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
    choose(0, partitionFields(), suffixStart - 1, split);
}

KeyShape::KeyShape(const KeyedFunction &function)
    : m_digestLength(static_cast<size_t>(QCryptographicHash::hashLength(function.key.hash)) * 2),
      m_maxSuffixLength(function.key.maxKeySuffixLength),
      m_hashesSuffix(function.key.hashSuffixOnOverflow)
{
    m_fields = function.key.fields;
    sortFields(&m_fields);
    const auto suffix = std::stable_partition(m_fields.begin(), m_fields.end(),
                                              [](const KeyField &f) { return f.partition; });
    m_partitionFields = static_cast<size_t>(suffix - m_fields.begin());
    for (const KeyField &field : m_fields)
        m_patterns.push_back(patternOf(field, function));
}

KeyShape::Pattern KeyShape::patternOf(const KeyField &field, const KeyedFunction &function) const
{
    Pattern pattern;
    if (field.type == KeyField::Type::Constant) {
        pattern.kind = Pattern::Kind::Exact;
        pattern.exact = constantKeyText(field, function.key.hash).toStdString();
        return pattern;
    }
    if (field.hashValue) {
        pattern.kind = Pattern::Kind::Digest;
        return pattern;
    }
    std::map<QByteArray, bool> markers; // whether it may be missing, by name
    switch (field.type) {
    case KeyField::Type::Constant:
        break;
    case KeyField::Type::Args:
    case KeyField::Type::ViewKwargs:
        if (field.everything && function.parameters.empty())
            pattern.kind = Pattern::Kind::AnyNamed;
        for (const QByteArray &name : field.names) {
            if (takesArgument(field, name))
                markers[name] = true;
        }
        for (const Parameter &parameter : function.parameters) {
            if (takesArgument(field, parameter.name))
                markers[parameter.name] = false; // a call binds every parameter
        }
        break;
    case KeyField::Type::RequestValue:
        markers[requestValueName(field)] = true;
        break;
    case KeyField::Type::QueryParams:
        if (field.everything)
            pattern.kind = Pattern::Kind::AnyNamed;
        for (const QByteArray &name : field.names)
            markers[name] = true;
        break;
    }
    pattern.mayBeEmpty = true;
    for (const auto &[name, optional] : markers) {
        pattern.markers.push_back({name.toStdString() + ':', optional});
        pattern.mayBeEmpty = pattern.mayBeEmpty && optional;
    }
    return pattern;
}

bool KeyShape::fitsUnhashed(std::string_view suffix) const
{
    const auto bytes = static_cast<qsizetype>(suffix.size());
    return bytes <= m_maxSuffixLength
        || codePoints(QByteArrayView(suffix.data(), bytes)) <= m_maxSuffixLength;
}

bool KeyShape::split(std::string_view text, KeySplit *split) const
{
    return Matcher(*this, text).matchAll(split);
}

bool KeyShape::splitPartition(std::string_view text, KeySplit *split) const
{
    return Matcher(*this, text).matchPartition(split);
}

std::vector<ArgumentSpan> KeyShape::arguments(std::string_view text, const FieldSpan &span) const
{
    const KeyField &field = m_fields[static_cast<size_t>(span.field)];
    const Pattern &pattern = m_patterns[static_cast<size_t>(span.field)];
    switch (pattern.kind) {
    case Pattern::Kind::Digest:
        return {{span.begin, span.begin, span.end}};
    case Pattern::Kind::Exact: {
        const size_t name = static_cast<size_t>(field.constantKey.size()) + 1;
        const bool named = !field.hashValue && span.begin + name <= span.end;
        return {{span.begin, span.begin + (named ? name : 0), span.end}};
    }
    case Pattern::Kind::AnyNamed:
        return namedPieces(text, span.begin, span.end);
    case Pattern::Kind::Marked:
        break;
    }
    // From the last to the first, each where its name occurs last.
    const std::string_view own = text.substr(0, span.end);
    auto front = pattern.markers.begin();
    while (front != pattern.markers.end() && !startsWith(own.substr(span.begin), front->text))
        ++front;
    std::vector<ArgumentSpan> result;
    size_t end = span.end;
    for (auto marker = pattern.markers.end(); marker != front;) {
        --marker;
        size_t begin = span.begin;
        if (marker != front) {
            const size_t bars = own.substr(0, end).rfind("||" + marker->text);
            if (bars == std::string_view::npos || bars < span.begin + front->text.size())
                continue;
            begin = bars + 2;
        }
        result.push_back({begin, begin + marker->text.size(), end});
        end = begin - 2;
    }
    std::reverse(result.begin(), result.end());
    return result;
}

std::vector<ArgumentSpan> namedPieces(std::string_view text, size_t begin, size_t end)
{
    std::vector<ArgumentSpan> result;
    while (begin < end) {
        const std::string_view rest = text.substr(begin, end - begin);
        const size_t colon = rest.find(':');
        const size_t name = colon == std::string_view::npos ? 0 : colon + 1;
        // A bar that no name follows belongs to the value.
        size_t bars = rest.find("||", name);
        while (bars != std::string_view::npos) {
            const std::string_view next = rest.substr(bars + 2);
            const size_t length = identifierLength(next);
            if (length > 0 && next.substr(length).starts_with(':'))
                break;
            bars = rest.find("||", bars + 1);
        }
        const size_t length = bars == std::string_view::npos ? rest.size() : bars;
        result.push_back({begin, begin + name, begin + length});
        begin += length + 2;
    }
    return result;
}

} // namespace Cachelens
