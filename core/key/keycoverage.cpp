// SPDX-License-Identifier: MIT
#include "core/key/keycoverage.h"

#include "core/key/fieldtext.h"

#include <QByteArrayList>

#include <algorithm>

namespace Cachelens {

namespace {

bool takesArguments(const KeyField &field)
{
    return field.type == KeyField::Type::Args || field.type == KeyField::Type::ViewKwargs;
}

QByteArray quoted(const QByteArrayList &names)
{
    return names.isEmpty() ? QByteArray("none") : '\'' + names.join("', '") + '\'';
}

/// Of the arguments that a field takes, when these are given and the others have their defaults.
struct FieldArguments {
    bool isAnyKnown = false;
    std::optional<QByteArray> missing; // the first that has no value

    FieldArguments(const KeyedFunction &function, const KeyField &field,
                   const std::vector<QByteArray> &given)
    {
        for (const Parameter &parameter : function.parameters) {
            if (!isTaken(field, parameter.name))
                continue;
            if (parameter.defaultValue
                || std::find(given.begin(), given.end(), parameter.name) != given.end())
                isAnyKnown = true;
            else if (!missing)
                missing = parameter.name;
        }
    }
};

} // namespace

bool isTaken(const KeyField &field, const QByteArray &argument)
{
    if (takesArguments(field))
        return takesArgument(field, argument);
    return field.type != KeyField::Type::Constant && argument == "request";
}

std::optional<QByteArray> idleField(const KeyedFunction &function)
{
    for (const KeyField &field : function.key.fields) {
        if (field.name.isEmpty())
            return "the key constructor of the cached function '" + function.id
                + "' has a field without a name";
        if (!takesArguments(field) || field.everything)
            continue;
        QByteArrayList parameters;
        for (const Parameter &parameter : function.parameters)
            parameters.push_back(parameter.name);
        if (std::none_of(parameters.begin(), parameters.end(),
                         [&](const QByteArray &name) { return isTaken(field, name); }))
            return "the key field '" + field.name + "' of the cached function '" + function.id
                + "' takes " + quoted({field.names.begin(), field.names.end()})
                + ", and the parameters of the function are " + quoted(parameters);
    }
    return std::nullopt;
}

std::vector<QByteArray> parametersOutsideKey(const KeyedFunction &function)
{
    std::vector<QByteArray> outside;
    for (const Parameter &parameter : function.parameters) {
        const auto &fields = function.key.fields;
        if (std::none_of(fields.begin(), fields.end(),
                         [&](const KeyField &field) { return isTaken(field, parameter.name); }))
            outside.push_back(parameter.name);
    }
    return outside;
}

bool isInPartition(const KeyedFunction &function, const QByteArray &argument)
{
    const auto &parameters = function.parameters;
    const auto &fields = function.key.fields;
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](const Parameter &parameter) { return parameter.name == argument; })
        && std::any_of(fields.begin(), fields.end(), [&](const KeyField &field) {
               return field.partition && isTaken(field, argument);
           });
}

std::optional<PartitionGap> partitionGap(const KeyedFunction &function,
                                         const std::vector<QByteArray> &given)
{
    std::optional<PartitionGap> missing;
    for (const KeyField &field : function.key.fields) {
        if (!field.partition)
            continue;
        const FieldArguments arguments(function, field, given);
        if (!missing && arguments.missing)
            missing = {field.name, *arguments.missing};
        if (missing && (arguments.isAnyKnown || field.type == KeyField::Type::Constant))
            return missing;
    }
    return std::nullopt;
}

bool isWholePartition(const KeyedFunction &function, const std::vector<QByteArray> &given)
{
    const auto &fields = function.key.fields;
    return std::none_of(fields.begin(), fields.end(), [&](const KeyField &field) {
        return field.partition && FieldArguments(function, field, given).missing;
    });
}

} // namespace Cachelens
