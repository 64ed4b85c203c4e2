// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/keydiff.h"

#include "app/commandline/entryreport.h"
#include "core/key/keycomparison.h"
#include "widgets/key/displaykey.h"

#include <algorithm>

namespace Cachelens {

namespace {

const char *nameOf(ComparedPart::What what)
{
    switch (what) {
    case ComparedPart::What::ClientPrefix:
        return "cache prefix";
    case ComparedPart::What::Version:
        return "version";
    case ComparedPart::What::Namespace:
        return "namespace";
    case ComparedPart::What::Function:
        return "function";
    case ComparedPart::What::Field:
        return "field";
    case ComparedPart::What::Digest:
        return "digest";
    case ComparedPart::What::Whole:
        break;
    }
    return "key";
}

const char *nameOf(ComparedPart::Hint hint)
{
    switch (hint) {
    case ComparedPart::Hint::Case:
        return "case";
    case ComparedPart::Hint::Space:
        return "space";
    case ComparedPart::Hint::Order:
        return "order";
    case ComparedPart::Hint::Absent:
        return "absent";
    case ComparedPart::Hint::None:
        break;
    }
    return nullptr;
}

const char *explain(ComparedPart::Hint hint)
{
    switch (hint) {
    case ComparedPart::Hint::Case:
        return "only upper and lower case differ";
    case ComparedPart::Hint::Space:
        return "only white space differs";
    case ComparedPart::Hint::Order:
        return "the same items in another order";
    case ComparedPart::Hint::Absent:
        return "one key has no such part";
    case ComparedPart::Hint::None:
        break;
    }
    return nullptr;
}

QByteArray readable(const std::optional<QByteArray> &text)
{
    return text ? displayKey(*text).toUtf8() : QByteArray("(none)");
}

Value textOrNone(const std::optional<QByteArray> &text)
{
    return text ? bytesValue(*text) : Value();
}

Value partValue(const ComparedPart &part)
{
    ValueMap object;
    append(object, "part", Value::string(nameOf(part.what)));
    if (part.what == ComparedPart::What::Field) {
        append(object, "field", bytesValue(part.field));
        append(object, "argument", bytesValue(part.argument));
        append(object, "partition", Value(part.partition));
    }
    append(object, "left", textOrNone(part.left));
    append(object, "right", textOrNone(part.right));
    append(object, "same", Value(part.same()));
    const char *hint = nameOf(part.hint);
    append(object, "hint", hint ? Value::string(hint) : Value());
    return Value::map(std::move(object));
}

} // namespace

int showKeyDifference(const KeyReader &reader, const QByteArray &key, const QByteArray &other,
                      bool json, Console &console)
{
    const std::vector<ComparedPart> parts = compareKeys(reader, key, other);
    const bool same = std::all_of(parts.begin(), parts.end(),
                                  [](const ComparedPart &part) { return part.same(); });
    if (json) {
        ValueMap object;
        append(object, "left", bytesValue(key));
        append(object, "right", bytesValue(other));
        append(object, "same", Value(same));
        ValueList compared;
        std::transform(parts.begin(), parts.end(), std::back_inserter(compared), partValue);
        append(object, "parts", Value::list(std::move(compared)));
        console.writeLine(toJsonLine(std::move(object)));
        return console.finish();
    }
    console.writeLine("  " + readable(key));
    console.writeLine("  " + readable(other));
    console.writeLine(same ? "The keys are the same." : "The keys differ:");
    for (const ComparedPart &part : parts) {
        QByteArray name = nameOf(part.what);
        if (part.what == ComparedPart::What::Field)
            name += ' ' + readable(part.field);
        QByteArray line
            = (part.same() ? "  " : "! ") + name.leftJustified(20) + ' ' + readable(part.left);
        if (!part.same())
            line += "  |  " + readable(part.right);
        if (const char *why = explain(part.hint))
            line += QByteArray("  (") + why + ')';
        console.writeLine(line);
    }
    return console.finish();
}

} // namespace Cachelens
