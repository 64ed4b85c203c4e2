// SPDX-License-Identifier: MIT
#include "core/cached/keyarguments.h"

#include <algorithm>

namespace Cachelens {

namespace {

/// Why a field's text is not the argument; empty: it is.
QByteArray whyNotTheArgument(const KeyField &field)
{
    switch (field.type) {
    case KeyField::Type::RequestValue:
    case KeyField::Type::QueryParams:
        return "it is taken from a request";
    case KeyField::Type::Args:
    case KeyField::Type::ViewKwargs:
        if (field.hashValue)
            return "the key holds only its hash";
        if (!field.path.isEmpty())
            return "the key holds only its " + field.path;
        break;
    case KeyField::Type::Constant:
        break;
    }
    return {};
}

} // namespace

Result<ArgumentTexts> argumentsOfKey(const KeyReading &reading, const KeyedFunction &function)
{
    const auto unreadable = [&function](QByteArray reason) {
        return failure({Error::Code::InvalidInput, "call", function.id, std::move(reason), false});
    };
    if (reading.suffixHashed)
        return unreadable("its arguments cannot be read back: the end of the key is a hash");
    ArgumentTexts arguments;
    for (const FieldReading &read : reading.fields) {
        const auto field
            = std::find_if(function.key.fields.begin(), function.key.fields.end(),
                           [&read](const KeyField &known) { return known.name == read.field; });
        if (field == function.key.fields.end() || field->type == KeyField::Type::Constant)
            continue;
        if (const QByteArray reason = whyNotTheArgument(*field); !reason.isEmpty())
            return unreadable("the field '" + read.field + "' cannot be read back: " + reason);
        if (!read.argument.isEmpty())
            arguments.emplace_back(read.argument, read.value);
    }
    return arguments;
}

Result<KeyedCall> callOfKey(const KeyReader &reader, const QByteArray &key)
{
    const KeyReading reading = reader.read(key);
    const auto function
        = std::find_if(reader.functions().begin(), reader.functions().end(),
                       [&](const KeyedFunction &known) { return known.id == reading.function; });
    if (reading.source != KeyReading::Source::Catalog || function == reader.functions().end())
        return failure(
            {Error::Code::NotFound, "call the function of", key, "no catalog names it", false});
    return argumentsOfKey(reading, *function).map([&reading](ArgumentTexts arguments) {
        return KeyedCall{reading.function, std::move(arguments)};
    });
}

} // namespace Cachelens
