// SPDX-License-Identifier: MIT
#include "core/key/keyreader.h"

#include "core/bookkeeping.h"
#include "core/key/keyshape.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace Cachelens {

namespace {

constexpr std::string_view separator = "::";
constexpr size_t digestLength = 64; // of SHA-256, for guesses

QByteArray bytes(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

std::string_view view(const QByteArray &text)
{
    return {text.constData(), static_cast<size_t>(text.size())};
}

/// Where `<prefix>:<version>:` ends, for each place at which a version can stand: the prefix may
/// hold colons and digits itself. None stands behind the first separator.
class HeadCursor {
public:
    explicit HeadCursor(std::string_view key) : m_key(key), m_limit(findSeparator(key)) { }

    bool next()
    {
        if (m_limit == std::string_view::npos)
            return false;
        while ((m_colon = m_key.find(':', m_colon)) <= m_limit) {
            prefixEnd = m_colon++;
            size_t position = m_colon;
            qint64 number = 0;
            while (position < m_key.size() && m_key[position] >= '0' && m_key[position] <= '9'
                   && position - m_colon < 10) {
                number = number * 10 + (m_key[position] - '0');
                ++position;
            }
            const bool digits
                = position > m_colon && (m_key[m_colon] != '0' || position == m_colon + 1);
            if (digits && position <= m_limit && m_key[position] == ':'
                && number <= std::numeric_limits<int>::max()) {
                version = static_cast<int>(number);
                end = position + 1;
                return true;
            }
        }
        return false;
    }

    /// Where the key's first separator stands.
    [[nodiscard]] size_t firstSeparator() const { return m_limit; }

    size_t prefixEnd = 0;
    int version = 0;
    size_t end = 0;

private:
    std::string_view m_key;
    size_t m_limit;
    size_t m_colon = 0;
};

/// The length of a dotted name at the front of `text`, such as `shop.views.Order.list`; 0 when
/// there is none. Python writes `<locals>` and `<lambda>` between dots.
size_t dottedLength(std::string_view text)
{
    size_t length = 0;
    bool dotted = false;
    while (true) {
        std::string_view rest = text.substr(length);
        size_t name = identifierLength(rest);
        if (name == 0 && rest.starts_with('<')) {
            const size_t inner = identifierLength(rest.substr(1));
            if (inner > 0 && rest.substr(inner + 1).starts_with('>'))
                name = inner + 2;
        }
        if (name == 0)
            return 0;
        length += name;
        if (length == text.size() || text[length] != '.')
            return dotted ? length : 0;
        dotted = true;
        ++length;
    }
}

/// The length of `<dotted name>::` at the front of `text`; 0 when there is none.
size_t dottedSegmentLength(std::string_view text)
{
    const size_t length = dottedLength(text);
    return length > 0 && text.substr(length).starts_with(separator) ? length + separator.size() : 0;
}

/// A key's head and its function, before the rest is looked at.
struct Located {
    KeyLevels levels;
    size_t prefixEnd = 0;
    int version = 0;
};

/// Where a guessed partition's `::` stands: behind the first `name:value`, when more follows.
size_t guessPartition(std::string_view text)
{
    const size_t name = identifierLength(text);
    if (name == 0 || !text.substr(name).starts_with(':')
        || text.substr(name).starts_with(separator))
        return std::string_view::npos;
    return findSeparator(text, name + 1);
}

} // namespace

struct KeyReader::Private {
    std::vector<KeyedFunction> functions;
    std::vector<KeyShape> shapes;
    std::vector<size_t> namespaceLengths; // `<namespace>::`
    std::vector<std::string> prefixes; // `[<namespace>::]<function>::`
    std::unordered_map<std::string_view, std::vector<int>> byPrefix;
    size_t longestPrefix = 0;
    std::vector<bool> lengths; // which lengths there are among the prefixes

    explicit Private(std::vector<KeyedFunction> known);
    bool locateKnown(std::string_view key, Located *located, KeySplit *split) const;
    static bool locateGuess(std::string_view key, Located *located);
    bool functionAt(std::string_view rest, int *function, KeySplit *split) const;
    bool splitKnown(int function, std::string_view text, KeySplit *split) const;

