// SPDX-License-Identifier: MIT
#pragma once

#include "core/result.h"

#include <QByteArray>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Cachelens {

/// One reply of a Redis server.
struct RedisReply {
    enum class Type : quint8 { Nil, Status, Error, Integer, String, Array };
    Type type = Type::Nil;
    QByteArray bytes; ///< of Status, Error and String
    qint64 integer = 0;
    std::vector<RedisReply> elements;

    [[nodiscard]] bool isNil() const { return type == Type::Nil; }
    [[nodiscard]] bool isError() const { return type == Type::Error; }
    /// An error whose first word is `code`.
    [[nodiscard]] bool isError(QByteArrayView code) const;
};

/// The reply to a SCAN, its keys in one buffer: a million keys are not a million allocations.
class ScanPage {
public:
    QByteArray cursor;
    QByteArray error; ///< of an error reply; else empty

    void clear();
    void append(std::string_view key);
    [[nodiscard]] size_t size() const { return m_ends.size(); }
    /// Valid until the page changes.
    [[nodiscard]] std::string_view key(size_t index) const;

private:
    std::string m_bytes;
    std::vector<size_t> m_ends;
};

/// Commands as they go over the wire.
class RedisBatch {
public:
    RedisBatch() = default;
    RedisBatch(std::initializer_list<QByteArrayView> command) { add(command); }

    void add(std::initializer_list<QByteArrayView> command);
    /// A command of `words` followed by `keys`.
    void add(std::initializer_list<QByteArrayView> words, std::span<const QByteArray> keys);

    [[nodiscard]] qsizetype size() const { return qsizetype(m_ends.size()); }
    /// The bytes of `count` commands beginning with `first`.
    [[nodiscard]] QByteArrayView bytes(qsizetype first, qsizetype count) const;

private:
    void number(char mark, size_t count);
    void word(QByteArrayView word);

    std::string m_bytes; // which appends short pieces several times as fast as QByteArray
    std::vector<qsizetype> m_ends;
};

/// What an error reply means. `attempt` and `subject` are left to who asked.
[[nodiscard]] Error errorFromReply(const QByteArray &text);

/// What stands behind a field's name and its colon in the answer to INFO; empty when it is not
/// there.
[[nodiscard]] QByteArray infoField(const QByteArray &info, const QByteArray &field);

/// A glob for MATCH that fits exactly the keys that begin with `prefix`, whatever bytes it holds.
[[nodiscard]] QByteArray globForPrefix(const QByteArray &prefix);

} // namespace Cachelens
