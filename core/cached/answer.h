// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/callmetadata.h"

#include <exception>
#include <memory>

namespace Cachelens {

/// A function's result without its type; shared, never changed.
using Cell = std::shared_ptr<const void>;

/// Which type the cells of a function are of. Equal marks mean the same type.
using CellType = const void *;
namespace Detail {
template <typename R> struct CellMark {
    static inline const char mark = 0;
};
} // namespace Detail
template <typename R> [[nodiscard]] CellType cellType()
{
    return &Detail::CellMark<R>::mark;
}

/// How a call ended: a result, or what the function threw. Neither: there was no entry, and the
/// function was not to be run.
struct Answer {
    Cell cell = nullptr;
    std::exception_ptr thrown = nullptr;
    CallMetadata metadata = {};
    bool isTried = false; ///< STALE because the function was run for it, and failed
    bool hasCellAlone = false; ///< nobody else has the cell: the result may be moved out of it
};

} // namespace Cachelens
