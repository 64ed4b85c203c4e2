// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/program.h"

#include "core/value/valuejson.h"

#include <QProcess>

namespace Cachelens::Testing {

QList<QByteArray> ProgramRun::lines() const
{
    QList<QByteArray> lines = output.split('\n');
    if (!lines.isEmpty() && lines.constLast().isEmpty())
        lines.removeLast();
    return lines;
}

ValueList ProgramRun::objects() const
{
    ValueList objects;
    for (const QByteArray &line : lines()) {
        auto object = valueFromJson(line, "a line of the program's output");
        if (!object)
            qFatal("%s\n%s", object.error().message().constData(), line.constData());
        objects.push_back(std::move(*object));
    }
    return objects;
}

QString programFile()
{
    return QStringLiteral(CACHELENS_PROGRAM);
}

ProgramRun runProgram(const QList<QByteArray> &arguments, const ProgramInput &input)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "CACHELENS_PASSWORD"})
        environment.remove(QString::fromLatin1(name));
    if (!input.password.isEmpty())
        environment.insert(QStringLiteral("CACHELENS_PASSWORD"), QString::fromUtf8(input.password));
    if (!input.platform.isEmpty())
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QString::fromUtf8(input.platform));
    process.setProcessEnvironment(environment);
    // QProcess encodes arguments as UTF-8: bytes that are not go through a shell's printf.
    QByteArray command = "exec '" + programFile().toUtf8() + '\'';
    for (const QByteArray &argument : arguments) {
        command += " \"$(printf '%b' '";
        for (const char byte : argument)
            command
                += "\\0" + QByteArray::number(static_cast<uchar>(byte), 8).rightJustified(3, '0');
        command += "')\"";
    }
    process.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), QString::fromLatin1(command)});
    process.write(input.standardInput);
    process.closeWriteChannel();
    ProgramRun run;
    if (!process.waitForFinished(60'000)) {
        process.kill();
        process.waitForFinished();
        return run;
    }
    run.exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    run.output = process.readAllStandardOutput();
    run.errors = process.readAllStandardError();
    return run;
}

QByteArray textOf(const Value &object, const char *name)
{
    const Value *found = object.find(name);
    return found && found->isString() ? found->toByteArray() : QByteArray();
}

} // namespace Cachelens::Testing
