// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace Cachelens {

/// Collects bytes, a few at a time. Its room grows by doubling; a write costs one comparison.
class ByteSink {
public:
    explicit ByteSink(qsizetype room = 1024) : m_bytes(room, Qt::Uninitialized) { }

    [[nodiscard]] qsizetype size() const { return m_size; }
    void put(char byte) { *room(1) = byte; }
    void put(QByteArrayView bytes)
    {
        if (!bytes.isEmpty())
            std::memcpy(room(bytes.size()), bytes.data(), static_cast<std::size_t>(bytes.size()));
    }
    template <typename Number> void putLittleEndian(Number number)
    {
        qToLittleEndian(number, room(sizeof number));
    }
    template <typename Number> void putBigEndian(Number number)
    {
        qToBigEndian(number, room(sizeof number));
    }
    /// What was written; the sink is spent.
    [[nodiscard]] QByteArray take()
    {
        const bool roomy = m_bytes.size() - m_size > m_size / 4;
        m_bytes.resize(m_size);
        if (roomy)
            m_bytes.squeeze(); // it may lie in a cache for long
        return std::move(m_bytes);
    }

private:
    char *room(qsizetype more)
    {
        if (m_bytes.size() - m_size < more)
            m_bytes.resize(std::max(2 * m_bytes.size(), m_size + more));
        char *at = m_bytes.data() + m_size;
        m_size += more;
        return at;
    }

    QByteArray m_bytes;
    qsizetype m_size = 0;
};

} // namespace Cachelens
