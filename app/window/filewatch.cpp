// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/filewatch.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QSet>
#include <QTimer>

namespace Cachelens {

namespace {

using namespace std::chrono_literals;

/// What tells a file from the one that was there before under its name.
struct Stamp {
    bool exists = false;
    qint64 size = 0;
    QDateTime written;
    QDateTime replaced; ///< or renamed, or its rights were changed
    bool operator==(const Stamp &) const = default;
};

Stamp stampOf(const QString &file)
{
    const QFileInfo info(file);
    if (!info.exists())
        return {};
    return {true, info.size(), info.lastModified(),
            info.fileTime(QFileDevice::FileMetadataChangeTime)};
}

/// Where it shows that a file which is not there has come.
QString nearestFolder(const QString &file)
{
    QString folder = QFileInfo(file).absolutePath();
    while (!QFileInfo::exists(folder) && folder != QDir::rootPath())
        folder = QFileInfo(folder).absolutePath();
    return folder;
}

} // namespace

class FileWatch::Watcher final : public QObject {
public:
    explicit Watcher(FileWatch *told) : m_told(told)
    {
        m_pause.setSingleShot(true);
        m_pause.setInterval(80ms); // an editor's write, rename and remove come together
        m_pause.callOnTimeout(this, &Watcher::look);
        connect(&m_disk, &QFileSystemWatcher::fileChanged, this, [this](const QString &file) {
            m_touched.insert(file);
            lookSoon();
        });
        connect(&m_disk, &QFileSystemWatcher::directoryChanged, this, &Watcher::lookSoon);
    }

    void watch(const QStringList &files)
    {
        m_files = files;
        m_stamps.clear();
        m_touched.clear();
        arm();
        for (const QString &file : files)
            m_stamps.insert(file, stampOf(file));
        Q_EMIT m_told->watching(files);
    }

private:
    void lookSoon()
    {
        if (!m_pause.isActive())
            m_pause.start();
    }

    void look()
    {
        arm();
        QStringList changed;
        for (const QString &file : std::as_const(m_files)) {
            Stamp now = stampOf(file);
            Stamp &before = m_stamps[file];
            if (m_touched.contains(file) || now != before)
                changed.append(file);
            before = std::move(now);
        }
        m_touched.clear();
        if (!changed.isEmpty())
            Q_EMIT m_told->changed(changed);
    }

    /// A file that was replaced is watched no longer: its name stands for another one.
    void arm()
    {
        QSet<QString> wanted;
        for (const QString &file : std::as_const(m_files)) {
            if (QFileInfo::exists(file))
                wanted.insert(file);
            wanted.insert(nearestFolder(file));
        }
        const QStringList watched = m_disk.files() + m_disk.directories();
        QStringList idle;
        for (const QString &path : watched) {
            if (!wanted.remove(path))
                idle.append(path);
        }
        if (!idle.isEmpty())
            m_disk.removePaths(idle);
        if (!wanted.isEmpty())
            m_disk.addPaths(wanted.values());
    }

    FileWatch *m_told;
    QFileSystemWatcher m_disk{this};
    QTimer m_pause{this};
    QStringList m_files;
    QHash<QString, Stamp> m_stamps;
    QSet<QString> m_touched; // told of themselves, since it was looked last
};

FileWatch::FileWatch(QObject *parent) : QObject(parent), m_watcher(new Watcher(this))
{
    m_watcher->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_watcher, &QObject::deleteLater);
    m_thread.setObjectName(QStringLiteral("files"));
    m_thread.start();
}

FileWatch::~FileWatch()
{
    m_thread.quit();
    m_thread.wait();
}

void FileWatch::setFiles(const QStringList &files)
{
    QMetaObject::invokeMethod(m_watcher, [watcher = m_watcher, files] { watcher->watch(files); });
}

} // namespace Cachelens
