// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/signalcode.h"

#include "core/value/pythonstr.h"
#include "core/value/valuejson.h"

#include <algorithm>
#include <set>
#include <string>

namespace Cachelens {

namespace {

QString shellQuoted(const QString &text)
{
    return u'\'' + QString(text).replace(u'\'', QStringLiteral("'\\''")) + u'\'';
}

QString pythonString(const QByteArray &text)
{
    QString out = QStringLiteral("\"");
    for (const QChar c : QString::fromUtf8(text)) {
        if (c == u'"' || c == u'\\')
            out += u'\\' + QString(c);
        else if (c == u'\n')
            out += QStringLiteral("\\n");
        else if (c.unicode() < 0x20 || c.unicode() == 0x7f)
            out += QStringLiteral("\\x%1").arg(c.unicode(), 2, 16, QChar(u'0'));
        else
            out += c;
    }
    return out + u'"';
}

/// What Python takes as no name of an argument: keyword.kwlist of 3.11, and one more.
bool isKeyword(QStringView text)
{
    static constexpr QStringView keywords[]{
        u"False",   u"None",     u"True",     u"and",      u"as",   u"assert", u"async",  u"await",
        u"break",   u"class",    u"continue", u"def",      u"del",  u"elif",   u"else",   u"except",
        u"finally", u"for",      u"from",     u"global",   u"if",   u"import", u"in",     u"is",
        u"lambda",  u"nonlocal", u"not",      u"or",       u"pass", u"raise",  u"return", u"try",
        u"while",   u"with",     u"yield",    u"__debug__"};
    return std::ranges::find(keywords, text) != std::end(keywords);
}

/// Writes values as Python does, and knows what is to be imported for them.
class PythonWriter {
public:
    QString write(const Value &value)
    {
        using Type = Value::Type;
        switch (value.type()) {
        case Type::None:
            return QStringLiteral("None");
        case Type::Bool:
        case Type::Int:
        case Type::BigInt:
            return QString::fromUtf8(pythonStr(value));
        case Type::Float:
            return writeFloat(value);
        case Type::String:
            return pythonString(value.toByteArray());
        case Type::Date:
            return made("datetime", "datetime.date.fromisoformat", pythonStr(value));
        case Type::Time:
            return made("datetime", "datetime.time.fromisoformat", pythonStr(value));
        case Type::DateTime:
            return made("datetime", "datetime.datetime.fromisoformat", pythonStr(value));
        case Type::Decimal:
            return made("decimal", "decimal.Decimal", value.toByteArray());
        case Type::Uuid:
            return made("uuid", "uuid.UUID", value.toByteArray());
        case Type::List:
            return u'[' + items(value) + u']';
        case Type::Tuple:
            return u'(' + items(value) + QLatin1String(value.items().size() == 1 ? ",)" : ")");
        case Type::Set:
        case Type::FrozenSet:
            return QStringLiteral("set([") + items(value) + QStringLiteral("])");
        case Type::Map:
            return instance(value);
        default: // no literal says it; what it is in JSON does at least tell
            m_imports.insert("json");
            return QStringLiteral("json.loads(%1)").arg(pythonString(valueToJson(value).json));
        }
    }

    /// Receivers read attributes: an object that has them stands for the instance.
    QString instance(const Value &attributes)
    {
        m_imports.insert("types");
        QStringList named;
        QStringList others;
        for (const auto &[name, value] : attributes.entries()) {
            const QString text
                = QString::fromUtf8(name.isString() ? name.text() : QByteArrayView());
            if (isIdentifier(text))
                named.append(text + u'=' + write(value));
            else
                others.append(write(name) + QStringLiteral(": ") + write(value));
        }
        if (!others.isEmpty())
            named.append(QStringLiteral("**{") + others.join(QStringLiteral(", ")) + u'}');
        return QStringLiteral("types.SimpleNamespace(") + named.join(QStringLiteral(", ")) + u')';
    }

