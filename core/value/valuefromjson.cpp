// SPDX-License-Identifier: MIT
#include "core/value/isotext.h"
#include "core/value/jsontree.h"
#include "core/value/valuejson.h"

#include <QHash>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace Cachelens {

namespace {

/// A value of a thousand levels, the writer's limit, may need three times as many in JSON.
constexpr int maxJsonDepth = 3100;

class Reader {
public:
    explicit Reader(const QByteArray &source) : m_source(source) { }

    Result<Value> read(const JsonNode &node, const JsonPlace &place) const;

private:
    using TagReader = Result<Value> (Reader::*)(const JsonNode &, const JsonPlace &) const;
    struct Tag {
        const char *name;
        TagReader read;
    };
    static const std::array<Tag, 19> tags;

    tl::unexpected<Error> wrong(const JsonNode &node, const JsonPlace &place,
                                const QByteArray &expected) const
    {
        QByteArray found = node.kindName();
        if (node.isString())
            found = '"' + node.text.left(60) + '"';
        return failure(
            jsonMistake(m_source, node, place, "must be " + expected + ", not " + found));
    }

    Result<Value> readObject(const JsonNode &node, const JsonPlace &place) const;
    Result<ValueList> readItems(const JsonNode &node, const JsonPlace &place) const;
    /// The members from `first` on; of members with the same name the last one counts.
    Result<ValueMap> readMembers(const JsonNode &node, const JsonPlace &place,
                                 size_t first = 0) const;
    Result<ValueMap> readPairs(const JsonNode &node, const JsonPlace &place, bool strings) const;

    template <Value (*make)(ValueList)>
    Result<Value> readSequence(const JsonNode &node, const JsonPlace &place) const
    {
        return readItems(node, place).map([](ValueList items) { return make(std::move(items)); });
    }
    template <Value (*make)(const TextBytes &)>
    Result<Value> readText(const JsonNode &node, const JsonPlace &place) const
    {
        if (!node.isString())
            return wrong(node, place, "a string");
        return make(node.text);
    }
    template <Value (*make)(const TextBytes &)>
    Result<Value> readBase64(const JsonNode &node, const JsonPlace &place) const
    {
        const auto decoded
            = QByteArray::fromBase64Encoding(node.text, QByteArray::AbortOnBase64DecodingErrors);
        if (!node.isString() || !decoded || node.text.size() % 4 != 0)
            return wrong(node, place, "a string of base64");
        return make(decoded.decoded);
    }
    template <bool strings>
    Result<Value> readMap(const JsonNode &node, const JsonPlace &place) const
    {
        return readPairs(node, place, strings).map([](ValueMap entries) {
            return Value::map(std::move(entries));
        });
    }
    Result<Value> readInt(const JsonNode &node, const JsonPlace &place) const;
    Result<Value> readFloat(const JsonNode &node, const JsonPlace &place) const;
    Result<Value> readDate(const JsonNode &node, const JsonPlace &place) const;
    Result<Value> readTime(const JsonNode &node, const JsonPlace &place) const;
    Result<Value> readDateTime(const JsonNode &node, const JsonPlace &place) const;
    Result<Value> readTimeDelta(const JsonNode &node, const JsonPlace &place) const;
    Result<Value> readUuid(const JsonNode &node, const JsonPlace &place) const;
    Result<Value> readCycle(const JsonNode &node, const JsonPlace &place) const;
    Result<Value> readInstance(const JsonNode &node, const JsonPlace &place) const;
    Result<Value> readRequest(const JsonNode &node, const JsonPlace &place) const;

    const QByteArray &m_source;
};

const std::array<Reader::Tag, 19> Reader::tags{{
    {"$int", &Reader::readInt},
    {"$float", &Reader::readFloat},
    {"$date", &Reader::readDate},
    {"$datetime", &Reader::readDateTime},
    {"$time", &Reader::readTime},
    {"$timedelta", &Reader::readTimeDelta},
    {"$decimal", &Reader::readText<&Value::decimal>},
    {"$uuid", &Reader::readUuid},
    {"$bytes", &Reader::readBase64<&Value::bytes>},
    {"$bytearray", &Reader::readBase64<&Value::byteArray>},
    {"$tuple", &Reader::readSequence<&Value::tuple>},
    {"$set", &Reader::readSequence<&Value::set>},
    {"$frozenset", &Reader::readSequence<&Value::frozenSet>},
    {"$dict", &Reader::readMap<false>},
    {"$map", &Reader::readMap<true>},
    {"$cycle", &Reader::readCycle},
    {"$deep", &Reader::readCycle},
    {"$class", &Reader::readText<&Value::classNamed>},
    {"$request", &Reader::readRequest},
}};

bool isInteger(QByteArrayView text)
{
    if (text.startsWith('-'))
        text = text.sliced(1);
    return !text.isEmpty()
        && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<double> toDouble(QByteArrayView text)
{
    double number = 0;
    const char *const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, number);
    if (read != end || text.isEmpty())
        return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        // JSON's 1e999 and 1e-999: as Python reads them.
        const bool tiny = text.contains('-') && text.lastIndexOf('-') > 0;
        const double magnitude = tiny ? 0.0 : std::numeric_limits<double>::infinity();
        return text.startsWith('-') ? -magnitude : magnitude;
    }
    if (error != std::errc())
        return std::nullopt;
    return number;
}

