// SPDX-License-Identifier: MIT
#pragma once

#include "core/result.h"
#include "core/value/value.h"

#include <QByteArray>

#include <utility>
#include <vector>

namespace Cachelens {

/// A JSON text as it was written: members in their order and as often as they occur, numbers as
/// their text, each node with the line it stands on. It is for readers that name the place of a
/// mistake; they turn it into something else and let go of it.
struct JsonNode {
    enum class Kind : quint8 { Null, False, True, Integer, Float, String, Array, Object };

    Kind kind = Kind::Null;
    int line = 1;
    QByteArray text; ///< String: UTF-8; Integer and Float: as written
    std::vector<JsonNode> items; ///< Array; Object: the members' values
    std::vector<QByteArray> names; ///< Object: the members' names

    [[nodiscard]] bool isString() const { return kind == Kind::String; }
    [[nodiscard]] bool isArray() const { return kind == Kind::Array; }
    [[nodiscard]] bool isObject() const { return kind == Kind::Object; }
    [[nodiscard]] bool isBool() const { return kind == Kind::True || kind == Kind::False; }
    /// "a list", "true", "a string": for messages.
    [[nodiscard]] QByteArray kindName() const;
};

/// Nesting beyond `maxDepth` is an error, as is everything that RFC 8259 does not allow.
/// `source` is named in errors.
[[nodiscard]] Result<JsonNode> parseJsonTree(QByteArrayView json, const QByteArray &source,
                                             int maxDepth = 500);

/// Where a node stands, for messages; lives on the stack beside the walk.
struct JsonPlace {
    const JsonPlace *parent = nullptr;
    QByteArrayView name; ///< of a member
    qsizetype index = -1; ///< of an item; -1 for a member

    [[nodiscard]] JsonPlace member(QByteArrayView memberName) const
    {
        return {this, memberName, -1};
    }
    [[nodiscard]] JsonPlace item(size_t i) const { return {this, {}, static_cast<qsizetype>(i)}; }
    /// `functions[1].key.fields[0].type`; empty for the root.
    [[nodiscard]] QByteArray path() const;
};

/// What is wrong with a node: names the source, its line and its place.
[[nodiscard]] Error jsonMistake(const QByteArray &source, const JsonNode &node,
                                const JsonPlace &place, const QByteArray &reason);

/// Where a mistake of parseJsonTree(), jsonMistake() or valueFromNode() stands: its line (0: none
/// is named), and what is wrong there, with the place but without the source.
struct JsonMistake {
    int line = 0;
    QByteArray text;
};
[[nodiscard]] JsonMistake jsonMistakeOf(const Error &error, const QByteArray &source);

/// The value that a node stands for, as "Values as JSON" of docs/wire-format.md has it.
[[nodiscard]] Result<Value> valueFromNode(const JsonNode &node, const JsonPlace &place,
                                          const QByteArray &source);

} // namespace Cachelens
