// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <QThread>

namespace Cachelens {

/// Tells when files change: are written, replaced by others (as editors save), removed, or there
/// again. The disk is touched on a thread of its own.
class FileWatch final : public QObject {
    Q_OBJECT

public:
    explicit FileWatch(QObject *parent = nullptr);
    ~FileWatch() override;

    /// Instead of those before. A file, and its folder, need not be there.
    void setFiles(const QStringList &files);

Q_SIGNALS:
    /// Soon after the last of some changes that came together.
    void changed(const QStringList &files);
    /// What happens to the files from now on is told.
    void watching(const QStringList &files);

private:
    class Watcher;

    QThread m_thread;
    Watcher *m_watcher; ///< lives on the thread, which deletes it
};

} // namespace Cachelens
