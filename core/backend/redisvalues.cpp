// SPDX-License-Identifier: MIT
#include "core/backend/redisvalues.h"

#include <algorithm>
#include <set>

namespace Cachelens {

namespace {

using Elements = std::vector<std::vector<QByteArray>>;

constexpr KeyType namedTypes[] = {KeyType::None,      KeyType::String, KeyType::List,  KeyType::Set,
                                  KeyType::SortedSet, KeyType::Hash,   KeyType::Stream};

KeyType typeFromName(const QByteArray &text)
{
    const auto it = std::find_if(std::begin(namedTypes), std::end(namedTypes),
                                 [&](KeyType type) { return text == name(type); });
    return it == std::end(namedTypes) ? KeyType::Other : *it;
}

const char *sizeCommand(KeyType type)
{
    switch (type) {
    case KeyType::List:
        return "LLEN";
    case KeyType::Set:
        return "SCARD";
    case KeyType::SortedSet:
        return "ZCARD";
    case KeyType::Hash:
        return "HLEN";
    case KeyType::Stream:
        return "XLEN";
    case KeyType::None:
    case KeyType::String:
    case KeyType::Other:
        break;
    }
    return nullptr;
}

/// [a, b, c, d] as {a, b}, {c, d}.
Elements inGroups(std::vector<RedisReply> &flat, size_t group)
{
    Elements elements;
    for (size_t i = 0; i + group <= flat.size(); i += group) {
        auto &element = elements.emplace_back();
        for (size_t j = 0; j < group; ++j)
            element.push_back(std::move(flat[i + j].bytes));
    }
    return elements;
}

/// [[id, [field, value, ...]], ...] as {id, field, value, ...}.
Elements streamEntries(std::vector<RedisReply> &entries)
{
    Elements elements;
    for (RedisReply &entry : entries) {
        if (entry.elements.size() != 2)
            continue; // a deleted one
        auto &element = elements.emplace_back();
        element.push_back(std::move(entry.elements[0].bytes));
        for (RedisReply &part : entry.elements[1].elements)
            element.push_back(std::move(part.bytes));
    }
    return elements;
}

/// The first elements of a set or a hash, which have no order: by SSCAN or HSCAN, that may give
/// fewer than asked for, more, or one twice.
Result<Elements> scanElements(const RedisRunner &runner, const RedisTask &task, KeyType type,
                              const QByteArray &key, qsizetype most)
{
    constexpr int mostRounds = 16; // of a nearly empty table there may be a shorter beginning
    const bool isHash = type == KeyType::Hash;
    const QByteArray count = QByteArray::number(most);
    QByteArray position = "0";
    std::set<QByteArray> seen;
    Elements elements;
    for (int round = 0; round < mostRounds && qsizetype(elements.size()) < most; ++round) {
        auto reply = runner.runOne(
            task, {isHash ? "HSCAN" : "SSCAN", key, position, "COUNT", count}, {"WRONGTYPE"});
        if (!reply)
            return failure(std::move(reply.error()));
        if (reply->isError())
            break; // another kind of value has taken its place
        if (reply->elements.size() != 2)
            return failure(runner.unexpected(task));
        for (auto &element : inGroups(reply->elements[1].elements, isHash ? 2 : 1)) {
            if (qsizetype(elements.size()) < most && seen.insert(element.front()).second)
                elements.push_back(std::move(element));
        }
        position = reply->elements[0].bytes;
        if (position == "0")
            break;
    }
    return elements;
}

Result<Elements> firstElements(const RedisRunner &runner, const RedisTask &task, KeyType type,
                               const QByteArray &key, qsizetype most)
{
    if (type == KeyType::Set || type == KeyType::Hash)
        return scanElements(runner, task, type, key, most);
    const QByteArray last = QByteArray::number(most - 1);
    RedisBatch batch;
    if (type == KeyType::List)
        batch.add({"LRANGE", key, "0", last});
    else if (type == KeyType::SortedSet)
        batch.add({"ZRANGE", key, "0", last, "WITHSCORES"});
    else
        batch.add({"XRANGE", key, "-", "+", "COUNT", QByteArray::number(most)});
    auto reply = runner.runOne(task, batch, {"WRONGTYPE"});
    if (!reply)
        return failure(std::move(reply.error()));
    if (type == KeyType::Stream)
        return streamEntries(reply->elements);
    return inGroups(reply->elements, type == KeyType::SortedSet ? 2 : 1);
}

} // namespace

Result<std::vector<KeyFacts>> readFacts(const RedisRunner &runner, std::span<const QByteArray> keys)
{
    const RedisTask task{"read the facts of the keys in", {}, false};
    std::vector<KeyFacts> facts(keys.size());
    // Nearly every key of a cache is a string: its length is asked for on the suspicion.
    RedisBatch batch;
    for (const QByteArray &key : keys) {
        batch.add({"TYPE", key});
        batch.add({"PTTL", key});
        batch.add({"STRLEN", key});
    }
    const auto replies = runner.run(task, batch, {"WRONGTYPE"});
    if (!replies)
        return failure(replies.error());
    RedisBatch sizes;
    std::vector<size_t> sized;
    for (size_t i = 0; i < keys.size(); ++i) {
        const RedisReply *reply = &(*replies)[3 * i];
        const qint64 ttl = reply[1].integer;
        constexpr qint64 noKey = -2;
        if (ttl == noKey)
            continue;
        facts[i].type = typeFromName(reply[0].bytes);
        if (facts[i].type != KeyType::None && ttl >= 0)
            facts[i].ttl = std::chrono::milliseconds(ttl);
        if (facts[i].type == KeyType::String)
            facts[i].size = reply[2].integer;
        if (const char *command = sizeCommand(facts[i].type)) {
            sizes.add({command, keys[i]});
            sized.push_back(i);
        }
    }
    if (sized.empty())
        return facts;
    const auto counts = runner.run(task, sizes, {"WRONGTYPE"});
    if (!counts)
        return failure(counts.error());
    for (size_t i = 0; i < sized.size(); ++i)
        facts[sized[i]].size = (*counts)[i].integer;
    return facts;
}

Result<ValueHead> readHead(const RedisRunner &runner, const QByteArray &key, qint64 bytes,
                           qsizetype elements)
{
    const RedisTask task{"read the beginning of", printableKey(key), false};
    RedisBatch batch;
    batch.add({"TYPE", key});
    batch.add({"STRLEN", key});
    if (bytes > 0)
        batch.add({"GETRANGE", key, "0", QByteArray::number(bytes - 1)});
    auto replies = runner.run(task, batch, {"WRONGTYPE"});
    if (!replies)
        return failure(std::move(replies.error()));
    ValueHead head;
    head.type = typeFromName((*replies)[0].bytes);
    if (head.type == KeyType::String) {
        head.size = (*replies)[1].integer;
        if (bytes > 0)
            head.bytes = std::move((*replies)[2].bytes);
        return head;
    }
    const char *command = sizeCommand(head.type);
    if (!command)
        return head;
    const auto size = runner.runOne(task, {command, key}, {"WRONGTYPE"});
    if (!size)
        return failure(size.error());
    head.size = size->integer;
    if (elements <= 0)
        return head;
    auto first = firstElements(runner, task, head.type, key, elements);
    if (!first)
        return failure(std::move(first.error()));
    head.elements = std::move(*first);
    return head;
}

} // namespace Cachelens
