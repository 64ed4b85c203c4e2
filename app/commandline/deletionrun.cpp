// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/deletionrun.h"

#include "app/commandline/entryreport.h"
#include "app/commandline/interrupt.h"
#include "widgets/key/displaykey.h"

#include <QCoreApplication>

namespace Cachelens {

QByteArray readableKey(const QByteArray &key)
{
    return displayKey(key).toUtf8();
}

QByteArray countedKeys(qint64 keys)
{
    return QByteArray::number(keys) + (keys == 1 ? " key" : " keys");
}

DeletionRun::DeletionRun(Session &session, DeletionRunOptions options, Console &console)
    : m_session(session), m_options(options), m_console(console)
{
    connect(&m_session, &Session::operationChanged, this, &DeletionRun::follow);
    connect(&m_planned, &QFutureWatcherBase::finished, this, &DeletionRun::confirm);
}

int DeletionRun::run(DeletionTarget target)
{
    if (target.prefixes.empty() && target.keys.empty()) {
        m_plan.keys = std::make_shared<std::vector<QByteArray>>();
        report(m_plan, nullptr);
        return m_console.finish();
    }
    m_planned.setFuture(m_session.planDeletion(std::move(target)));
    return QCoreApplication::exec();
}

void DeletionRun::confirm()
{
    const auto future = m_planned.future();
    if (future.resultCount() == 0) {
        fail("The list of keys could not be made.");
        return;
    }
    const Result<DeletionPlan> plan = future.result();
    if (!plan) {
        fail(plan.error().message());
        return;
    }
    if (m_options.dryRun || plan->count() == 0) {
        report(*plan, nullptr);
        QCoreApplication::exit(m_console.finish());
        return;
    }
    if (!m_options.yes && !agrees(*plan)) {
        m_console.note("Nothing was deleted.\n");
        QCoreApplication::exit(Failed);
        return;
    }
    m_plan = *plan;
    const auto started = m_session.startDeletion(*plan);
    if (!started) {
        fail(started.error().message());
        return;
    }
    m_operation = *started;
    connect(new Interrupt(this), &Interrupt::asked, this,
            [this] { m_session.cancelOperation(m_operation); });
}

bool DeletionRun::agrees(const DeletionPlan &plan)
{
    QByteArray question = "This deletes " + countedKeys(plan.count()) + " (about "
        + QByteArray::number(plan.bytes) + " bytes) of " + m_session.description() + ":\n";
    for (const QByteArray &key : plan.sample)
        question += "  " + readableKey(key) + '\n';
    if (static_cast<qsizetype>(plan.sample.size()) < plan.count())
        question += "  ...\n";
    m_console.note(question + "There is no way back. Delete? [y/N] ");
    const QByteArray answer = m_console.readLine().value_or(QByteArray()).trimmed().toLower();
    return answer == "y" || answer == "yes";
}

void DeletionRun::follow(const OperationStatus &status)
{
    if (status.id != m_operation || status.isActive())
        return;
    report(m_plan, &status);
    const int end = m_console.finish();
    if (status.phase == OperationStatus::Phase::Done) {
        QCoreApplication::exit(end);
        return;
    }
    fail(status.error ? status.error->message() : QByteArray("The deletion was stopped."));
}

void DeletionRun::report(const DeletionPlan &plan, const OperationStatus *status)
{
    if (m_options.json)
        reportJson(plan, status);
    else
        reportText(plan, status);
}

void DeletionRun::reportJson(const DeletionPlan &plan, const OperationStatus *status)
{
    ValueList sample;
    for (const QByteArray &key : plan.sample) {
        ValueMap object;
        appendKey(object, key);
        sample.push_back(Value::map(std::move(object)));
    }
    ValueMap object;
    append(object, "dry_run", Value(m_options.dryRun));
    append(object, "keys", Value(static_cast<qint64>(plan.count())));
    append(object, "bytes", Value(plan.bytes));
    append(object, "sample", Value::list(std::move(sample)));
    append(object, "deleted", Value(status ? status->done : 0));
    append(object, "already_gone", Value(status ? status->alreadyGone : 0));
    append(object, "not_tried",
           Value(status ? status->notTried : static_cast<qint64>(plan.count())));
    append(object, "unknown", Value(status ? status->unknown : 0));
    m_console.writeLine(toJsonLine(std::move(object)));
}

void DeletionRun::reportText(const DeletionPlan &plan, const OperationStatus *status)
{
    if (!status) {
        m_console.writeLine((m_options.dryRun ? "Would delete " : "Nothing to delete: ")
                            + countedKeys(plan.count()) + " (about "
                            + QByteArray::number(plan.bytes) + " bytes).");
        for (const QByteArray &key : plan.sample)
            m_console.writeLine("  " + readableKey(key));
        if (static_cast<qsizetype>(plan.sample.size()) < plan.count())
            m_console.writeLine("  ...");
        return;
    }
    QByteArray text = "Deleted " + countedKeys(status->done);
    if (status->alreadyGone > 0)
        text += ", " + countedKeys(status->alreadyGone) + " already gone";
    if (status->notTried > 0)
        text += ", " + countedKeys(status->notTried) + " not tried";
    if (status->unknown > 0)
        text += ", " + countedKeys(status->unknown) + " unknown: the connection broke";
    m_console.writeLine(text + '.');
}

void DeletionRun::fail(const QByteArray &message)
{
    m_console.flush();
    m_console.error(message);
    QCoreApplication::exit(Failed);
}

} // namespace Cachelens