    [[nodiscard]] const std::set<std::string> &imports() const { return m_imports; }

private:
    static bool isIdentifier(const QString &text)
    {
        const bool plain = !text.isEmpty() && !text.front().isDigit()
            && std::ranges::all_of(text, [](QChar c) { return c.isLetterOrNumber() || c == u'_'; });
        return plain && !isKeyword(text);
    }

    QString made(const char *module, const char *maker, const QByteArray &text)
    {
        m_imports.insert(module);
        return QString::fromLatin1(maker) + u'(' + pythonString(text) + u')';
    }

    static QString writeFloat(const Value &value)
    {
        const QString text = QString::fromUtf8(pythonStr(value));
        const bool digits = text.back().isDigit();
        return digits ? text : QStringLiteral("float(\"%1\")").arg(text);
    }

    QString items(const Value &sequence)
    {
        QStringList texts;
        for (const Value &item : sequence.items())
            texts.append(write(item));
        return texts.join(QStringLiteral(", "));
    }

    std::set<std::string> m_imports;
};

} // namespace

QString simulateLine(const Signal &signal, const QStringList &catalogs, const QByteArray &url,
                     const QByteArray &client)
{
    QString line = QStringLiteral("cachelens simulate");
    for (const QString &catalog : catalogs)
        line += QStringLiteral(" --catalog ") + shellQuoted(catalog);
    line += QStringLiteral(" --signal ") + shellQuoted(QString::fromUtf8(signalToJson(signal)));
    if (!client.isEmpty())
        line += QStringLiteral(" --key-prefix ") + shellQuoted(QString::fromUtf8(client));
    if (!url.isEmpty())
        line += u' ' + shellQuoted(QString::fromUtf8(url));
    return line;
}

QString cppCode(const Signal &signal)
{
    const QString json = QString::fromUtf8(signalToJson(signal));
    QString delimiter = QStringLiteral("json");
    for (int i = 2; json.contains(u')' + delimiter + u'"'); ++i) // it would end the literal
        delimiter = QStringLiteral("json%1").arg(i);
    return QStringLiteral("const auto signal = Cachelens::signalFromJson(\n"
                          "    R\"%1(%2)%1\", \"the signal\");\n"
                          "if (signal)\n"
                          "    cache.send(*signal);\n")
        .arg(delimiter, json);
}

QString pythonCode(const Signal &signal)
{
    const bool deleted = signal.type == Signal::Type::Deleted;
    const QString name = deleted ? QStringLiteral("post_delete") : QStringLiteral("post_save");
    PythonWriter writer;
    const QString instance
        = writer.instance(signal.instance.isMap() ? signal.instance : Value::map({}));
    QString call = QStringLiteral("%1.send(\n    sender=apps.get_model(%2),\n    instance=%3,\n")
                       .arg(name, pythonString(signal.model), instance);
    if (!deleted) {
        call += QStringLiteral("    created=%1,\n")
                    .arg(signal.created ? QStringLiteral("True") : QStringLiteral("False"));
        QStringList fields;
        for (const QByteArray &field : signal.updateFields.value_or(std::vector<QByteArray>()))
            fields.append(pythonString(field));
        call += signal.updateFields ? QStringLiteral("    update_fields=frozenset([%1]),\n")
                                          .arg(fields.join(QStringLiteral(", ")))
                                    : QStringLiteral("    update_fields=None,\n");
        call += QStringLiteral("    raw=False,\n");
    }
    call += QStringLiteral("    using=\"default\",\n)\n");
    QString imports;
    for (const std::string &module : writer.imports())
        imports += QStringLiteral("import %1\n").arg(QString::fromStdString(module));
    return imports
        + QStringLiteral("from django.apps import apps\n"
                         "from django.db.models.signals import %1\n\n%2")
              .arg(name, call);
}

} // namespace Cachelens
