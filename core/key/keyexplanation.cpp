// SPDX-License-Identifier: MIT
#include "core/key/keyexplanation.h"

#include "core/key/fieldtext.h"

#include <algorithm>

namespace Cachelens {

namespace {

constexpr QByteArrayView separator = "::";

/// Says where the fields stand that make up the part of the key from `begin` to `end`; answers
/// their texts joined.
QByteArray placeFields(std::span<ExplainedField> fields, qsizetype begin, qsizetype end)
{
    QByteArray joined;
    for (ExplainedField &field : fields) {
        if (&field != &fields.front())
            joined += separator;
        field.begin = std::min(begin + joined.size(), end);
        joined += field.contribution.text;
        field.end = std::min(begin + joined.size(), end);
    }
    return joined;
}

std::vector<QByteArray> argumentsOf(const KeyField &field, const std::vector<Parameter> &parameters)
{
    std::vector<QByteArray> names;
    if (field.type == KeyField::Type::Args || field.type == KeyField::Type::ViewKwargs) {
        for (const Parameter &parameter : parameters) {
            if (takesArgument(field, parameter.name))
                names.push_back(parameter.name);
        }
        std::sort(names.begin(), names.end());
    }
    return names;
}

} // namespace

Result<KeyExplanation> explainKey(const KeyBuilder &builder, const Call &call)
{
    auto built = builder.build(call);
    if (!built)
        return failure(built.error());
    auto contributions = builder.contributions(call);
    if (!contributions)
        return failure(contributions.error());

    const KeyedFunction &function = builder.function();
    const KeySpec &spec = function.key;
    KeyExplanation explained;
    explained.function = function.id;
    explained.built = std::move(*built);
    explained.namespaceEnd = spec.nameSpace.isEmpty() ? 0 : spec.nameSpace.size() + 2;
    explained.functionEnd = builder.functionPrefix().size();
    for (FieldContribution &contribution : *contributions) {
        const auto field = std::find_if(spec.fields.begin(), spec.fields.end(),
                                        [&contribution](const KeyField &known) {
                                            return known.name == contribution.field
                                                && known.partition == contribution.partition;
                                        });
        explained.fields.push_back({std::move(contribution), field->type, field->hashValue,
                                    argumentsOf(*field, function.parameters), 0, 0});
    }
    const auto suffix
        = std::find_if(explained.fields.begin(), explained.fields.end(),
                       [](const ExplainedField &f) { return !f.contribution.partition; });
    placeFields({explained.fields.begin(), suffix}, explained.functionEnd,
                explained.functionEnd + explained.built.partition.size());
    const qsizetype suffixBegin = explained.built.prefix.size();
    explained.unhashedSuffix
        = placeFields({suffix, explained.fields.end()}, suffixBegin, explained.built.key.size());
    while (!spec.unambiguous && explained.unhashedSuffix.endsWith(separator))
        explained.unhashedSuffix.chop(separator.size());
    explained.suffixHashed = explained.unhashedSuffix != explained.built.suffix;
    explained.suffixLength = codePoints(explained.unhashedSuffix);
    if (explained.suffixHashed) {
        for (auto field = suffix; field != explained.fields.end(); ++field)
            field->begin = field->end = suffixBegin;
    }
    explained.warnings = keyWarnings(builder, call, explained.built);
    return explained;
}

LocatedKey locateKey(const KeyExplanation &explanation, const QByteArray &clientPrefix, int version)
{
    LocatedKey located;
    located.rawKey = redisKey(clientPrefix, version, explanation.built.key);
    const qsizetype head = located.rawKey.size() - explanation.built.key.size();

    KeyLevels &levels = located.levels;
    levels.source = KeyReading::Source::Catalog;
    levels.cacheEnd = head;
    levels.namespaceEnd = head + explanation.namespaceEnd;
    levels.functionEnd = head + explanation.functionEnd;
    levels.partitionEnd = head + explanation.built.prefix.size();

    KeyReading &reading = located.reading;
    reading.source = KeyReading::Source::Catalog;
    reading.clientPrefix = clientPrefix;
    reading.version = version;
    if (explanation.namespaceEnd > 0)
        reading.nameSpace = explanation.built.key.first(explanation.namespaceEnd - 2);
    reading.function = explanation.function;
    reading.partition = explanation.built.partition;
    reading.suffix = explanation.built.suffix;
    reading.suffixHashed = explanation.suffixHashed;
    for (const ExplainedField &field : explanation.fields) {
        if (field.begin == field.end)
            continue;
        FieldReading &read = reading.fields.emplace_back();
        read.field = field.contribution.field;
        read.begin = head + field.begin;
        read.end = head + field.end;
        read.value = located.rawKey.sliced(read.begin, read.end - read.begin);
        read.partition = field.contribution.partition;
    }
    return located;
}

} // namespace Cachelens
