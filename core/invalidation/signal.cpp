// SPDX-License-Identifier: MIT
#include "core/invalidation/signal.h"

#include "core/value/jsontree.h"
#include "core/value/valuejson.h"

namespace Cachelens {

namespace {

constexpr char s_save[] = "POST_SAVE";
constexpr char s_delete[] = "POST_DELETE";

class SignalReader {
public:
    explicit SignalReader(const QByteArray &source) : m_source(source) { }

    Result<Signal> read(const JsonNode &root)
    {
        const JsonPlace top;
        if (!root.isObject())
            return mistake(root, top, "a signal is an object, not " + root.kindName());
        for (size_t i = 0; i < root.names.size(); ++i) {
            for (size_t before = 0; before < i; ++before) {
                if (root.names[before] == root.names[i])
                    return mistake(root.items[i], top.member(root.names[i]), "stands twice");
            }
            if (auto done = member(root.names[i], root.items[i], top.member(root.names[i])); !done)
                return failure(std::move(done.error()));
        }
        if (m_signal.model.isEmpty())
            return mistake(root, top, "the signal has no model");
        return std::move(m_signal);
    }

private:
    [[nodiscard]] tl::unexpected<Error> mistake(const JsonNode &node, const JsonPlace &place,
                                                const QByteArray &reason) const
    {
        return failure(jsonMistake(m_source, node, place, reason));
    }

    Result<void> member(const QByteArray &name, const JsonNode &node, const JsonPlace &place)
    {
        if (name == "model")
            return text(node, place, m_signal.model);
        if (name == "type")
            return type(node, place);
        if (name == "created") {
            if (!node.isBool())
                return mistake(node, place, "must be true or false, not " + node.kindName());
            m_signal.created = node.kind == JsonNode::Kind::True;
            return {};
        }
        if (name == "update_fields")
            return updateFields(node, place);
        if (name == "instance")
            return attributes(node, place, m_signal.instance);
        if (name == "old_values")
            return attributes(node, place, m_signal.oldValues);
        return mistake(node, place,
                       "is not a member of a signal: model, type, created, update_fields, "
                       "instance, old_values");
    }

    Result<void> text(const JsonNode &node, const JsonPlace &place, QByteArray &out) const
    {
        if (!node.isString() || node.text.isEmpty())
            return mistake(node, place, "must be a string that is not empty");
        out = node.text;
        return {};
    }

    Result<void> type(const JsonNode &node, const JsonPlace &place)
    {
        if (!node.isString() || (node.text != s_save && node.text != s_delete))
            return mistake(node, place, "must be \"POST_SAVE\" or \"POST_DELETE\"");
        m_signal.type = node.text == s_save ? Signal::Type::Saved : Signal::Type::Deleted;
        return {};
    }

    Result<void> updateFields(const JsonNode &node, const JsonPlace &place)
    {
        if (node.kind == JsonNode::Kind::Null)
            return {};
        if (!node.isArray())
            return mistake(node, place, "must be a list of names or null, not " + node.kindName());
        auto &fields = m_signal.updateFields.emplace();
        for (size_t i = 0; i < node.items.size(); ++i) {
            if (auto read = text(node.items[i], place.item(i), fields.emplace_back()); !read)
                return read;
        }
        return {};
    }

    Result<void> attributes(const JsonNode &node, const JsonPlace &place, Value &out) const
    {
        auto value = valueFromNode(node, place, m_source);
        if (!value)
            return failure(std::move(value.error()));
        if (!value->isNone() && !value->isMap() && value->type() != Value::Type::Object)
            return mistake(node, place, "must be an object, not " + node.kindName());
        out = std::move(*value);
        return {};
    }

    const QByteArray &m_source;
    Signal m_signal;
};

} // namespace

const Value *attributeOf(const Value &instance, QByteArrayView path)
{
    if (const Value *whole = instance.find(path))
        return whole;
    const Value *at = &instance;
    for (;;) {
        const qsizetype dot = path.indexOf('.');
        at = at->find(dot < 0 ? path : path.first(dot));
        if (!at || dot < 0)
            return at;
        path = path.sliced(dot + 1);
    }
}

Result<Signal> signalFromJson(QByteArrayView json, const QByteArray &source)
{
    const auto tree = parseJsonTree(json, source);
    if (!tree)
        return failure(tree.error());
    return SignalReader(source).read(*tree);
}

QByteArray signalToJson(const Signal &signal)
{
    ValueMap members;
    const auto add = [&members](const char *name, Value value) {
        members.emplace_back(Value::string(name), std::move(value));
    };
    add("model", Value::string(signal.model));
    add("type", Value::string(signal.type == Signal::Type::Saved ? s_save : s_delete));
    add("created", Value(signal.created));
    if (signal.updateFields) {
        ValueList fields;
        for (const QByteArray &field : *signal.updateFields)
            fields.push_back(Value::string(field));
        add("update_fields", Value::list(std::move(fields)));
    } else {
        add("update_fields", Value());
    }
    add("instance", signal.instance);
    if (!signal.oldValues.isNone())
        add("old_values", signal.oldValues);
    return valueToJson(Value::map(std::move(members))).json;
}

} // namespace Cachelens
