// SPDX-License-Identifier: MIT
#include "core/keyspace/keyquery.h"

#include "core/keyspace/byteview.h"

#include <QRegularExpression>

#include <array>
#include <bitset>
#include <cstring>
#include <string>

namespace Cachelens {

namespace {

char foldByte(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// ASCII letters of eight bytes to lower case at once: the carry of an addition into the top bit
/// of a byte tells which side of a bound it is on.
quint64 foldEight(quint64 word)
{
    constexpr quint64 each = 0x0101010101010101;
    const quint64 low = word & (each * 0x7f);
    const quint64 fromA = low + each * (0x80 - 'A');
    const quint64 beyondZ = low + each * (0x7f - 'Z');
    const quint64 upper = (fromA ^ beyondZ) & ~word & (each * 0x80);
    return word | (upper >> 2);
}

/// A key in lower case, without an allocation for keys of a usual length.
class Folded {
public:
    explicit Folded(std::string_view key) : m_size(key.size())
    {
        const size_t words = (key.size() + 7) / 8;
        quint64 *out = m_inline.data();
        if (words > m_inline.size()) {
            m_large.resize(words);
            out = m_large.data();
        }
        size_t i = 0;
        for (; (i + 1) * 8 <= key.size(); ++i) {
            quint64 word = 0;
            std::memcpy(&word, key.data() + i * 8, 8);
            out[i] = foldEight(word);
        }
        if (i < words) {
            quint64 word = 0;
            std::memcpy(&word, key.data() + i * 8, key.size() - i * 8);
            out[i] = foldEight(word);
        }
    }

    [[nodiscard]] std::string_view view() const
    {
        const quint64 *words = m_large.empty() ? m_inline.data() : m_large.data();
        return {reinterpret_cast<const char *>(words), m_size};
    }

private:
    size_t m_size;
    std::array<quint64, 64> m_inline; // not initialised: only what was written is read
    std::vector<quint64> m_large;
};

bool containsBytes(std::string_view key, std::string_view part)
{
    return memmem(key.data(), key.size(), part.data(), part.size()) != nullptr;
}

// --- glob

using ByteSet = std::bitset<256>;

/// What stands between two stars: as many sets as it takes bytes.
struct GlobPart {
    std::vector<ByteSet> sets;
    std::string literal; // instead of sets, when every set would be of one byte

    [[nodiscard]] size_t size() const { return literal.empty() ? sets.size() : literal.size(); }

    [[nodiscard]] bool fitsAt(std::string_view key, size_t at) const
    {
        if (!literal.empty())
            return key.compare(at, literal.size(), literal) == 0;
        for (size_t i = 0; i < sets.size(); ++i) {
            if (!sets[i][static_cast<quint8>(key[at + i])])
                return false;
        }
        return true;
    }

    /// Where it fits first, from `at` on and with its end at most at `end`; npos: nowhere.
    [[nodiscard]] size_t find(std::string_view key, size_t at, size_t end) const
    {
        if (!literal.empty()) {
            const void *found = memmem(key.data() + at, end - at, literal.data(), literal.size());
            return found ? static_cast<size_t>(static_cast<const char *>(found) - key.data())
                         : std::string_view::npos;
        }
        for (; at + sets.size() <= end; ++at) {
            if (fitsAt(key, at))
                return at;
        }
        return std::string_view::npos;
    }
};

/// Parts with a star between each two; at least one part, empty ones where the pattern begins or
/// ends with a star.
struct Glob {
    std::vector<GlobPart> parts;

    [[nodiscard]] bool matches(std::string_view key) const
    {
        const GlobPart &first = parts.front();
        const GlobPart &last = parts.back();
        if (parts.size() == 1)
            return key.size() == first.size() && first.fitsAt(key, 0);
        if (key.size() < first.size() + last.size() || !first.fitsAt(key, 0)
            || !last.fitsAt(key, key.size() - last.size()))
            return false;
        size_t at = first.size();
        const size_t end = key.size() - last.size();
        for (size_t i = 1; i + 1 < parts.size(); ++i) {
            at = parts[i].find(key, at, end);
            if (at == std::string_view::npos)
                return false;
            at += parts[i].size();
        }
        return true;
    }
};

class GlobParser {
public:
    GlobParser(std::string_view pattern, bool fold) : m_pattern(pattern), m_fold(fold) { }

    [[nodiscard]] Result<Glob> parse()
    {
        Glob glob;
        GlobPart part;
        while (m_at < m_pattern.size()) {
            const char c = m_pattern[m_at];
            if (c == '*') {
                ++m_at;
                glob.parts.push_back(finished(std::exchange(part, {})));
            } else if (c == '?') {
                ++m_at;
                part.sets.push_back(ByteSet().set());
            } else if (c == '[') {
                const auto set = parseClass();
                if (!set)
                    return failure(set.error());
                part.sets.push_back(*set);
            } else {
                const auto byte = parseByte();
                if (!byte)
                    return failure(byte.error());
                ByteSet set;
                add(set, *byte);
                part.sets.push_back(set);
            }
        }
        glob.parts.push_back(finished(std::move(part)));
        return glob;
    }

private:
    [[nodiscard]] tl::unexpected<Error> mistake(size_t at, const char *why) const
    {
        return failure(
            {.attempt = "read the pattern",
             .subject = QByteArray(m_pattern.data(), qsizetype(m_pattern.size())),
             .reason = "at byte " + QByteArray::number(qulonglong(at + 1)) + ", " + why});
    }

    void add(ByteSet &set, char c) const { set.set(static_cast<quint8>(m_fold ? foldByte(c) : c)); }

    /// One byte as itself, or what a backslash makes literal.
    Result<char> parseByte()
    {
        if (m_pattern[m_at] == '\\' && ++m_at == m_pattern.size())
            return mistake(m_at - 1, "a backslash has nothing behind it");
        return m_pattern[m_at++];
    }

    Result<ByteSet> parseClass()
    {
        const size_t begin = m_at++;
        const auto ended = [this] { return m_at >= m_pattern.size(); };
        const bool negated = !ended() && (m_pattern[m_at] == '^' || m_pattern[m_at] == '!');
        if (negated)
            ++m_at;
        ByteSet set;
        while (!ended() && m_pattern[m_at] != ']') {
            const auto low = parseByte();
            if (!low)
                return failure(low.error());
            auto high = low;
            if (m_at + 1 < m_pattern.size() && m_pattern[m_at] == '-'
                && m_pattern[m_at + 1] != ']') {
                ++m_at;
                high = parseByte();
                if (!high)
                    return failure(high.error());
            }
            const auto [from, to]
                = std::minmax({static_cast<quint8>(*low), static_cast<quint8>(*high)});
            for (int c = from; c <= to; ++c)
                add(set, static_cast<char>(c));
        }
        if (ended())
            return mistake(begin, "a [ has no ] behind it");
        ++m_at;
        return negated ? ~set : set;
    }

    static GlobPart finished(GlobPart part)
    {
        for (const ByteSet &set : part.sets) {
            if (set.count() != 1)
                return part;
        }
        for (const ByteSet &set : part.sets) {
            int byte = 0;
            while (!set[static_cast<size_t>(byte)])
                ++byte;
            part.literal += static_cast<char>(byte);
        }
        part.sets.clear();
        return part;
    }

    std::string_view m_pattern;
    bool m_fold;
    size_t m_at = 0;
};

// --- regular expressions

/// A key as text: what is not UTF-8 is read byte by byte.
QString textOf(std::string_view key)
{
    const QUtf8StringView utf8(key.data(), static_cast<qsizetype>(key.size()));
    return utf8.isValidUtf8() ? utf8.toString()
                              : QString::fromLatin1(key.data(), qsizetype(key.size()));
}

Result<KeyPredicate> compileRegex(const KeyQuery &query)
{
    QRegularExpression regex(textOf(viewOf(query.pattern)),
                             query.caseSensitive ? QRegularExpression::NoPatternOption
                                                 : QRegularExpression::CaseInsensitiveOption);
    if (!regex.isValid()) {
        return failure({.attempt = "read the regular expression",
                        .subject = query.pattern,
                        .reason = "at character "
                            + QByteArray::number(regex.patternErrorOffset() + 1) + ", "
                            + regex.errorString().toUtf8()});
    }
    regex.optimize();
    return [regex](std::string_view key) { return regex.match(textOf(key)).hasMatch(); };
}

Result<KeyPredicate> compileGlob(const KeyQuery &query)
{
    auto glob = GlobParser(viewOf(query.pattern), !query.caseSensitive).parse();
    if (!glob)
        return failure(glob.error());
    if (query.caseSensitive)
        return [glob = std::move(*glob)](std::string_view key) { return glob.matches(key); };
    return [glob = std::move(*glob)](std::string_view key) {
        return glob.matches(Folded(key).view());
    };
}

KeyPredicate compileText(const KeyQuery &query)
{
    if (query.caseSensitive) {
        return [text = std::string(viewOf(query.pattern))](std::string_view key) {
            return containsBytes(key, text);
        };
    }
    return [text = std::string(Folded(viewOf(query.pattern)).view())](std::string_view key) {
        return containsBytes(Folded(key).view(), text);
    };
}

} // namespace

Result<KeyPredicate> compilePattern(const KeyQuery &query)
{
    if (query.pattern.isEmpty())
        return [](std::string_view) { return true; };
    switch (query.syntax) {
    case KeyQuery::Syntax::Glob:
        return compileGlob(query);
    case KeyQuery::Syntax::Regex:
        return compileRegex(query);
    case KeyQuery::Syntax::Text:
        break;
    }
    return compileText(query);
}

} // namespace Cachelens
