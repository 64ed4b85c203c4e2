// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/bytesink.h"
#include "core/payload/decodelimits.h"
#include "core/result.h"
#include "core/value/value.h"

#include <optional>

namespace Cachelens {

/// What the writers of all serializers share: the bytes, and the limits of the readers, so that
/// nothing is written that could not be read (nor a shared graph unfolded without end). Each
/// function that answers with false has set the error, which names the value's place.
class ValueWriter {
public:
    /// Where a value stands, for errors; lives on the stack beside the walk.
    struct Place {
        const Place *outer = nullptr;
        const Value *key = nullptr; ///< of a map's entry
        std::size_t index = 0; ///< of a sequence's item

        [[nodiscard]] Place at(const Value &entryKey) const { return {this, &entryKey, 0}; }
        [[nodiscard]] Place at(std::size_t item) const { return {this, nullptr, item}; }
        /// `value.users[3].name`
        [[nodiscard]] QByteArray path() const;
    };

    /// All that was written, or what was wrong with it; the writer is spent.
    [[nodiscard]] Result<QByteArray> take();

protected:
    explicit ValueWriter(const char *format) : m_format(format) { }

    bool unsupported(const Place &place, const char *reason);
    bool failLimit(const Place &place, const char *limit, qint64 value);
    /// Goes ahead of each value, keys included.
    bool countValue(const Place &place)
    {
        if (++m_values > m_limits.values)
            return failLimit(place, "values", m_limits.values);
        return m_out.size() <= m_limits.decompressedBytes
            || failLimit(place, "decompressedBytes", m_limits.decompressedBytes);
    }
    /// Goes into a container of so many items or entries; leave() leads out.
    bool enter(const Place &place, std::size_t items);
    void enterKnown() { ++m_depth; }
    void leave() { --m_depth; }
    bool fitsText(const Place &place, QByteArrayView text);
    bool fitsInteger(const Place &place, QByteArrayView decimal);

    ByteSink m_out;
    const DecodeLimits m_limits{};

private:
    bool fail(const Place &place, Error error);

    const char *m_format;
    int m_depth = 0;
    qsizetype m_values = 0;
    std::optional<Error> m_error;
};

} // namespace Cachelens
