// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <string_view>

namespace Cachelens {

/// Numbers that are the same for the same seed, on every machine. A value: copies go on alike.
class DemoRandom {
public:
    explicit DemoRandom(quint64 seed) : m_state(seed) { }

    /// From 0 to `end` - 1.
    [[nodiscard]] int below(int end)
    {
        return static_cast<int>(next() % static_cast<quint64>(end));
    }
    template <typename T, std::size_t N> [[nodiscard]] const T &oneOf(const T (&choices)[N])
    {
        return choices[below(static_cast<int>(N))];
    }
    /// As below(), the lower the likelier: some things are asked for more often than others.
    [[nodiscard]] int popular(int end) { return below(below(below(end) + 1) + 1); }
    template <typename T, std::size_t N> [[nodiscard]] const T &popularOf(const T (&choices)[N])
    {
        return choices[popular(static_cast<int>(N))];
    }
    /// Another one, the same for the same name.
    [[nodiscard]] DemoRandom of(std::string_view name) const
    {
        quint64 hash = m_state ^ 0xcbf29ce484222325U;
        for (const char c : name)
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
        return DemoRandom(hash);
    }
    [[nodiscard]] DemoRandom of(qint64 number) const
    {
        DemoRandom other(m_state ^ static_cast<quint64>(number) * 0x9e3779b97f4a7c15U);
        return DemoRandom(other.next());
    }

private:
    quint64 next()
    {
        m_state += 0x9e3779b97f4a7c15U;
        quint64 h = m_state;
        h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9U;
        h = (h ^ (h >> 27)) * 0x94d049bb133111ebU;
        return h ^ (h >> 31);
    }

    quint64 m_state;
};

} // namespace Cachelens
