// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/arguments.h"

namespace Cachelens {

namespace {

// Between bytes and the parser's strings: a character a byte, so that nothing is lost.
QString toParser(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes);
}

QByteArray fromParser(const QString &text)
{
    return text.toLatin1();
}

} // namespace

Arguments::Arguments(QByteArray command, const char *description) : m_command(std::move(command))
{
    m_parser.setApplicationDescription(QString::fromUtf8(description));
    m_parser.addOption(
        {{QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Says this, and ends.")});
    if (m_command.isEmpty())
        m_parser.addOption(
            {QStringLiteral("version"), QStringLiteral("Says the version, and ends.")});
}

void Arguments::flag(const char *name, const char *description)
{
    m_parser.addOption({toParser(name), QString::fromUtf8(description)});
}

void Arguments::option(const char *name, const char *value, const char *description)
{
    listOption(name, value, description);
    m_single.insert(toParser(name));
}

void Arguments::listOption(const char *name, const char *value, const char *description)
{
    m_parser.addOption({toParser(name), QString::fromUtf8(description), toParser(value)});
}

void Arguments::positional(const char *name, const char *description, bool required)
{
    const QByteArray syntax = required ? QByteArray(name) : '[' + QByteArray(name) + ']';
    m_parser.addPositionalArgument(toParser(name), QString::fromUtf8(description),
                                   toParser(syntax));
    m_syntax += ' ' + syntax;
    m_names.append(name);
    m_required += required ? 1 : 0;
    ++m_most;
}

std::optional<int> Arguments::parse(const QList<QByteArray> &arguments, Console &console)
{
    QStringList texts{QStringLiteral("cachelens")};
    for (const QByteArray &argument : arguments)
        texts.append(toParser(argument));
    const bool understood = m_parser.parse(texts);
    if (m_parser.isSet(QStringLiteral("help"))) {
        console.write(help());
        return console.finish();
    }
    if (m_command.isEmpty() && m_parser.isSet(QStringLiteral("version"))) {
        console.writeLine(versionLine());
        return console.finish();
    }
    if (!understood)
        return wrong(fromParser(m_parser.errorText()), console);
    for (const QString &name : std::as_const(m_single)) {
        if (m_parser.values(name).size() > 1)
            return wrong("--" + fromParser(name) + " was given more than once.", console);
    }
    const QStringList given = m_parser.positionalArguments();
    if (given.size() > m_most)
        return wrong("Unexpected argument '" + fromParser(given.at(m_most)) + "'.", console);
    if (given.size() < m_required)
        return wrong("Missing argument " + m_names.at(given.size()) + '.', console);
    return std::nullopt;
}

int Arguments::wrong(const QByteArray &message, Console &console) const
{
    console.error(message);
    const QByteArray command = m_command.isEmpty() ? QByteArray() : ' ' + m_command;
    console.note("Try 'cachelens" + command + " --help'.\n");
    return AskedWrongly;
}

bool Arguments::isSet(const char *name) const
{
    return m_parser.isSet(toParser(name));
}

std::optional<QByteArray> Arguments::value(const char *name) const
{
    if (!isSet(name))
        return std::nullopt;
    return fromParser(m_parser.value(toParser(name)));
}

QList<QByteArray> Arguments::values(const char *name) const
{
    QList<QByteArray> values;
    for (const QString &value : m_parser.values(toParser(name)))
        values.append(fromParser(value));
    return values;
}

std::optional<QByteArray> Arguments::at(qsizetype position) const
{
    const QStringList given = m_parser.positionalArguments();
    if (position >= given.size())
        return std::nullopt;
    return fromParser(given.at(position));
}

QByteArray Arguments::help() const
{
    // The parser's own first line names the file the program lies in, and not the command.
    const QString text = m_parser.helpText();
    const QByteArray command = m_command.isEmpty() ? QByteArray() : ' ' + m_command;
    return "Usage: cachelens" + command + " [options]" + m_syntax
        + text.mid(text.indexOf(u'\n')).toUtf8();
}

QByteArray versionLine()
{
    return "cachelens " CACHELENS_VERSION;
}

} // namespace Cachelens
