// SPDX-License-Identifier: MIT
#include "core/catalog/catalogparser.h"

#include "core/catalog/catalognames.h"
#include "core/invalidation/ruleregistry.h"

#include <QHash>

#include <algorithm>
#include <limits>

namespace Cachelens {

bool CatalogParser::fail(const JsonNode &node, const JsonPlace &place, const QByteArray &reason)
{
    return fail(jsonMistake(m_source, node, place, reason));
}

bool CatalogParser::fail(Error error)
{
    if (m_errors.size() < mostErrors)
        m_errors.push_back(std::move(error));
    return false;
}

bool CatalogParser::wrongType(const JsonNode &node, const JsonPlace &place,
                              const QByteArray &expected)
{
    return fail(node, place, "must be " + expected + ", not " + node.kindName());
}

bool CatalogParser::object(const JsonNode &node, const JsonPlace &place,
                           std::initializer_list<Member> members)
{
    if (!node.isObject())
        return wrongType(node, place, "an object");
    QSet<QByteArray> seen;
    bool good = true;
    for (size_t i = 0; i < node.names.size(); ++i) {
        const QByteArray &name = node.names[i];
        const JsonNode &item = node.items[i];
        const JsonPlace itemPlace = place.member(name);
        const auto known = std::find_if(members.begin(), members.end(),
                                        [&name](const Member &m) { return name == m.name; });
        if (!once(&seen, item, itemPlace))
            good = false;
        else if (known == members.end())
            good = fail(item, itemPlace,
                        "unknown member " + quoted(name) + "; known are " + namesOf(members));
        else
            good = known->read(item, itemPlace) && good;
    }
    return good;
}

bool CatalogParser::once(QSet<QByteArray> *seen, const JsonNode &node, const JsonPlace &member)
{
    const QByteArray name = member.name.toByteArray();
    if (seen->contains(name))
        return fail(node, member, "member " + quoted(name) + " stands twice");
    seen->insert(name);
    return true;
}

bool CatalogParser::list(const JsonNode &node, const JsonPlace &place, const Reader &item)
{
    if (!node.isArray())
        return wrongType(node, place, "a list");
    bool good = true;
    for (size_t i = 0; i < node.items.size(); ++i)
        good = item(node.items[i], place.item(i)) && good;
    return good;
}

bool CatalogParser::catalog(const JsonNode &node, std::vector<CatalogFunction> *functions)
{
    qint64 version = 1;
    QHash<QByteArray, size_t> known;
    const Reader readFunction = [&](const JsonNode &item, const JsonPlace &place) {
        CatalogFunction &added = functions->emplace_back();
        if (!function(item, place, &added))
            return false;
        if (const auto it = known.constFind(added.keyed.id); it != known.constEnd()) {
            return fail(item, place,
                        "function " + quoted(added.keyed.id) + " is already functions["
                            + QByteArray::number(qsizetype(*it)) + ']');
        }
        known.insert(added.keyed.id, functions->size() - 1);
        return true;
    };
    return object(node, {},
                  {{"catalog", integer(&version, 1, 1)},
                   {"functions", [&](const JsonNode &item, const JsonPlace &place) {
                        return list(item, place, readFunction);
                    }}});
}

bool CatalogParser::function(const JsonNode &node, const JsonPlace &place,
                             CatalogFunction *function)
{
    const Reader ttl = [&](const JsonNode &item, const JsonPlace &itemPlace) {
        if (item.kind == JsonNode::Kind::Null) {
            function->ttl.reset();
            return true;
        }
        qint64 seconds = 0;
        if (!integer(&seconds, 0, qint64(1) << 40)(item, itemPlace))
            return false;
        function->ttl = std::chrono::seconds(seconds);
        return true;
    };
    bool knowsParameters = true;
    std::vector<const JsonNode *> rules;
    const Reader readRule = [&](const JsonNode &item, const JsonPlace &itemPlace) {
        const bool good = rule(item, itemPlace, &function->rules.emplace_back());
        rules.push_back(good ? &item : nullptr);
        return good;
    };
    const bool good
        = object(node, place,
                 {{"id", name(&function->keyed.id)},
                  {"ttl", ttl},
                  {"params",
                   [&](const JsonNode &item, const JsonPlace &itemPlace) {
                       knowsParameters = parameters(item, itemPlace, &function->keyed.parameters);
                       return knowsParameters;
                   }},
                  {"key",
                   [&](const JsonNode &item, const JsonPlace &itemPlace) {
                       function->defaultKey = false;
                       return key(item, itemPlace, &function->keyed.key);
                   }},
                  {"invalidates_on", [&](const JsonNode &item, const JsonPlace &itemPlace) {
                       return list(item, itemPlace, readRule);
                   }}});
    // Only now: the parameters may stand behind the rules.
    if (knowsParameters)
        judgeRules(rules, place.member("invalidates_on"), function);
    if (good && function->keyed.id.isEmpty())
        return fail(node, place, "member 'id' is missing");
    return good;
}

void CatalogParser::judgeRules(const std::vector<const JsonNode *> &nodes, const JsonPlace &place,
                               CatalogFunction *function)
{
    const auto named = withIds(function->keyed.id, function->rules);
    for (size_t i = 0; i < nodes.size(); ++i) {
        if (!nodes[i])
            continue;
        const QByteArray &id = named[i].id;
        auto mistake = mistakeOf(named[i], function->keyed);
        // A function that stands twice is told as such.
        if (!mistake && m_ruleIds.contains(id) && !function->rules[i].id.isEmpty())
            mistake = "there is another rule of that id";
        m_ruleIds.insert(id);
        if (mistake) {
            function->impossibleRules.push_back(
                jsonMistake(m_source, *nodes[i], place.item(i),
                            "rule " + quoted(id) + " is impossible: " + *mistake));
        }
    }
}

bool CatalogParser::parameters(const JsonNode &node, const JsonPlace &place,
                               std::vector<Parameter> *out)
{
    QSet<QByteArray> seen;
    return list(node, place, [&](const JsonNode &item, const JsonPlace &itemPlace) {
        Parameter parameter;
        Value defaultValue;
        bool hasDefault = false;
        if (!object(item, itemPlace,
                    {{"name", name(&parameter.name)},
                     {"default", [&](const JsonNode &member, const JsonPlace &memberPlace) {
                          hasDefault = true;
                          return value(&defaultValue)(member, memberPlace);
                      }}})) {
            return false;
        }
        if (parameter.name.isEmpty())
            return fail(item, itemPlace, "member 'name' is missing");
        if (hasDefault)
            parameter.defaultValue = std::move(defaultValue);
        if (seen.contains(parameter.name))
            return fail(item, itemPlace, "parameter " + quoted(parameter.name) + " stands twice");
        seen.insert(parameter.name);
        out->push_back(std::move(parameter));
        return true;
    });
}

bool CatalogParser::key(const JsonNode &node, const JsonPlace &place, KeySpec *spec)
{
    qint64 version = spec->version;
    qint64 maxLength = spec->maxKeySuffixLength;
    constexpr qint64 largest = std::numeric_limits<qint32>::max();
    QSet<QByteArray> seen;
    const Reader readField = [&](const JsonNode &item, const JsonPlace &itemPlace) {
        KeyField added;
        if (!field(item, itemPlace, &added))
            return false;
        if (seen.contains(added.name))
            return fail(item, itemPlace, "field " + quoted(added.name) + " stands twice");
        if (!added.name.isEmpty())
            seen.insert(added.name);
        spec->fields.push_back(std::move(added));
        return true;
    };
    if (!object(node, place,
                {{"namespace", string(&spec->nameSpace)},
                 {"version", integer(&version, 0, largest)},
                 {"key_identifier", string(&spec->keyIdentifier)},
                 {"max_key_suffix_length", integer(&maxLength, 0, largest)},
                 {"hash_suffix_on_overflow", boolean(&spec->hashSuffixOnOverflow)},
                 {"hash_algorithm", hashAlgorithm(&spec->hash)},
                 {"unambiguous", boolean(&spec->unambiguous)},
                 {"fields", [&](const JsonNode &item, const JsonPlace &itemPlace) {
                      spec->fields.clear();
                      return list(item, itemPlace, readField);
                  }}})) {
        return false;
    }
    spec->version = static_cast<int>(version);
    spec->maxKeySuffixLength = maxLength;
    return true;
}

bool CatalogParser::fieldType(const JsonNode &node, const JsonPlace &place, KeyField *field)
{
    for (size_t i = 0; i < node.names.size(); ++i) {
        if (node.names[i] != "type")
            continue;
        const JsonNode &type = node.items[i];
        if (!type.isString())
            return wrongType(type, place.member("type"), "a string");
        const auto types = fieldTypes();
        const auto known = std::find_if(types.begin(), types.end(), [&type](const auto &named) {
            return type.text == named.name;
        });
        if (known == types.end()) {
            return fail(type, place.member("type"),
                        "unknown field type " + quoted(type.text) + "; known are "
                            + namesOf(types));
        }
        field->type = known->type;
        return true;
    }
    return true; // left out: args
}

bool CatalogParser::field(const JsonNode &node, const JsonPlace &place, KeyField *field)
{
    // The type comes first, wherever it stands: it says which other members there are.
    if (!node.isObject())
        return wrongType(node, place, "an object");
    if (!fieldType(node, place, field))
        return false;
    const Member name{"name", string(&field->name)};
    const Member type{"type", [](const JsonNode &, const JsonPlace &) { return true; }};
    const Member partition{"partition", boolean(&field->partition)};
    const Member hashValue{"hash_value", boolean(&field->hashValue)};
    const Member sortLists{"sort_lists", boolean(&field->sortLists)};
    switch (field->type) {
    case KeyField::Type::Constant: {
        bool hasKey = false;
        const Reader key = [&](const JsonNode &item, const JsonPlace &itemPlace) {
            hasKey = true;
            return string(&field->constantKey)(item, itemPlace);
        };
        if (!object(node, place,
                    {name,
                     type,
                     partition,
                     hashValue,
                     sortLists,
                     {"key", key},
                     {"value", value(&field->constantValue)}})) {
            return false;
        }
        if (!hasKey)
            field->constantKey = field->name;
        return true;
    }
    case KeyField::Type::Args:
    case KeyField::Type::ViewKwargs:
        return object(node, place,
                      {name,
                       type,
                       partition,
                       hashValue,
                       sortLists,
                       {"arguments", selection(field)},
                       {"path", string(&field->path)}});
    case KeyField::Type::QueryParams:
        return object(node, place,
                      {name, type, partition, hashValue, sortLists, {"params", selection(field)}});
    case KeyField::Type::RequestValue:
        if (!object(node, place,
                    {name,
                     type,
                     partition,
                     hashValue,
                     sortLists,
                     {"path", this->name(&field->path)}})) {
            return false;
        }
        if (field->path.isEmpty())
            return fail(node, place, "member 'path' is missing");
        return true;
    }
    return true;
}

bool CatalogParser::rule(const JsonNode &node, const JsonPlace &place, InvalidationRule *rule)
{
    const Reader raiseException = [&](const JsonNode &item, const JsonPlace &itemPlace) {
        if (item.kind == JsonNode::Kind::Null)
            return true;
        return boolean(&rule->raiseException.emplace())(item, itemPlace);
    };
    if (!object(node, place,
                {{"id", name(&rule->id)},
                 {"model", name(&rule->model)},
                 {"field_mapping", fieldMapping(rule)},
                 {"invalidator", name(&rule->invalidator)},
                 {"require_args", requireArgs(rule)},
                 {"trigger_on_create", boolean(&rule->triggerOnCreate)},
                 {"watch_fields", names(&rule->watchFields)},
                 {"invalidate_when", conditions(rule)},
                 {"rewarm", boolean(&rule->rewarm)},
                 {"dispatcher", name(&rule->dispatcher)},
                 {"batch", boolean(&rule->batch)},
                 {"raise_exception", raiseException}})) {
        return false;
    }
    if (rule->model.isEmpty())
        return fail(node, place, "member 'model' is missing");
    return true;
}

} // namespace Cachelens
