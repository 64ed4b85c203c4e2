// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/payload/entrywriter.h"
#include "tests/core/keyspace/sessionworld.h"
#include "widgets/entrytable/entrytable.h"
#include "widgets/entrytable/entrytablemodel.h"

#include <QAbstractItemModelTester>
#include <QTableView>

namespace Cachelens::Testing {

inline constexpr auto modelTestsAreFatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

/// An entry as a service would have written it, now, with a minute to live.
inline void store(const SessionWorld &world, const QByteArray &key,
                  std::chrono::milliseconds ttl = std::chrono::minutes(1),
                  CacheStatus status = CacheStatus::Miss)
{
    const auto bytes = encodeEntry(
        Value::string("result"),
        {.cachedAt = world.clock->now(), .resetAt = world.clock->now() + ttl, .writtenBy = status});
    if (!bytes)
        qFatal("%s", bytes.error().message().constData());
    world.set(key, *bytes, ttl);
}

inline QString cell(const EntryTableModel &model, int row, const QString &title)
{
    for (int column = 0; column < model.columnCount(); ++column) {
        if (model.headerData(column, Qt::Horizontal).toString() == title)
            return model.index(row, column).data().toString();
    }
    return QStringLiteral("no such column");
}

inline QStringList titles(const EntryTableModel &model)
{
    QStringList list;
    for (int column = 0; column < model.columnCount(); ++column)
        list.push_back(model.headerData(column, Qt::Horizontal).toString());
    return list;
}

inline int columnOf(const EntryTableModel &model, const QString &title)
{
    return static_cast<int>(titles(model).indexOf(title));
}

inline bool settles(const EntryTableModel &model)
{
    return QTest::qWaitFor([&] { return model.search().isSettled(); }, 20'000);
}

inline NodeId nodeOf(const SessionWorld &world, const QByteArray &key)
{
    const auto id = world.session->index()->find(key);
    return id ? world.session->index()->nodeOf(*id) : KeyIndex::root;
}

inline KeyQuery textQuery(const QByteArray &text)
{
    KeyQuery query;
    query.pattern = text;
    return query;
}

/// A table on a session, as in a window.
struct TableWorld : SessionWorld {
    explicit TableWorld(const SessionOptions &options = {}, const Limit &limit = silent)
        : SessionWorld(options, limit)
    {
        table.resize(900, 400);
        table.show();
        table.activateWindow();
        table.setSession(session.get());
    }

    [[nodiscard]] EntryTableModel &model() const
    {
        return *qobject_cast<EntryTableModel *>(table.view()->model());
    }
    [[nodiscard]] bool shows(int rows) const
    {
        return QTest::qWaitFor(
            [&] { return model().rowCount() == rows && model().search().isSettled(); }, 20'000);
    }
    [[nodiscard]] QByteArrayList keys() const
    {
        QByteArrayList list;
        for (int row = 0; row < model().rowCount(); ++row)
            list.push_back(model().keyAt(row));
        return list;
    }

    EntryTable table;
};

} // namespace Cachelens::Testing
