// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/warningtext.h"

#include "widgets/key/displaykey.h"
#include "widgets/playground/typedargument.h"

#include <QCoreApplication>
#include <QStringList>

namespace Cachelens {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Cachelens::WarningText)
};

constexpr qsizetype longestShown = 200; // bytes of a value

QString shown(const QByteArray &text)
{
    return text.size() <= longestShown ? displayKey(text)
                                       : displayKey(text.first(longestShown)) + QChar(0x2026);
}

/// "user_id=42, page=1", each as one types it.
QString callText(const Call &call)
{
    QStringList texts;
    for (const auto &[name, value] : call.kwargs)
        texts.append(displayKey(name) + u'=' + shown(typedText(value).toUtf8()));
    return texts.join(QStringLiteral(", "));
}

} // namespace

QString warningText(const KeyWarning &warning)
{
    const QString argument = displayKey(warning.argument);
    const QString detail = shown(warning.detail);
    switch (warning.kind) {
    case KeyWarning::Kind::SeparatorInValue:
        return Tr::tr("%1 holds %2, which separates values in a key: another call may get the "
                      "same key. Hash the field, or make the keys unambiguous.")
            .arg(argument, detail);
    case KeyWarning::Kind::VariesEveryCall:
        return Tr::tr("%1 (%2) looks different in every call: such an entry is never found again. "
                      "Leave it out of the key, or round it.")
            .arg(argument, detail);
    case KeyWarning::Kind::SharedKey:
        return Tr::tr("Another call gets this very key: %1").arg(callText(warning.other));
    case KeyWarning::Kind::IgnoredArgument:
        return Tr::tr("No field takes %1: calls that differ in it alone share this key, and its "
                      "result.")
            .arg(argument);
    case KeyWarning::Kind::MissingStep:
        return Tr::tr("%1 has nothing at %2: all such calls share what the field %3 writes.")
            .arg(argument, detail, displayKey(warning.field));
    case KeyWarning::Kind::WholeFunction:
        return Tr::tr("The partition is empty: a delete by this prefix takes every entry of the "
                      "function.");
    }
    return {};
}

} // namespace Cachelens
