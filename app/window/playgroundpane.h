// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/session.h"

#include <QObject>

class QDockWidget;
class QMainWindow;

namespace Cachelens {

class EntryPanel;
class KeyPlayground;

/// The dock of the key playground, and what leads from an entry to it and back.
class PlaygroundPane final : public QObject {
    Q_OBJECT

public:
    /// `panel` must outlive it.
    PlaygroundPane(QMainWindow *window, EntryPanel *panel);

    /// Null: none. The session must be set to null (or another) before it is destroyed.
    void setSession(Session *session);
    [[nodiscard]] bool isInSight() const;
    /// Whether it has been told what it asked of the cache.
    [[nodiscard]] bool isFilled() const;
    /// Brings the dock to the front, on this key.
    void open(const QByteArray &key);
    [[nodiscard]] QDockWidget *dock() const { return m_dock; }
    [[nodiscard]] KeyPlayground *playground() const { return m_playground; }

Q_SIGNALS:
    void entryRequested(const QByteArray &key);
    void message(const QString &text);

private:
    /// Once, where the window can spare it: the dock shares the height of others that need less.
    void takeRoom();

    QMainWindow *m_window;
    bool m_hasRoom = false;
    KeyPlayground *m_playground;
    QDockWidget *m_dock;
};

} // namespace Cachelens
