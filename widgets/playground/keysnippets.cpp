// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/keysnippets.h"

#include "core/catalog/catalognames.h"
#include "core/value/pythonstr.h"
#include "core/value/valuejson.h"
#include "widgets/key/displaykey.h"

#include <QRegularExpression>
#include <QSet>
#include <QStringList>

#include <limits>

namespace Cachelens {

namespace {

using Type = KeyField::Type;

bool isIdentifier(const QByteArray &text)
{
    static const QRegularExpression identifier(QStringLiteral("^[A-Za-z_][A-Za-z0-9_]*$"));
    return identifier.match(QString::fromUtf8(text)).hasMatch();
}

/// "GetUserPayloadKey" of "shop.services.get_user_payload".
QString className(const KeyedFunction &function)
{
    QString name;
    bool upper = true;
    for (const QChar c : QString::fromUtf8(function.id.sliced(function.id.lastIndexOf('.') + 1))) {
        if (c.unicode() < 128 && c.isLetterOrNumber()) {
            name += upper ? c.toUpper() : c;
            upper = false;
        } else {
            upper = true;
        }
    }
    if (name.isEmpty() || name.at(0).isDigit())
        name.prepend(QStringLiteral("Function"));
    return name + QStringLiteral("Key");
}

/// A line of text that no byte of which can end a comment.
QString comment(const QByteArray &text)
{
    return displayKey(text).replace(QStringLiteral("\\"), QStringLiteral("\\\\"));
}

QString cppText(const QByteArray &bytes)
{
    QString out = QStringLiteral("\"");
    for (const char c : bytes) {
        const auto byte = static_cast<uchar>(c);
        if (c == '"' || c == '\\')
            out += u'\\' + QString(QLatin1Char(c));
        else if (byte >= 0x20 && byte < 0x7f)
            out += QLatin1Char(c);
        else
            out += QStringLiteral("\\%1").arg(uint(byte), 3, 8, QLatin1Char('0'));
    }
    return out + u'"';
}

QString cppValue(const Value &value)
{
    switch (value.type()) {
    case Value::Type::None:
        return QStringLiteral("Value()");
    case Value::Type::Bool:
        return value.toBool() ? QStringLiteral("Value(true)") : QStringLiteral("Value(false)");
    case Value::Type::String:
        return QStringLiteral("Value::string(%1)").arg(cppText(value.toByteArray()));
    case Value::Type::Int:
        if (value.toInt() != std::numeric_limits<qint64>::min())
            return QStringLiteral("Value(qint64(%1))").arg(value.toInt());
        break;
    default:
        break;
    }
    return QStringLiteral("*valueFromJson(%1, \"argument\")").arg(cppText(valueToJson(value).json));
}

QString pythonValue(const Value &value)
{
    // As a list writes its items: by their repr().
    const QByteArray list = pythonStr(Value::list({value}));
    return QString::fromUtf8(list.sliced(1, list.size() - 2));
}

QString pythonText(const QByteArray &text)
{
    return pythonValue(Value::string(text));
}

/// The names that a field selects, in quotes, separated by commas.
QString selection(const KeyField &field, QString (*quote)(const QByteArray &))
{
    if (field.everything)
        return quote("*");
    QStringList names;
    for (const QByteArray &name : field.names)
        names.append(quote(name));
    return names.join(QStringLiteral(", "));
}

QString fieldClass(Type type)
{
    switch (type) {
    case Type::Constant:
        return QStringLiteral("ConstantKeyField");
    case Type::Args:
        return QStringLiteral("ArgsKeyField");
    case Type::RequestValue:
        return QStringLiteral("RequestValueKeyField");
    case Type::QueryParams:
        return QStringLiteral("QueryParamsKeyField");
    case Type::ViewKwargs:
        return QStringLiteral("ViewKwargsKeyField");
    }
    return {};
}

bool hasPath(const KeyField &field)
{
    return !field.path.isEmpty() && (field.type == Type::Args || field.type == Type::ViewKwargs);
}

QString cppField(const KeyField &field)
{
    QString arguments;
    if (field.type == Type::Constant)
        arguments
            = QStringLiteral("(%1, %2)")
                  .arg(cppText(field.constantKey),
                       field.constantValue.isString() ? cppText(field.constantValue.toByteArray())
                                                      : cppValue(field.constantValue));
    else if (field.type == Type::RequestValue)
        arguments = QStringLiteral("(%1)").arg(cppText(field.path));
    else if (!field.everything && field.names.size() != 1)
        arguments = QStringLiteral("({%1})").arg(selection(field, cppText));
    else
        arguments = QStringLiteral("(%1)").arg(selection(field, cppText));
    QString text = fieldClass(field.type) + arguments;
    if (hasPath(field))
        text += QStringLiteral(".path(%1)").arg(cppText(field.path));
    if (field.partition)
        text += QStringLiteral(".partition()");
    if (field.hashValue)
        text += QStringLiteral(".hashValue()");
    if (field.sortLists)
        text += QStringLiteral(".sortLists()");
    return text;
}

QString pythonField(const KeyField &field)
{
    QStringList arguments;
    if (field.type == Type::Constant)
        arguments = {pythonText(field.constantKey), pythonValue(field.constantValue)};
    else if (field.type == Type::RequestValue)
        arguments = {pythonText(field.path)};
    else if (!field.everything && field.names.size() != 1)
        arguments = {QStringLiteral("[%1]").arg(selection(field, pythonText))};
    else
        arguments = {selection(field, pythonText)};
    if (hasPath(field))
        arguments.append(QStringLiteral("path=") + pythonText(field.path));
    if (field.partition)
        arguments.append(QStringLiteral("partition=True"));
    if (field.hashValue)
        arguments.append(QStringLiteral("hash_value=True"));
    if (field.sortLists)
        arguments.append(QStringLiteral("sort_lists=True"));
    return QStringLiteral("%1(%2)").arg(fieldClass(field.type),
                                        arguments.join(QStringLiteral(", ")));
}

QStringList pythonMeta(const KeySpec &key)
{
    QStringList lines;
    const KeySpec standard;
    if (!key.nameSpace.isEmpty())
        lines.append(QStringLiteral("namespace = ") + pythonText(key.nameSpace));
    if (key.version != standard.version)
        lines.append(QStringLiteral("version = %1").arg(key.version));
    if (!key.keyIdentifier.isEmpty())
        lines.append(QStringLiteral("key_identifier = ") + pythonText(key.keyIdentifier));
    if (key.maxKeySuffixLength != standard.maxKeySuffixLength)
        lines.append(QStringLiteral("max_key_suffix_length = %1").arg(key.maxKeySuffixLength));
    if (key.hashSuffixOnOverflow)
        lines.append(QStringLiteral("hash_suffix_on_overflow = True"));
    if (key.hash != standard.hash)
        lines.append(QStringLiteral("hash_algorithm = ") + pythonText(hashAlgorithmName(key.hash)));
    return lines;
}

QStringList cppOptions(const KeySpec &key)
{
    QStringList lines;
    const KeySpec standard;
    if (!key.nameSpace.isEmpty())
        lines.append(QStringLiteral("nameSpace(%1);").arg(cppText(key.nameSpace)));
    if (key.version != standard.version)
        lines.append(QStringLiteral("version(%1);").arg(key.version));
    if (!key.keyIdentifier.isEmpty())
        lines.append(QStringLiteral("keyIdentifier(%1);").arg(cppText(key.keyIdentifier)));
    if (key.hashSuffixOnOverflow)
        lines.append(QStringLiteral("hashSuffixLongerThan(%1);").arg(key.maxKeySuffixLength));
    if (key.hash != standard.hash)
        lines.append(QStringLiteral("hashAlgorithm(static_cast<QCryptographicHash::Algorithm>(%1)"
                                    "); // %2")
                         .arg(int(key.hash))
                         .arg(QString::fromLatin1(hashAlgorithmName(key.hash))));
    if (key.unambiguous)
        lines.append(QStringLiteral("unambiguous();"));
    for (const KeyField &field : key.fields)
        lines.append(QStringLiteral("field(%1, %2);").arg(cppText(field.name), cppField(field)));
    return lines;
}

/// What the values of a text are written with.
QString pythonImports(const QString &text)
{
    QString imports;
    if (text.contains(QStringLiteral("datetime.")))
        imports += QStringLiteral("import datetime\n");
    if (text.contains(QStringLiteral("Decimal(")))
        imports += QStringLiteral("from decimal import Decimal\n");
    if (text.contains(QStringLiteral("UUID(")))
        imports += QStringLiteral("from uuid import UUID\n");
    return imports.isEmpty() ? imports : imports + u'\n';
}

} // namespace

QString cppSnippet(const KeyedFunction &function, const Call &call, const QByteArray &key)
{
    const QString name = className(function);
    QStringList parameters;
    for (const Parameter &parameter : function.parameters)
        parameters.append(QStringLiteral("{%1, %2}")
                              .arg(cppText(parameter.name),
                                   parameter.defaultValue ? cppValue(*parameter.defaultValue)
                                                          : QStringLiteral("std::nullopt")));
    QStringList arguments;
    for (const auto &[argument, value] : call.kwargs)
        arguments.append(QStringLiteral("{%1, %2}").arg(cppText(argument), cppValue(value)));
    QStringList body = cppOptions(function.key);
    for (QString &line : body)
        line.prepend(QStringLiteral("        "));
    return QStringLiteral("struct %1 : KeyConstructor {\n    %1()\n    {\n%2\n    }\n};\n\n")
               .arg(name, body.join(u'\n'))
        + QStringLiteral("const KeyBuilder builder({%1, {%2}, %3().spec()});\n")
              .arg(cppText(function.id), parameters.join(QStringLiteral(", ")), name)
        + QStringLiteral("const auto built = builder.build({{}, {%1}});\n")
              .arg(arguments.join(QStringLiteral(", ")))
        + QStringLiteral("// built->key: %1\n").arg(comment(key));
}

QString pythonSnippet(const KeyedFunction &function, const Call &call, const QByteArray &key)
{
    QSet<QString> classes{QStringLiteral("KeyConstructor")};
    QStringList fields;
    for (const KeyField &field : function.key.fields) {
        classes.insert(fieldClass(field.type));
        const QString name = isIdentifier(field.name)
            ? QString::fromUtf8(field.name)
            : QStringLiteral("locals()[%1]").arg(pythonText(field.name));
        fields.append(QStringLiteral("    %1 = %2\n").arg(name, pythonField(field)));
    }
    QStringList imported(classes.begin(), classes.end());
    imported.sort();
    QStringList meta = pythonMeta(function.key);
    for (QString &line : meta)
        line = QStringLiteral("        %1\n").arg(line);
    QStringList named;
    QStringList unnameable;
    for (const auto &[argument, value] : call.kwargs) {
        if (isIdentifier(argument))
            named.append(
                QStringLiteral("%1=%2").arg(QString::fromUtf8(argument), pythonValue(value)));
        else
            unnameable.append(
                QStringLiteral("%1: %2").arg(pythonText(argument), pythonValue(value)));
    }
    if (!unnameable.isEmpty())
        named.append(QStringLiteral("**{%1}").arg(unnameable.join(QStringLiteral(", "))));
    QString text
        = QStringLiteral("from restflow.caching import %1\n\n\nclass %2(KeyConstructor):\n")
              .arg(imported.join(QStringLiteral(", ")), className(function));
    if (fields.isEmpty() && meta.isEmpty())
        text += QStringLiteral("    pass\n");
    text += fields.join(QString());
    if (!meta.isEmpty())
        text += QStringLiteral("%1    class Meta:\n%2")
                    .arg(fields.isEmpty() ? QString() : QStringLiteral("\n"), meta.join(QString()));
    const QByteArray last = function.id.sliced(function.id.lastIndexOf('.') + 1);
    text += QStringLiteral("\n\nkey = %1.get_cache_key(%2)\n")
                .arg(isIdentifier(last) ? QString::fromUtf8(last) : QStringLiteral("function"),
                     named.join(QStringLiteral(", ")));
    return pythonImports(text) + text + QStringLiteral("# %1\n").arg(comment(key));
}

} // namespace Cachelens