Result<Value> Reader::read(const JsonNode &node, const JsonPlace &place) const
{
    switch (node.kind) {
    case JsonNode::Kind::Null:
        return Value();
    case JsonNode::Kind::False:
        return Value(false);
    case JsonNode::Kind::True:
        return Value(true);
    case JsonNode::Kind::Integer:
        return Value::integer(node.text);
    case JsonNode::Kind::Float:
        return readFloat(node, place);
    case JsonNode::Kind::String:
        return Value::string(node.text);
    case JsonNode::Kind::Array:
        return readSequence<&Value::list>(node, place);
    case JsonNode::Kind::Object:
        return readObject(node, place);
    }
    return Value();
}

Result<Value> Reader::readObject(const JsonNode &node, const JsonPlace &place) const
{
    if (!node.names.empty() && node.names.front() == "$object"
        && (node.names.size() == 1 || node.items.front().isString())) {
        return readInstance(node, place);
    }
    if (node.names.size() == 1 && node.names.front().startsWith('$')) {
        const QByteArray &name = node.names.front();
        const auto tag = std::find_if(tags.begin(), tags.end(),
                                      [&name](const Tag &t) { return name == t.name; });
        if (tag == tags.end())
            return failure(jsonMistake(m_source, node, place, "unknown kind of value " + name));
        return (this->*tag->read)(node.items.front(), place.member(name));
    }
    return readMembers(node, place).map([](ValueMap entries) {
        return Value::map(std::move(entries));
    });
}

Result<ValueList> Reader::readItems(const JsonNode &node, const JsonPlace &place) const
{
    if (!node.isArray())
        return wrong(node, place, "a list");
    ValueList items;
    items.reserve(node.items.size());
    for (size_t i = 0; i < node.items.size(); ++i) {
        Result<Value> item = read(node.items[i], place.item(i));
        if (!item)
            return failure(std::move(item.error()));
        items.push_back(std::move(*item));
    }
    return items;
}

Result<ValueMap> Reader::readMembers(const JsonNode &node, const JsonPlace &place,
                                     size_t first) const
{
    ValueMap entries;
    entries.reserve(node.names.size());
    QHash<QByteArray, size_t> known;
    for (size_t i = first; i < node.names.size(); ++i) {
        const QByteArray &name = node.names[i];
        Result<Value> value = read(node.items[i], place.member(name));
        if (!value)
            return failure(std::move(value.error()));
        if (const auto it = known.constFind(name); it != known.constEnd()) {
            entries[*it].second = std::move(*value);
            continue;
        }
        known.insert(name, entries.size());
        entries.emplace_back(Value::string(name), std::move(*value));
    }
    return entries;
}

Result<ValueMap> Reader::readPairs(const JsonNode &node, const JsonPlace &place, bool strings) const
{
    if (!node.isArray())
        return wrong(node, place, "a list of pairs");
    ValueMap entries;
    entries.reserve(node.items.size());
    QHash<QByteArray, size_t> known; // by their JSON, which tells any two keys apart
    for (size_t i = 0; i < node.items.size(); ++i) {
        const JsonNode &pair = node.items[i];
        const JsonPlace pairPlace = place.item(i);
        if (!pair.isArray() || pair.items.size() != 2)
            return wrong(pair, pairPlace, "a pair of key and value");
        if (strings && !pair.items[0].isString())
            return wrong(pair.items[0], pairPlace.item(0), "a string");
        Result<Value> key = read(pair.items[0], pairPlace.item(0));
        if (!key)
            return failure(std::move(key.error()));
        Result<Value> value = read(pair.items[1], pairPlace.item(1));
        if (!value)
            return failure(std::move(value.error()));
        const QByteArray keyJson = valueToJson(*key).json;
        if (const auto it = known.constFind(keyJson); it != known.constEnd()) {
            entries[*it].second = std::move(*value);
            continue;
        }
        known.insert(keyJson, entries.size());
        entries.emplace_back(std::move(*key), std::move(*value));
    }
    return entries;
}

Result<Value> Reader::readInt(const JsonNode &node, const JsonPlace &place) const
{
    if (!isInteger(node.text))
        return wrong(node, place, "an integer as text");
    return Value::integer(node.text);
}

