// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/session.h"
#include "widgets/activity/activityfeed.h"

#include <QObject>
#include <QPointer>

#include <memory>

class QDockWidget;
class QMainWindow;

namespace Cachelens {

class ActivityView;
class EntryPanel;
class FunctionLink;
class FunctionsView;

/// The docks that show what the functions of a cache do, and what the entry panel is told of it.
class FunctionPanes final : public QObject {
    Q_OBJECT

public:
    /// `panel` must outlive it.
    FunctionPanes(QMainWindow *window, EntryPanel *panel, std::shared_ptr<const Clock> clock);

    /// Null: none. Both must be set to null (or others) before they are destroyed.
    void setCache(Session *session, FunctionLink *functions);

    /// What is in sight has been filled with some of what happens, where anything does.
    [[nodiscard]] bool isFilled() const;
    [[nodiscard]] QDockWidget *activityDock() const { return m_activityDock; }
    [[nodiscard]] QDockWidget *functionsDock() const { return m_functionsDock; }
    [[nodiscard]] ActivityView *activity() const { return m_activity; }
    [[nodiscard]] FunctionsView *functions() const { return m_functions; }

Q_SIGNALS:
    void entryRequested(const QByteArray &key);

private:
    void tellPanel(const std::vector<ActivityEvent> &events);
    /// What a backend tells of that no function does.
    void tellOfKeys(const std::vector<KeyChange> &changes);

    EntryPanel *m_panel;
    QPointer<Session> m_session;
    ActivityFeed *m_feed;
    ActivityView *m_activity;
    FunctionsView *m_functions;
    QDockWidget *m_activityDock;
    QDockWidget *m_functionsDock;
};

} // namespace Cachelens
