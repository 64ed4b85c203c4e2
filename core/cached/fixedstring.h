// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace Cachelens {

/// A string literal as a template argument.
template <std::size_t Size> struct FixedString {
    char text[Size]{}; ///< with its terminating zero

    consteval FixedString(const char (&literal)[Size]) { std::copy_n(literal, Size, text); }
    [[nodiscard]] constexpr std::string_view view() const { return {text, Size - 1}; }
};

} // namespace Cachelens
