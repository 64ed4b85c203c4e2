// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/verdicttext.h"

#include "widgets/key/displaykey.h"
#include "widgets/value/valuetext.h"

#include <QCoreApplication>

namespace Cachelens {

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("Verdict", text);
}

QString preview(const Value &value)
{
    constexpr qsizetype most = 80;
    return valuePreview(value, most);
}

QString names(const Value &list)
{
    QStringList texts;
    if (list.isSequence()) {
        for (const Value &item : list.items())
            texts.append(item.isString() ? displayKey(item.text()) : preview(item));
    }
    return texts.isEmpty() ? translated("nothing") : texts.join(QStringLiteral(", "));
}

QString conditionText(const RuleComparison &compared)
{
    const QString attribute = displayKey(compared.attribute);
    const QString wanted = preview(compared.wanted);
    const QString found = compared.found ? preview(*compared.found) : translated("not there");
    return (compared.negated ? translated("%1 is %2, and must not be %3")
                             : translated("%1 is %2, and must be %3"))
        .arg(attribute, found, wanted);
}

QString argumentText(const RuleComparison &compared)
{
    const QString what = compared.found
        ? translated("%1 is needed, and %2 is %3")
              .arg(displayKey(compared.parameter), displayKey(compared.attribute),
                   preview(*compared.found))
        : translated("%1 is needed, and there is no %2")
              .arg(displayKey(compared.parameter), displayKey(compared.attribute));
    return compared.attribute.isEmpty() ? translated("%1 is needed, and nothing is mapped to it")
                                              .arg(displayKey(compared.parameter))
                                        : what;
}

QString stopText(RuleGate gate, const RuleComparison &compared)
{
    switch (gate) {
    case RuleGate::TriggerOnCreate:
        return translated("the instance is new, and the rule is not for new ones");
    case RuleGate::WatchFields:
        return translated("watches %1; written: %2")
            .arg(names(compared.wanted), names(compared.found.value_or(Value())));
    case RuleGate::InvalidateWhen:
        return conditionText(compared);
    case RuleGate::RequireArgs:
        return argumentText(compared);
    }
    return {};
}

} // namespace

QString ruleTitle(const RuleVerdict &verdict)
{
    const QByteArray &rule = verdict.rule;
    const QByteArray own = verdict.function + '/';
    if (!rule.startsWith(own))
        return displayKey(rule);
    const qsizetype number = rule.lastIndexOf('#');
    const QByteArray tail = number > own.size() ? ' ' + rule.sliced(number) : QByteArray();
    return displayKey(verdict.function + tail);
}

QString verdictText(const RuleVerdict &verdict)
{
    if (verdict.stoppedBy) {
        const QString gate = QString::fromLatin1(gateName(*verdict.stoppedBy));
        return QStringLiteral("%1: %2").arg(
            gate, stopText(*verdict.stoppedBy, verdict.compared.value_or(RuleComparison())));
    }
    if (verdict.problem)
        return QString::fromUtf8(verdict.problem->message());
    QStringList arguments;
    for (const auto &[name, value] : verdict.arguments)
        arguments.append(QStringLiteral("%1 = %2").arg(displayKey(name), preview(value)));
    QString text = arguments.join(QStringLiteral(", "));
    if (verdict.ofOldValues)
        text = translated("%1, as it was before").arg(text);
    if (verdict.action == RuleVerdict::Action::Custom)
        return translated("its own invalidator decides what goes");
    if (verdict.wholeFunction)
        return text.isEmpty()
            ? translated("drops the whole function")
            : translated("drops the whole function: %1 is not in the partition").arg(text);
    return text;
}

} // namespace Cachelens
