// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/commandline/console.h"
#include "core/keyspace/session.h"

#include <QFutureWatcher>
#include <QObject>

namespace Cachelens {

struct DeletionRunOptions {
    bool dryRun = false; ///< shows what would go, and ends
    bool yes = false; ///< does not ask
    bool json = false; ///< one object on a line
};

/// One deletion on the command line, from its plan to its account. Ctrl+C stops it.
class DeletionRun final : public QObject {
    Q_OBJECT

public:
    /// Both must outlive it.
    DeletionRun(Session &session, DeletionRunOptions options, Console &console);

    /// Runs the event loop until it is done; what the program ends with.
    int run(DeletionTarget target);

private:
    void confirm();
    bool agrees(const DeletionPlan &plan);
    void follow(const OperationStatus &status);
    void report(const DeletionPlan &plan, const OperationStatus *status);
    void reportJson(const DeletionPlan &plan, const OperationStatus *status);
    void reportText(const DeletionPlan &plan, const OperationStatus *status);
    void fail(const QByteArray &message);

    Session &m_session;
    const DeletionRunOptions m_options;
    Console &m_console;
    QFutureWatcher<Result<DeletionPlan>> m_planned;
    DeletionPlan m_plan;
    OperationId m_operation = 0;
};

/// "1 key", "2 keys".
[[nodiscard]] QByteArray countedKeys(qint64 keys);
/// A key fit for people, see displayKey.
[[nodiscard]] QByteArray readableKey(const QByteArray &key);

} // namespace Cachelens
