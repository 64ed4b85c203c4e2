// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/mainwindow.h"
#include "tests/support/redisserver.h"

#include <QSettings>
#include <QTemporaryDir>

#include <memory>

class QAbstractItemModel;
class QLineEdit;
class QPushButton;

namespace Cachelens::Testing {

/// The real window on a real Redis of its own, with settings of its own.
class WindowWorld {
public:
    explicit WindowWorld(RedisServer::Options options = {});

    /// `name`: users or reports, so many partitions with so many entries each, as pickles.
    void fill(const QByteArray &nameSpace, int partitions, int entries);
    [[nodiscard]] static QByteArray keyOf(const QByteArray &nameSpace, int partition, int entry);

    /// Opens the window on the server and waits until it has the whole keyspace.
    void open(Connection connection);
    void open() { open(connection()); }
    void closeWindow();
    /// Waits until keys go to the window itself.
    [[nodiscard]] bool activate() const;
    [[nodiscard]] Connection connection() const;

    [[nodiscard]] qint64 size() const; ///< keys that the server has
    [[nodiscard]] QByteArray dump(const QByteArray &key) const;
    [[nodiscard]] qint64 ttl(const QByteArray &key) const;

    [[nodiscard]] QString counts() const;
    /// Whether the counts are said to be those of the whole keyspace, and it has so many.
    [[nodiscard]] bool hasWholeKeyspace(qint64 keys) const;
    [[nodiscard]] OperationStatus lastOperation() const;
    [[nodiscard]] QString banner() const; ///< empty when it is hidden
    [[nodiscard]] QAbstractItemModel *rows() const;
    [[nodiscard]] QLineEdit *filter() const;
    /// Makes the node with these labels the tree's current one, from the first level down.
    [[nodiscard]] bool selectNode(const QStringList &path);
    /// The button in sight whose text begins like this.
    [[nodiscard]] static QPushButton *button(const QWidget &within, const char *beginning);
    [[nodiscard]] QByteArray settingsFile() const;

    RedisServer server;
    QTemporaryDir folder;
    std::unique_ptr<QSettings> settings;
    std::unique_ptr<MainWindow> window;
};

} // namespace Cachelens::Testing
