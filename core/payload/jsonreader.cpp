// SPDX-License-Identifier: MIT
#include "core/payload/jsonreader.h"

#include "core/payload/payloadtext.h"
#include "core/payload/valuereader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace Cachelens {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Of a number that no double holds: whether it is too great, not too small.
bool isHuge(const char *at, const char *end)
{
    const char *exponent = std::find_if(at, end, [](char c) { return c == 'e' || c == 'E'; });
    const char *point = std::find(at, exponent, '.');
    const char *first = std::find_if(at, exponent, [](char c) { return c != '0' && c != '.'; });
    const qint64 magnitude = point - first; // of the first digit that counts; off by one below 1
    if (exponent == end)
        return magnitude > 0;
    qint64 power = 0;
    const bool negative = exponent[1] == '-';
    const bool sign = negative || exponent[1] == '+';
    if (std::from_chars(exponent + 1 + (sign ? 1 : 0), end, power).ec != std::errc())
        return !negative;
    return magnitude + (negative ? -power : power) > 0;
}

class JsonReader : private ValueReader {
public:
    JsonReader(QByteArrayView bytes, const DecodeLimits &limits) : ValueReader(bytes, limits) { }

    Result<Value> read()
    {
        Value value;
        if (!readValue(value))
            return failed();
        skipSpace();
        if (m_at != m_end && !fail("something follows the JSON"))
            return failed();
        return value;
    }

private:
    void skipSpace()
    {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
            ++m_at;
    }

    /// Takes the character when it is the next one after white space.
    bool next(char wanted)
    {
        skipSpace();
        if (m_at == m_end || *m_at != wanted)
            return false;
        ++m_at;
        return true;
    }

    bool readWord(QByteArrayView word, Value meaning, Value &out)
    {
        if (!QByteArrayView(m_at, m_end).startsWith(word))
            return fail("no JSON value");
        m_at += word.size();
        out = std::move(meaning);
        return true;
    }

    bool readValue(Value &out)
    {
        if (!countValue())
            return false;
        skipSpace();
        if (m_at == m_end)
            return fail("the JSON is cut off");
        switch (*m_at) {
        case '{':
            return readMap(out);
        case '[':
            return readList(out);
        case '"':
            return readString(out);
        case 't':
            return readWord("true", Value(true), out);
        case 'f':
            return readWord("false", Value(false), out);
        case 'n':
            return readWord("null", Value(), out);
        case 'N':
            return readWord("NaN", Value(std::numeric_limits<double>::quiet_NaN()), out);
        case 'I':
            return readWord("Infinity", Value(infinity), out);
        case '-':
            if (m_at + 1 != m_end && m_at[1] == 'I')
                return readWord("-Infinity", Value(-infinity), out);
            return readNumber(out);
        default:
            return readNumber(out);
        }
    }

    bool readList(Value &out)
    {
        ++m_at;
        if (!enter())
            return false;
        const std::size_t first = m_items.size();
        if (!next(']')) {
            do {
                if (!fits(m_items.size() - first + 1))
                    return false;
                Value item;
                if (!readValue(item))
                    return false;
                m_items.push_back(std::move(item));
            } while (next(','));
            if (!next(']'))
                return fail("a JSON list without its end");
        }
        out = takeList(first);
        return true;
    }

    bool readMap(Value &out)
    {
        ++m_at;
        if (!enter())
            return false;
        const std::size_t first = m_entries.size();
        if (!next('}')) {
            do {
                if (!fits(m_entries.size() - first + 1))
                    return false;
                std::pair<Value, Value> entry;
                if (!readKey(entry.first))
                    return false;
                if (!next(':'))
                    return fail("a JSON key without a value");
                if (!readValue(entry.second))
                    return false;
                m_entries.push_back(std::move(entry));
            } while (next(','));
            if (!next('}'))
                return fail("a JSON object without its end");
        }
        out = takeMap(first);
        return true;
    }

    bool readKey(Value &out)
    {
        if (!countValue())
            return false;
        skipSpace();
        if (m_at == m_end || *m_at != '"')
            return fail("a JSON key that is no string");
        return readString(out);
    }

    bool readString(Value &out)
    {
        ++m_at;
        const char *begin = m_at;
        while (m_at != m_end && *m_at != '"' && *m_at != '\\') {
            if (static_cast<unsigned char>(*m_at) < 0x20)
                return fail("a control character in a JSON string");
            ++m_at;
        }
        if (m_at == m_end)
            return fail("the JSON is cut off");
        if (*m_at == '"')
            return finishString(QByteArrayView(begin, m_at++), out);
        QByteArray text(begin, m_at - begin);
        if (!readEscapedRest(text))
            return false;
        ++m_at;
        return finishString(text, out);
    }

