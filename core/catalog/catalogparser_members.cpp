// SPDX-License-Identifier: MIT
#include "core/catalog/catalognames.h"
#include "core/catalog/catalogparser.h"

#include <algorithm>

namespace Cachelens {

CatalogParser::Reader CatalogParser::string(QByteArray *out)
{
    return [this, out](const JsonNode &node, const JsonPlace &place) {
        if (!node.isString())
            return wrongType(node, place, "a string");
        *out = node.text;
        return true;
    };
}

CatalogParser::Reader CatalogParser::name(QByteArray *out)
{
    return [this, out](const JsonNode &node, const JsonPlace &place) {
        if (!string(out)(node, place))
            return false;
        return !out->isEmpty() || fail(node, place, "must not be empty");
    };
}

CatalogParser::Reader CatalogParser::boolean(bool *out)
{
    return [this, out](const JsonNode &node, const JsonPlace &place) {
        if (!node.isBool())
            return wrongType(node, place, "true or false");
        *out = node.kind == JsonNode::Kind::True;
        return true;
    };
}

CatalogParser::Reader CatalogParser::integer(qint64 *out, qint64 min, qint64 max)
{
    return [this, out, min, max](const JsonNode &node, const JsonPlace &place) {
        if (node.kind != JsonNode::Kind::Integer)
            return wrongType(node, place, "an integer");
        bool ok = false;
        *out = node.text.toLongLong(&ok);
        if (ok && *out >= min && *out <= max)
            return true;
        const QByteArray range = min == max
            ? QByteArray::number(min)
            : "from " + QByteArray::number(min) + " to " + QByteArray::number(max);
        return fail(node, place, "must be " + range + ", not " + node.text.left(40));
    };
}

CatalogParser::Reader CatalogParser::value(Value *out)
{
    return [this, out](const JsonNode &node, const JsonPlace &place) {
        Result<Value> value = valueFromNode(node, place, m_source);
        if (!value)
            return fail(std::move(value.error()));
        *out = std::move(*value);
        return true;
    };
}

CatalogParser::Reader CatalogParser::names(std::vector<QByteArray> *out)
{
    return [this, out](const JsonNode &node, const JsonPlace &place) {
        return list(node, place, [this, out](const JsonNode &item, const JsonPlace &itemPlace) {
            return name(&out->emplace_back())(item, itemPlace);
        });
    };
}

CatalogParser::Reader CatalogParser::selection(KeyField *field)
{
    return [this, field](const JsonNode &node, const JsonPlace &place) {
        field->everything = node.isString() && node.text == "*";
        if (field->everything)
            return true;
        if (node.isString())
            return name(&field->names.emplace_back())(node, place);
        if (!node.isArray())
            return wrongType(node, place, "\"*\", a name or a list of names");
        return names(&field->names)(node, place);
    };
}

CatalogParser::Reader CatalogParser::hashAlgorithm(QCryptographicHash::Algorithm *out)
{
    return [this, out](const JsonNode &node, const JsonPlace &place) {
        if (!node.isString())
            return wrongType(node, place, "a string");
        const auto hashes = hashAlgorithms();
        const auto known = std::find_if(hashes.begin(), hashes.end(), [&node](const auto &hash) {
            return node.text == hash.name;
        });
        if (known == hashes.end()) {
            return fail(node, place,
                        "unknown hash algorithm " + quoted(node.text) + "; known are "
                            + namesOf(hashes));
        }
        *out = known->algorithm;
        return true;
    };
}

CatalogParser::Reader CatalogParser::fieldMapping(InvalidationRule *rule)
{
    return [this, rule](const JsonNode &node, const JsonPlace &place) {
        if (!node.isObject())
            return wrongType(node, place, "an object");
        QSet<QByteArray> seen;
        for (size_t i = 0; i < node.names.size(); ++i) {
            const QByteArray &parameter = node.names[i];
            if (!once(&seen, node.items[i], place.member(parameter)))
                return false;
            auto &mapping = rule->fieldMapping.emplace_back(parameter, QByteArray());
            if (!name(&mapping.second)(node.items[i], place.member(parameter)))
                return false;
        }
        return true;
    };
}

CatalogParser::Reader CatalogParser::requireArgs(InvalidationRule *rule)
{
    return [this, rule](const JsonNode &node, const JsonPlace &place) {
        if (node.isBool()) {
            rule->requireAllArgs = node.kind == JsonNode::Kind::True;
            return true;
        }
        rule->requireAllArgs = false;
        if (!node.isArray())
            return wrongType(node, place, "true, false or a list of names");
        return names(&rule->requiredArgs)(node, place);
    };
}

CatalogParser::Reader CatalogParser::conditions(InvalidationRule *rule)
{
    return [this, rule](const JsonNode &node, const JsonPlace &place) {
        if (!node.isObject())
            return wrongType(node, place, "an object");
        QSet<QByteArray> seen;
        for (size_t i = 0; i < node.names.size(); ++i) {
            const JsonPlace itemPlace = place.member(node.names[i]);
            if (!once(&seen, node.items[i], itemPlace))
                return false;
            InvalidationRule::Condition condition;
            condition.negated = node.names[i].startsWith('!');
            condition.attribute = condition.negated ? node.names[i].sliced(1) : node.names[i];
            if (condition.attribute.isEmpty())
                return fail(node.items[i], itemPlace, "an attribute's name must not be empty");
            if (!value(&condition.value)(node.items[i], itemPlace))
                return false;
            rule->invalidateWhen.push_back(std::move(condition));
        }
        return true;
    };
}

} // namespace Cachelens
