// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/commandline/console.h"

#include <QCommandLineParser>
#include <QList>
#include <QSet>

#include <optional>

namespace Cachelens {

/// The arguments of one command, taken apart by QCommandLineParser. Everything is bytes, as the
/// shell gave them: a key on the command line need not be UTF-8.
class Arguments {
public:
    /// `command`: the word in front of its arguments; empty for the window.
    Arguments(QByteArray command, const char *description);

    void flag(const char *name, const char *description);
    void option(const char *name, const char *value, const char *description);
    /// An option that may be given more than once.
    void listOption(const char *name, const char *value, const char *description);
    /// In the order in which they stand.
    void positional(const char *name, const char *description, bool required = true);

    /// None: go on. Otherwise what the program ends with: `--help` was answered, or what was asked
    /// makes no sense, which has been said on standard error.
    [[nodiscard]] std::optional<int> parse(const QList<QByteArray> &arguments, Console &console);
    /// Says what is wrong with the arguments, and where help is. AskedWrongly, to end with.
    int wrong(const QByteArray &message, Console &console) const;

    [[nodiscard]] bool isSet(const char *name) const;
    /// None when it was not given.
    [[nodiscard]] std::optional<QByteArray> value(const char *name) const;
    [[nodiscard]] QList<QByteArray> values(const char *name) const;
    /// None when there are not so many.
    [[nodiscard]] std::optional<QByteArray> at(qsizetype position) const;

private:
    [[nodiscard]] QByteArray help() const;

    QByteArray m_command;
    QByteArray m_syntax;
    QCommandLineParser m_parser;
    QSet<QString> m_single; // options that take a value, once
    qsizetype m_required = 0;
    qsizetype m_most = 0;
    QList<QByteArray> m_names; // of the positional arguments
};

/// The program's own name and version, for --version.
[[nodiscard]] QByteArray versionLine();

} // namespace Cachelens