    bool finishString(const TextBytes &text, Value &out)
    {
        if (!isUtf8(text.view()))
            return fail("a JSON string that is not UTF-8");
        out = Value::string(text);
        return true;
    }

    /// From the first backslash to the closing quote, which it leaves.
    bool readEscapedRest(QByteArray &text)
    {
        while (m_at != m_end && *m_at != '"') {
            if (static_cast<unsigned char>(*m_at) < 0x20)
                return fail("a control character in a JSON string");
            if (*m_at != '\\') {
                const char *begin = m_at;
                while (m_at != m_end && *m_at != '"' && *m_at != '\\'
                       && static_cast<unsigned char>(*m_at) >= 0x20)
                    ++m_at;
                text.append(begin, m_at - begin);
                continue;
            }
            ++m_at;
            if (m_at == m_end)
                break;
            if (!readEscape(text))
                return false;
        }
        return m_at != m_end || fail("the JSON is cut off");
    }

    bool readEscape(QByteArray &text)
    {
        switch (*m_at++) {
        case '"':
            text += '"';
            return true;
        case '\\':
            text += '\\';
            return true;
        case '/':
            text += '/';
            return true;
        case 'b':
            text += '\b';
            return true;
        case 'f':
            text += '\f';
            return true;
        case 'n':
            text += '\n';
            return true;
        case 'r':
            text += '\r';
            return true;
        case 't':
            text += '\t';
            return true;
        case 'u':
            return readCodeUnits(text);
        default:
            return fail("an unknown escape in a JSON string");
        }
    }

    bool readCodeUnits(QByteArray &text)
    {
        char32_t unit = 0;
        if (!readHex(unit))
            return false;
        const bool high = unit >= 0xd800 && unit < 0xdc00;
        if (high && m_end - m_at >= 6 && m_at[0] == '\\' && m_at[1] == 'u') {
            const char *second = m_at;
            m_at += 2;
            char32_t low = 0;
            if (!readHex(low))
                return false;
            if (low >= 0xdc00 && low < 0xe000)
                unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            else
                m_at = second;
        }
        appendUtf8(text, unit);
        return true;
    }

    bool readHex(char32_t &unit)
    {
        quint32 number = 0;
        const char *end = m_at + 4;
        if (m_end - m_at < 4)
            return fail("the JSON is cut off");
        const auto read = std::from_chars(m_at, end, number, 16);
        if (read.ec != std::errc() || read.ptr != end)
            return fail("an unknown escape in a JSON string");
        m_at = end;
        unit = number;
        return true;
    }

    static bool isDigit(char c) { return c >= '0' && c <= '9'; }

    /// Takes digits; false when there are none.
    bool skipDigits()
    {
        const char *begin = m_at;
        while (m_at != m_end && isDigit(*m_at))
            ++m_at;
        return m_at != begin;
    }

    bool readNumber(Value &out)
    {
        const char *begin = m_at;
        if (*m_at == '-')
            ++m_at;
        const char *digits = m_at;
        if (!skipDigits())
            return fail("no JSON value");
        if (*digits == '0' && m_at - digits > 1)
            return fail("a JSON number with a leading zero");
        const qsizetype digitCount = m_at - digits;
        bool isFloat = false;
        if (m_at != m_end && *m_at == '.') {
            isFloat = true;
            ++m_at;
            if (!skipDigits())
                return fail("a JSON number without its end");
        }
        if (m_at != m_end && (*m_at == 'e' || *m_at == 'E')) {
            isFloat = true;
            ++m_at;
            if (m_at != m_end && (*m_at == '+' || *m_at == '-'))
                ++m_at;
            if (!skipDigits())
                return fail("a JSON number without its end");
        }
        const QByteArrayView text(begin, m_at);
        if (isFloat) {
            double number = 0;
            const auto read = std::from_chars(text.begin(), text.end(), number);
            if (read.ec == std::errc::result_out_of_range)
                number = std::copysign(isHuge(digits, text.end()) ? infinity : 0.0,
                                       *begin == '-' ? -1.0 : 1.0);
            out = Value(number);
            return true;
        }
        qint64 number = 0;
        if (std::from_chars(text.begin(), text.end(), number).ec == std::errc()) {
            out = Value(number);
            return true;
        }
        if (digitCount > m_limits.integerDigits)
            return failLimit("integerDigits", m_limits.integerDigits);
        out = Value::integer(text);
        return true;
    }
};

} // namespace

Result<Value> readJson(QByteArrayView bytes, const DecodeLimits &limits)
{
    return JsonReader(bytes, limits).read();
}

} // namespace Cachelens
