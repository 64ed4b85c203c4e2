// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/answer.h"
#include "core/payload/entrywriter.h"
#include "core/result.h"
#include "core/value/value.h"

#include <QByteArray>

#include <optional>

namespace Cachelens {

/// An entry's bytes, decoded into a function's result.
struct DecodedResult {
    Cell cell; ///< made as one that may be changed, see Answer::hasCellAlone
    std::optional<WallTime> cachedAt;
    std::optional<WallTime> resetAt;
};

/// How results of one type become bytes and back. Thread-safe.
class ResultBytes {
public:
    virtual ~ResultBytes() = default;
    [[nodiscard]] virtual CellType type() const = 0;
    [[nodiscard]] virtual Result<QByteArray> encode(const Cell &cell,
                                                    const EntryTimes &times) const = 0;
    [[nodiscard]] virtual Result<DecodedResult> decode(const QByteArray &bytes) const = 0;
    [[nodiscard]] virtual Value value(const Cell &cell) const = 0;
};

} // namespace Cachelens
