// SPDX-License-Identifier: MIT
#pragma once

#include <QVarLengthArray>

#include <bit>
#include <string_view>

namespace Cachelens {

/// Where the next `::` stands; npos when there is none.
[[nodiscard]] size_t findSeparator(std::string_view text, size_t from = 0);
/// Whether all of `text` are lower-case hexadecimal digits.
[[nodiscard]] bool isHex(std::string_view text);
/// The length of the Python identifier at the front of `text`; 0 when there is none.
[[nodiscard]] size_t identifierLength(std::string_view text);

/// A set of starts or of ends, one bit each.
using PieceMask = quint64;

/// The pieces between separators: piece i begins at start(i); end(k) is where separator k stands,
/// or behind the last one the text's end. What ends at end(k) is followed by what begins at
/// start(k + 1). Separators may overlap: in `a:::b` the one that counts may be either.
class KeyPieces {
public:
    explicit KeyPieces(std::string_view text) : m_text(text)
    {
        size_t position = findSeparator(text);
        while (position != std::string_view::npos) {
            m_ends.append(position);
            position = findSeparator(text, position + 1);
        }
        // More than fit in a mask: the outermost are the likely ones.
        constexpr qsizetype front = maxSeparators / 2;
        if (m_ends.size() > qsizetype(maxSeparators))
            m_ends.remove(front, m_ends.size() - qsizetype(maxSeparators));
        m_ends.append(text.size());
    }

    [[nodiscard]] std::string_view text() const { return m_text; }
    [[nodiscard]] size_t start(int i) const { return i == 0 ? 0 : m_ends[i - 1] + 2; }
    [[nodiscard]] size_t end(int i) const { return m_ends[i]; }
    [[nodiscard]] int last() const { return static_cast<int>(m_ends.size()) - 1; }
    [[nodiscard]] PieceMask lastEnd() const { return PieceMask(1) << last(); }

    [[nodiscard]] PieceMask endAt(size_t position) const
    {
        const int i = firstFrom(position);
        return i <= last() && m_ends[i] == position ? PieceMask(1) << i : 0;
    }
    [[nodiscard]] PieceMask endsFrom(size_t position) const
    {
        const int i = firstFrom(position);
        if (i > last())
            return 0;
        const PieceMask all = lastEnd() | (lastEnd() - 1);
        return all & ~((PieceMask(1) << i) - 1);
    }
    /// The starts that follow some ends.
    [[nodiscard]] PieceMask after(PieceMask ends) const { return (ends & ~lastEnd()) << 1; }
    [[nodiscard]] PieceMask startAt(size_t position) const
    {
        if (position == 0)
            return 1;
        return position < 2 ? 0 : after(endAt(position - 2));
    }

private:
    static constexpr size_t maxSeparators = 63;

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

inline int highest(PieceMask mask)
{
    return 63 - std::countl_zero(mask);
}

template <typename Visit> void forEachBit(PieceMask mask, const Visit &visit)
{
    for (; mask != 0; mask &= mask - 1)
        visit(std::countr_zero(mask));
}

} // namespace Cachelens