Result<Value> Reader::readFloat(const JsonNode &node, const JsonPlace &place) const
{
    const std::optional<double> number = toDouble(node.text);
    if (!number)
        return wrong(node, place, "a number as text");
    return Value(*number);
}

Result<Value> Reader::readDate(const JsonNode &node, const JsonPlace &place) const
{
    const std::optional<Date> date = dateFromIso(node.text);
    if (!date)
        return wrong(node, place, "a date such as 2025-07-24");
    return Value(*date);
}

Result<Value> Reader::readTime(const JsonNode &node, const JsonPlace &place) const
{
    const std::optional<Time> time = timeFromIso(node.text);
    if (!time)
        return wrong(node, place, "a time such as 14:30:00");
    return Value(*time);
}

Result<Value> Reader::readDateTime(const JsonNode &node, const JsonPlace &place) const
{
    const std::optional<DateTime> dateTime = dateTimeFromIso(node.text);
    if (!dateTime)
        return wrong(node, place, "a date and time such as 2025-07-24T14:30:00+00:00");
    return Value(*dateTime);
}

Result<Value> Reader::readTimeDelta(const JsonNode &node, const JsonPlace &place) const
{
    constexpr qint64 maxDays = 999999999;
    QByteArray text = node.text;
    if (node.kind != JsonNode::Kind::Integer && node.kind != JsonNode::Kind::Float)
        return wrong(node, place, "a number of seconds");
    if (text.contains('e') || text.contains('E')) {
        const double seconds = toDouble(text).value_or(std::numeric_limits<double>::infinity());
        if (!(seconds > -1e14 && seconds < 1e14))
            return wrong(node, place, "a number of seconds below 1e14");
        text = QByteArray::number(seconds, 'f', 6);
    }
    const bool negative = text.startsWith('-');
    if (negative)
        text = text.sliced(1);
    const qsizetype dot = text.indexOf('.');
    const QByteArray whole = dot < 0 ? text : text.left(dot);
    const QByteArray digits = dot < 0 ? QByteArray() : text.sliced(dot + 1);
    qint64 seconds = whole.size() > 14 ? qint64(maxDays + 1) * 86400 : whole.toLongLong();
    qint64 microseconds = digits.left(6).leftJustified(6, '0').toLongLong();
    if (negative) {
        seconds = -seconds;
        if (microseconds != 0) {
            --seconds;
            microseconds = 1000000 - microseconds;
        }
    }
    qint64 days = seconds / 86400;
    seconds %= 86400;
    if (seconds < 0) {
        --days;
        seconds += 86400;
    }
    if (days > maxDays || days < -maxDays)
        return wrong(node, place, "at most 999999999 days");
    return Value(TimeDelta{static_cast<qint32>(days), static_cast<qint32>(seconds),
                           static_cast<qint32>(microseconds)});
}

Result<Value> Reader::readUuid(const JsonNode &node, const JsonPlace &place) const
{
    const QByteArray text = node.text.toLower();
    bool valid = node.isString() && text.size() == 36;
    for (qsizetype i = 0; i < text.size() && valid; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        valid = dash ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    if (!valid)
        return wrong(node, place, "a UUID");
    return Value::uuid(text);
}

Result<Value> Reader::readCycle(const JsonNode &node, const JsonPlace &place) const
{
    if (node.kind != JsonNode::Kind::True)
        return wrong(node, place, "true");
    return Value::cycle();
}

Result<Value> Reader::readInstance(const JsonNode &node, const JsonPlace &place) const
{
    const JsonNode &first = node.items.front();
    if (!first.isString() && !first.isObject())
        return wrong(first, place.member("$object"), "a class's name or an object");
    const bool named = first.isString();
    Result<ValueMap> attributes
        = named ? readMembers(node, place, 1) : readMembers(first, place.member("$object"));
    if (!attributes)
        return failure(std::move(attributes.error()));
    return Value::object({named ? first.text : QByteArray(), std::move(*attributes)});
}

Result<Value> Reader::readRequest(const JsonNode &node, const JsonPlace &place) const
{
    if (!node.isObject())
        return wrong(node, place, "an object");
    Result<ValueMap> attributes = readMembers(node, place);
    if (!attributes)
        return failure(std::move(attributes.error()));
    return Value::request({QByteArray(), std::move(*attributes)});
}

} // namespace

Result<Value> valueFromNode(const JsonNode &node, const JsonPlace &place, const QByteArray &source)
{
    return Reader(source).read(node, place);
}

Result<Value> valueFromJson(QByteArrayView json, const QByteArray &source)
{
    Result<JsonNode> tree = parseJsonTree(json, source, maxJsonDepth);
    if (!tree)
        return failure(std::move(tree.error()));
    return valueFromNode(*tree, {}, source);
}

} // namespace Cachelens
