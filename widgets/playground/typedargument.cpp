// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/typedargument.h"

#include "core/cached/keyarguments.h"
#include "core/value/keytext.h"
#include "core/value/valuejson.h"

#include <algorithm>

namespace Cachelens {

namespace {

/// A value whose text in a key is this.
Value valueOfKeyText(const QByteArray &text)
{
    Value value = typedValue(QString::fromUtf8(text));
    QByteArray back;
    appendKeyText(back, value);
    return back == text ? value : Value::string(text);
}

/// The same of an unambiguous key, in which a text tells its type.
Value valueOfUnambiguousText(const QByteArray &text)
{
    if (text == "None")
        return {};
    if (text == "True" || text == "False")
        return Value(text == "True");
    if (text.size() >= 2 && text.startsWith('"') && text.endsWith('"'))
        return Value::string(QByteArray::fromPercentEncoding(text.sliced(1, text.size() - 2)));
    return typedValue(QString::fromUtf8(text));
}

const KeyField *fieldOf(const FieldReading &read, const KeyedFunction &function)
{
    const auto &fields = function.key.fields;
    const auto at = std::find_if(fields.begin(), fields.end(), [&read](const KeyField &field) {
        return field.name == read.field;
    });
    return at == fields.end() ? nullptr : &*at;
}

} // namespace

Value typedValue(const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    auto value = valueFromJson(utf8, "the argument");
    return value ? std::move(*value) : Value::string(utf8);
}

QString typedText(const Value &value)
{
    if (value.isString() && !value.text().isEmpty()
        && typedValue(QString::fromUtf8(value.text())) == value)
        return QString::fromUtf8(value.text());
    return QString::fromUtf8(valueToJson(value).json);
}

TypedArguments typedArguments(const KeyReading &reading, const KeyedFunction &function)
{
    TypedArguments typed;
    if (const auto whole = argumentsOfKey(reading, function); !whole)
        typed.lost = whole.error();
    for (const FieldReading &read : reading.fields) {
        const KeyField *field = fieldOf(read, function);
        const bool argument = field && !read.argument.isEmpty() && !field->hashValue
            && field->path.isEmpty()
            && (field->type == KeyField::Type::Args || field->type == KeyField::Type::ViewKwargs);
        if (!argument)
            continue;
        typed.texts.emplace_back(read.argument,
                                 typedText(function.key.unambiguous
                                               ? valueOfUnambiguousText(read.value)
                                               : valueOfKeyText(read.value)));
    }
    return typed;
}

} // namespace Cachelens