    void readKnown(std::string_view key, const Located &located, const KeySplit &split,
                   KeyReading *reading) const;
    static void readGuess(std::string_view key, const KeyLevels &levels, KeyReading *reading);
};

KeyReader::Private::Private(std::vector<KeyedFunction> known) : functions(std::move(known))
{
    for (const KeyedFunction &function : functions) {
        shapes.emplace_back(function);
        const KeySpec &key = function.key;
        std::string prefix = key.nameSpace.toStdString();
        if (!prefix.empty())
            prefix += separator;
        namespaceLengths.push_back(prefix.size());
        prefix += view(key.keyIdentifier.isEmpty() ? function.id : key.keyIdentifier);
        prefix += separator;
        longestPrefix = std::max(longestPrefix, prefix.size());
        prefixes.push_back(std::move(prefix));
    }
    lengths.resize(longestPrefix + 1);
    for (size_t i = 0; i < prefixes.size(); ++i) {
        lengths[prefixes[i].size()] = true;
        byPrefix[prefixes[i]].push_back(static_cast<int>(i));
    }
}

bool KeyReader::Private::splitKnown(int function, std::string_view text, KeySplit *split) const
{
    split->reset();
    return shapes[static_cast<size_t>(function)].split(text, split);
}

/// One function's prefix may begin with another's: the longest whose fields are in their places
/// wins, or else the longest.
bool KeyReader::Private::functionAt(std::string_view rest, int *function, KeySplit *split) const
{
    QVarLengthArray<const std::vector<int> *, 8> matches;
    const std::string_view front = rest.substr(0, longestPrefix);
    size_t position = findSeparator(front);
    while (position != std::string_view::npos) {
        const size_t length = position + separator.size();
        if (lengths[length]) {
            const auto it = byPrefix.find(front.substr(0, length));
            if (it != byPrefix.end())
                matches.append(&it->second);
        }
        position = findSeparator(front, position + 1);
    }
    if (matches.isEmpty())
        return false;
    const auto textOf
        = [this, rest](int f) { return rest.substr(prefixes[static_cast<size_t>(f)].size()); };
    for (auto match = matches.crbegin(); match != matches.crend(); ++match) {
        for (const int candidate : **match) {
            if (splitKnown(candidate, textOf(candidate), split)) {
                *function = candidate;
                return true;
            }
        }
    }
    *function = matches.last()->front();
    split->reset();
    shapes[static_cast<size_t>(*function)].splitPartition(textOf(*function), split);
    return true;
}

bool KeyReader::Private::locateKnown(std::string_view key, Located *located, KeySplit *split) const
{
    HeadCursor head(key);
    while (head.next()) {
        int function = -1;
        if (!functionAt(key.substr(head.end), &function, split))
            continue;
        KeyLevels &levels = located->levels;
        levels.source = KeyReading::Source::Catalog;
        levels.functionIndex = function;
        const auto index = static_cast<size_t>(function);
        const size_t functionEnd = head.end + prefixes[index].size();
        levels.cacheEnd = static_cast<qsizetype>(head.end);
        levels.namespaceEnd = static_cast<qsizetype>(head.end + namespaceLengths[index]);
        levels.functionEnd = static_cast<qsizetype>(functionEnd);
        levels.partitionEnd = static_cast<qsizetype>(functionEnd + split->suffixBegin);
        located->prefixEnd = head.prefixEnd;
        located->version = head.version;
        return true;
    }
    return false;
}

bool KeyReader::Private::locateGuess(std::string_view key, Located *located)
{
    // `[<namespace>::]<dotted function>::` behind the head. There may be as many heads as colons,
    // nearly all of them in front of the same separator: what stands behind it is looked at once.
    HeadCursor head(key);
    size_t known = std::string_view::npos;
    size_t behindKnown = 0;
    while (head.next()) {
        const size_t first = head.end <= head.firstSeparator() ? head.firstSeparator()
                                                               : findSeparator(key, head.end);
        if (first == std::string_view::npos || first == head.end)
            continue;
        const size_t behind = first + separator.size();
        if (first != known) {
            known = first;
            behindKnown = dottedSegmentLength(key.substr(behind));
        }
        const bool hasNamespace = behindKnown > 0;
        if (!hasNamespace && head.end + dottedLength(key.substr(head.end)) != first)
            continue;
        const size_t functionEnd = behind + behindKnown;
        KeyLevels &levels = located->levels;
        levels.source = KeyReading::Source::Guess;
        levels.cacheEnd = static_cast<qsizetype>(head.end);
        levels.namespaceEnd = static_cast<qsizetype>(hasNamespace ? behind : head.end);
        levels.functionEnd = static_cast<qsizetype>(functionEnd);
        levels.partitionEnd = levels.functionEnd;
        const size_t partition = guessPartition(key.substr(functionEnd));
        if (partition != std::string_view::npos) {
            levels.partitionEnd
                = static_cast<qsizetype>(functionEnd + partition + separator.size());
        }
        located->prefixEnd = head.prefixEnd;
        located->version = head.version;
        return true;
    }
    return false;
}

void KeyReader::Private::readKnown(std::string_view key, const Located &located,
                                   const KeySplit &split, KeyReading *reading) const
{
    const auto function = static_cast<size_t>(located.levels.functionIndex);
    const auto base = static_cast<size_t>(located.levels.functionEnd);
    const std::string_view text = key.substr(base);
    const KeyShape &shape = shapes[function];
    reading->function = functions[function].id;
    reading->suffixHashed = split.suffixHashed;
    for (const FieldSpan &span : split.fields) {
        const KeyField &field = shape.fields()[static_cast<size_t>(span.field)];
        for (const ArgumentSpan &argument : shape.arguments(text, span)) {
            FieldReading &out = reading->fields.emplace_back();
            out.field = field.name;
            if (argument.valueBegin > argument.begin) {
                out.argument
                    = bytes(text.substr(argument.begin, argument.valueBegin - argument.begin - 1));
            }
            out.value = bytes(text.substr(argument.valueBegin, argument.end - argument.valueBegin));
            out.begin = static_cast<qsizetype>(base + argument.begin);
            out.end = static_cast<qsizetype>(base + argument.end);
            out.partition = field.partition;
        }
    }
}

/// Segments that begin with a name are arguments; another goes with the one in front of it.
void KeyReader::Private::readGuess(std::string_view key, const KeyLevels &levels,
                                   KeyReading *reading)
{
    const auto functionEnd = static_cast<size_t>(levels.functionEnd);
    const auto partitionEnd = static_cast<size_t>(levels.partitionEnd);
    const size_t end = key.size();
    reading->suffixHashed = end - partitionEnd == digestLength && isHex(key.substr(partitionEnd));

    const auto add = [&](size_t begin, size_t stop, bool partition) {
        for (const ArgumentSpan &argument : namedPieces(key, begin, stop)) {
            FieldReading &out = reading->fields.emplace_back();
            if (argument.valueBegin > argument.begin)
                out.argument
                    = bytes(key.substr(argument.begin, argument.valueBegin - argument.begin - 1));
            out.field = out.argument;
            out.value = bytes(key.substr(argument.valueBegin, argument.end - argument.valueBegin));
            out.begin = static_cast<qsizetype>(argument.begin);
            out.end = static_cast<qsizetype>(argument.end);
            out.partition = partition;
        }
    };
    if (partitionEnd > functionEnd)
        add(functionEnd, partitionEnd - separator.size(), true);
    if (reading->suffixHashed)
        return;
    size_t begin = partitionEnd;
    size_t position = begin;
    while ((position = findSeparator(key, position)) != std::string_view::npos) {
        const std::string_view next = key.substr(position + separator.size());
        const size_t name = identifierLength(next);
        if ((name > 0 && next.substr(name).starts_with(':'))
            || (next.size() == digestLength && isHex(next))) {
            add(begin, position, false);
            begin = position + separator.size();
        }
        ++position;
    }
    add(begin, end, false);
}

KeyReader::KeyReader() : KeyReader(std::vector<KeyedFunction>())
{
}

KeyReader::KeyReader(std::vector<KeyedFunction> functions)
    : d(std::make_unique<const Private>(std::move(functions)))
{
}

KeyReader::~KeyReader() = default;
KeyReader::KeyReader(KeyReader &&) noexcept = default;
KeyReader &KeyReader::operator=(KeyReader &&) noexcept = default;

const std::vector<KeyedFunction> &KeyReader::functions() const
{
    return d->functions;
}

KeyLevels KeyReader::levels(std::string_view rawKey) const
{
    Located located;
    KeySplit split;
    split.wantsFields = false;
    if (isBookkeeping(rawKey))
        return located.levels;
    if (d->functions.empty() || !d->locateKnown(rawKey, &located, &split))
        Private::locateGuess(rawKey, &located);
    return located.levels;
}

KeyReading KeyReader::read(QByteArrayView rawKey) const
{
    const std::string_view key(rawKey.data(), static_cast<size_t>(rawKey.size()));
    Located located;
    KeySplit split;
    KeyReading reading;
    if (isBookkeeping(key))
        return reading;
    if (!d->locateKnown(key, &located, &split) && !Private::locateGuess(key, &located))
        return reading;

    const KeyLevels &levels = located.levels;
    const auto part = [&key](qsizetype begin, qsizetype end) {
        const auto length = static_cast<size_t>(end - begin);
        return bytes(key.substr(static_cast<size_t>(begin),
                                length < separator.size() ? 0 : length - separator.size()));
    };
    reading.source = levels.source;
    reading.clientPrefix = bytes(key.substr(0, located.prefixEnd));
    reading.version = located.version;
    reading.nameSpace = part(levels.cacheEnd, levels.namespaceEnd);
    reading.partition = part(levels.functionEnd, levels.partitionEnd);
    reading.suffix = bytes(key.substr(static_cast<size_t>(levels.partitionEnd)));
    if (levels.source == KeyReading::Source::Catalog) {
        d->readKnown(key, located, split, &reading);
    } else {
        reading.function = part(levels.namespaceEnd, levels.functionEnd);
        Private::readGuess(key, levels, &reading);
    }
    return reading;
}

} // namespace Cachelens
