// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/naturalorder.h"

#include <QtGlobal>

#include <algorithm>
#include <cstring>

namespace Cachelens {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Where they begin to differ, or where the shorter one ends. Eight bytes at a time: keys have
/// long beginnings in common.
std::size_t firstDifference(std::string_view a, std::string_view b)
{
    const std::size_t size = std::min(a.size(), b.size());
    std::size_t at = 0;
    for (quint64 wordA = 0, wordB = 0; at + sizeof wordA <= size; at += sizeof wordA) {
        std::memcpy(&wordA, a.data() + at, sizeof wordA);
        std::memcpy(&wordB, b.data() + at, sizeof wordB);
        if (wordA != wordB)
            break;
    }
    while (at < size && a[at] == b[at])
        ++at;
    return at;
}

std::size_t digitsAt(std::string_view text, std::size_t from)
{
    std::size_t end = from;
    while (end < text.size() && isDigit(text[end]))
        ++end;
    return end - from;
}

std::strong_ordering compareNumbers(std::string_view a, std::string_view b)
{
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    if (const auto byLength = a.size() <=> b.size(); byLength != 0)
        return byLength;
    return a.compare(b) <=> 0;
}

} // namespace

std::strong_ordering naturalOrder(std::string_view a, std::string_view b)
{
    std::string_view restA = a;
    std::string_view restB = b;
    while (!restA.empty() && !restB.empty()) {
        std::size_t from = firstDifference(restA, restB);
        if (from == restA.size() && from == restB.size())
            break;
        // A number that has begun in what is equal belongs to what differs.
        while (from > 0 && isDigit(restA[from - 1]))
            --from;
        const std::size_t digitsA = digitsAt(restA, from);
        const std::size_t digitsB = digitsAt(restB, from);
        if (digitsA == 0 || digitsB == 0)
            return restA.substr(from).compare(restB.substr(from)) <=> 0;
        const auto byNumber
            = compareNumbers(restA.substr(from, digitsA), restB.substr(from, digitsB));
        if (byNumber != 0)
            return byNumber;
        restA = restA.substr(from + digitsA);
        restB = restB.substr(from + digitsB);
    }
    if (restA.empty() != restB.empty())
        return restB.empty() <=> restA.empty();
    return a.compare(b) <=> 0;
}

} // namespace Cachelens
