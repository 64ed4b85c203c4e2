// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/window/windowworld.h"

#include "app/window/banner.h"
#include "app/window/statusline.h"
#include "core/payload/entrywriter.h"
#include "widgets/entrytable/entrytable.h"
#include "widgets/entrytable/filterbar.h"
#include "widgets/keytree/keytree.h"

#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTest>
#include <QTreeView>

namespace Cachelens::Testing {

WindowWorld::WindowWorld(RedisServer::Options options)
    : server(std::move(options)),
      settings(std::make_unique<QSettings>(folder.filePath(QStringLiteral("settings.ini")),
                                           QSettings::IniFormat))
{
}

QByteArray WindowWorld::keyOf(const QByteArray &nameSpace, int partition, int entry)
{
    return ":1:" + nameSpace + "::app.services.get_" + nameSpace
        + "::id:" + QByteArray::number(partition) + "::page:" + QByteArray::number(entry);
}

void WindowWorld::fill(const QByteArray &nameSpace, int partitions, int entries)
{
    const WallTime now = SystemClock().now();
    const auto entry
        = encodeEntry(Value::string("of " + nameSpace), {now, now + std::chrono::hours(1)});
    std::vector<RespCommand> commands;
    for (int partition = 0; partition < partitions; ++partition) {
        for (int i = 0; i < entries; ++i)
            commands.push_back({"SET", keyOf(nameSpace, partition, i), *entry, "EX", "3600"});
    }
    (void)server.pipeline(commands);
}

Connection WindowWorld::connection() const
{
    return Connection::to(*BackendUrl::parse(server.url()));
}

void WindowWorld::open(Connection connection)
{
    window = std::make_unique<MainWindow>(*settings, std::make_shared<SystemClock>());
    window->resize(1200, 800);
    window->show();
    window->openConnection(std::move(connection));
}

bool WindowWorld::activate() const
{
    window->activateWindow();
    return QTest::qWaitForWindowActive(window.get());
}

void WindowWorld::closeWindow()
{
    window->close();
    window.reset();
}

qint64 WindowWorld::size() const
{
    return server.command({"DBSIZE"}).integer;
}

QByteArray WindowWorld::dump(const QByteArray &key) const
{
    return server.command({"DUMP", key}).bytes;
}

qint64 WindowWorld::ttl(const QByteArray &key) const
{
    return server.command({"PTTL", key}).integer;
}

QString WindowWorld::counts() const
{
    return window->findChild<StatusLine *>()->countsText();
}

bool WindowWorld::hasWholeKeyspace(qint64 keys) const
{
    return counts().contains(QLocale().toString(keys))
        && counts().contains(QStringLiteral("whole keyspace"));
}

OperationStatus WindowWorld::lastOperation() const
{
    const auto operations = window->session()->operations();
    return operations.empty() ? OperationStatus() : operations.back();
}

QString WindowWorld::banner() const
{
    const auto *banner = window->findChild<Banner *>();
    return banner->isVisible() ? banner->text() : QString();
}

QAbstractItemModel *WindowWorld::rows() const
{
    return window->entries()->view()->model();
}

QLineEdit *WindowWorld::filter() const
{
    return window->findChild<FilterBar *>()->findChild<QLineEdit *>();
}

bool WindowWorld::selectNode(const QStringList &path)
{
    QTreeView *view = window->findChild<KeyTree *>()->view();
    QModelIndex at;
    for (const QString &label : path) {
        const QAbstractItemModel *model = view->model();
        QModelIndex found;
        const bool there = QTest::qWaitFor([&] {
            view->expand(at);
            for (int row = 0; row < model->rowCount(at) && !found.isValid(); ++row) {
                const QModelIndex index = model->index(row, 0, at);
                if (index.data().toString().startsWith(label))
                    found = index;
            }
            return found.isValid();
        });
        if (!there)
            return false;
        at = found;
    }
    view->setCurrentIndex(at);
    view->setFocus();
    return true;
}

QPushButton *WindowWorld::button(const QWidget &within, const char *beginning)
{
    for (QPushButton *found : within.findChildren<QPushButton *>()) {
        if (found->isVisible()
            && found->text().remove(u'&').startsWith(QString::fromUtf8(beginning)))
            return found;
    }
    return nullptr;
}

QByteArray WindowWorld::settingsFile() const
{
    settings->sync();
    QFile file(settings->fileName());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace Cachelens::Testing
