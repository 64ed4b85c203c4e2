// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/arguments.h"
#include "app/commandline/commandline.h"
#include "app/commandline/entryreport.h"
#include "app/commandline/keydiff.h"
#include "app/commandline/linebatch.h"
#include "app/connections/cacheaccess.h"
#include "core/key/keybuilder.h"
#include "core/key/keycomparison.h"
#include "core/value/valuejson.h"
#include "widgets/key/displaykey.h"

namespace Cachelens {

namespace {

Error wrongInput(const QByteArray &subject, const QByteArray &reason)
{
    return {Error::Code::InvalidInput, "read", subject, reason, false};
}

Result<ValueList> listOf(const Value &value, const QByteArray &subject)
{
    if (value.type() != Value::Type::List)
        return failure(wrongInput(subject, "a list is needed"));
    return value.items();
}

// The named arguments in an object.
Result<std::vector<std::pair<QByteArray, Value>>> namesOf(const Value &value,
                                                          const QByteArray &subject)
{
    if (!value.isMap())
        return failure(wrongInput(subject, "an object is needed"));
    std::vector<std::pair<QByteArray, Value>> names;
    for (const auto &[name, content] : value.entries()) {
        if (!name.isString())
            return failure(wrongInput(subject, "an argument's name must be a string"));
        names.emplace_back(name.toByteArray(), content);
    }
    return names;
}

Result<Call> callOf(const Value &args, const Value &kwargs)
{
    auto list = listOf(args, "args");
    if (!list)
        return failure(list.error());
    auto names = namesOf(kwargs, "kwargs");
    if (!names)
        return failure(names.error());
    return Call{std::move(*list), std::move(*names)};
}

// The parts of a key. Text that came in as JSON is UTF-8.
void appendParts(ValueMap &answer, const BuiltKey &built, const KeyBuilder &builder)
{
    append(answer, "key", Value::string(built.key));
    append(answer, "prefix", Value::string(built.prefix));
    append(answer, "partition", Value::string(built.partition));
    append(answer, "suffix", Value::string(built.suffix));
    append(answer, "all_prefix", Value::string(builder.functionPrefix()));
}

// One line of a batch, answered.
Result<QByteArray> answer(const QByteArray &line)
{
    static const QByteArray subject = "the call";
    const auto request = valueFromJson(line, subject);
    if (!request)
        return failure(request.error());
    const Value *described = request->find("function");
    if (!described)
        return failure(wrongInput(subject, "it has no member 'function'"));
    const auto function = Catalog::functionFromJson(valueToJson(*described).json, "function");
    if (!function)
        return failure(function.error());
    const auto member = [&request](const char *name, Value otherwise) {
        const Value *found = request->find(name);
        return found ? *found : std::move(otherwise);
    };
    const auto call = callOf(member("args", Value::list({})), member("kwargs", Value::map({})));
    if (!call)
        return failure(call.error());
    auto partial = namesOf(member("partial", Value::map({})), "partial");
    if (!partial)
        return failure(partial.error());

    const KeyBuilder builder(function->keyed);
    const auto built = builder.build(*call);
    if (!built)
        return failure(built.error());
    const auto partialPrefix = builder.partialPrefix({{}, std::move(*partial)});
    if (!partialPrefix)
        return failure(partialPrefix.error());
    ValueMap object;
    appendParts(object, *built, builder);
    append(object, "partial_prefix", Value::string(*partialPrefix));
    append(object, "version", Value(function->keyed.key.version));
    return toJsonLine(std::move(object));
}

QByteArray readable(const QByteArray &bytes)
{
    return displayKey(bytes).toUtf8();
}

void line(Console &console, const char *name, const QByteArray &content)
{
    console.writeLine(QByteArray(name).leftJustified(12) + readable(content));
}

Value contributionsValue(const std::vector<FieldContribution> &contributions)
{
    ValueList fields;
    for (const FieldContribution &contribution : contributions) {
        ValueMap field;
        append(field, "field", Value::string(contribution.field));
        append(field, "text", Value::string(contribution.text));
        append(field, "unhashed", Value::string(contribution.unhashed));
        append(field, "partition", Value(contribution.partition));
        fields.push_back(Value::map(std::move(field)));
    }
    return Value::list(std::move(fields));
}

Result<Call> callFromText(const QByteArray &args, const QByteArray &kwargs)
{
    const auto list = valueFromJson(args, "--args");
    if (!list)
        return failure(list.error());
    const auto names = valueFromJson(kwargs, "--kwargs");
    if (!names)
        return failure(names.error());
    return callOf(*list, *names);
}

int showKey(const CatalogFunction &function, const Call &call, const Arguments &arguments,
            Console &console)
{
    const KeyBuilder builder(function.keyed);
    const auto built = builder.build(call);
    if (!built)
        return arguments.wrong(built.error().message(), console);
    const auto contributions = builder.contributions(call);
    if (!contributions)
        return arguments.wrong(contributions.error().message(), console);
    if (arguments.isSet("json")) {
        ValueMap object;
        appendParts(object, *built, builder);
        append(object, "version", Value(function.keyed.key.version));
        append(object, "fields", contributionsValue(*contributions));
        console.writeLine(toJsonLine(std::move(object)));
        return console.finish();
    }
    line(console, "key", built->key);
    line(console, "prefix", built->prefix);
    line(console, "partition", built->partition);
    line(console, "suffix", built->suffix);
    line(console, "function's", builder.functionPrefix());
    line(console, "version", QByteArray::number(function.keyed.key.version));
    for (const FieldContribution &contribution : *contributions)
        line(console, "field",
             contribution.field + (contribution.partition ? " (partition): " : ": ")
                 + contribution.text);
    return console.finish();
}

/// The call's key beside one of the cache: in that one's place, since what the cache client puts in
/// front is not known of a call.
int compareWith(const QByteArray &given, const CatalogFunction &function, const Call &call,
                const KeyReader &reader, const Arguments &arguments, Console &console)
{
    const KeyBuilder builder(function.keyed);
    const auto built = builder.build(call);
    if (!built)
        return arguments.wrong(built.error().message(), console);
    const int version = function.keyed.key.version;
    const QByteArray other = completedKey(reader, given, {}, version);
    const QByteArray key = redisKey(reader.read(other).clientPrefix, version, built->key);
    return showKeyDifference(reader, key, other, arguments.isSet("json"), console);
}

} // namespace

int runKey(const QList<QByteArray> &given, Console &console)
{
    Arguments arguments("key", "Puts the key of a call together, and shows its parts.");
    arguments.listOption("catalog", "FILE", "What is known of the functions; may be repeated.");
    arguments.option("function", "ID", "The function, as its catalog names it.");
    arguments.option("args", "JSON", "A list of positional arguments; none by default.");
    arguments.option("kwargs", "JSON", "An object of named arguments; none by default.");
    arguments.listOption("diff", "KEY",
                         "Another key, as the cache has it or without what the cache client puts "
                         "in front: shows both part by part. Given twice, and without a "
                         "function, it compares the two.");
    arguments.flag("json", "One JSON object in a line.");
    arguments.flag("batch",
                   "Answers a call a line on standard input, as an object with the "
                   "members function, args, kwargs and partial, with a line of JSON "
                   "each; a line that makes no sense is answered {\"error\": why}.");
    if (const auto end = arguments.parse(given, console))
        return *end;

    if (arguments.isSet("batch")) {
        for (const char *other : {"catalog", "function", "args", "kwargs", "diff"}) {
            if (arguments.isSet(other))
                return arguments.wrong("--batch goes without --" + QByteArray(other) + '.',
                                       console);
        }
        return answerLines(console, answer);
    }
    const QList<QByteArray> others = arguments.values("diff");
    const bool keysOnly = others.size() == 2 && !arguments.isSet("function");
    if (others.size() > 1 && !keysOnly)
        return arguments.wrong("--diff is given once with --function, or twice without.", console);
    for (const char *needed : {"catalog", "function"}) {
        if (!keysOnly && !arguments.isSet(needed))
            return arguments.wrong("Missing option --" + QByteArray(needed) + '.', console);
    }
    const auto catalog = loadCatalogs(arguments.values("catalog"), {});
    if (!catalog) {
        console.error(catalog.error().message());
        return Failed;
    }
    if (keysOnly) {
        const KeyReader reader = catalog->keyReader();
        return showKeyDifference(reader, completedKey(reader, others.at(0), {}, 1),
                                 completedKey(reader, others.at(1), {}, 1), arguments.isSet("json"),
                                 console);
    }
    const QByteArray id = *arguments.value("function");
    const CatalogFunction *function = catalog->find(id);
    if (!function)
        return arguments.wrong("The catalog has no function '" + id + "'.", console);
    const auto call = callFromText(arguments.value("args").value_or("[]"),
                                   arguments.value("kwargs").value_or("{}"));
    if (!call)
        return arguments.wrong(call.error().message(), console);
    if (!others.isEmpty())
        return compareWith(others.first(), *function, *call, catalog->keyReader(), arguments,
                           console);
    return showKey(*function, *call, arguments, console);
}

} // namespace Cachelens
