// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/value.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace Cachelens::Testing {

struct ProgramRun {
    int exitCode = -1; ///< -1: it crashed or did not end in time
    QByteArray output;
    QByteArray errors;

    [[nodiscard]] QList<QByteArray> lines() const; ///< of the output
    /// The output's lines, each read as JSON; fails the program that calls it when one is none.
    [[nodiscard]] ValueList objects() const;
};

struct ProgramInput {
    QByteArray standardInput;
    QByteArray password; ///< CACHELENS_PASSWORD; empty: not set
    QByteArray platform; ///< QT_QPA_PLATFORM; empty: there is no display
};

[[nodiscard]] QString programFile();

/// Runs the program as a shell does, without a display; arguments are bytes.
[[nodiscard]] ProgramRun runProgram(const QList<QByteArray> &arguments,
                                    const ProgramInput &input = {});

/// The text under a name in a JSON object; empty when there is none.
[[nodiscard]] QByteArray textOf(const Value &object, const char *name);

} // namespace Cachelens::Testing
