// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/functionpanes.h"

#include "core/cached/functionlink.h"
#include "widgets/activity/activityview.h"
#include "widgets/charts/functionsview.h"
#include "widgets/entrypanel/entrypanel.h"

#include <QDockWidget>
#include <QMainWindow>

namespace Cachelens {

FunctionPanes::FunctionPanes(QMainWindow *window, EntryPanel *panel,
                             std::shared_ptr<const Clock> clock)
    : QObject(window), m_panel(panel), m_feed(new ActivityFeed(std::move(clock), this)),
      m_activity(new ActivityView(m_feed)), m_functions(new FunctionsView),
      m_activityDock(new QDockWidget(tr("Activity"), window)),
      m_functionsDock(new QDockWidget(tr("Functions"), window))
{
    m_activityDock->setObjectName(QStringLiteral("activity"));
    m_activityDock->setWidget(m_activity);
    m_functionsDock->setObjectName(QStringLiteral("functions"));
    m_functionsDock->setWidget(m_functions);
    connect(m_activity, &ActivityView::entryRequested, this, &FunctionPanes::entryRequested);
    connect(m_feed, &ActivityFeed::arrived, this, &FunctionPanes::tellPanel);
}

void FunctionPanes::setCache(Session *session, FunctionLink *functions)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    if (m_session && functions)
        connect(m_session, &Session::keysChanged, this, &FunctionPanes::tellOfKeys);
    m_panel->setCallsAreTold(functions != nullptr);
    if (!functions) {
        m_feed->setSource({});
        m_functions->setSource({});
        return;
    }
    m_feed->setSource([functions](std::shared_ptr<CacheObserver> observer) {
        return functions->observe(std::move(observer));
    });
    m_functions->setSource([functions] { return functions->counts(); });
}

bool FunctionPanes::isFilled() const
{
    constexpr int someEvents = 12;
    constexpr std::size_t someSpans = 6;
    if (!m_feed->hasSource())
        return true;
    // A dock behind another one's tab is visible, and not in sight.
    const auto inSight = [](const QWidget *pane) { return !pane->visibleRegion().isEmpty(); };
    return (!inSight(m_activity) || m_activity->model()->rowCount() >= someEvents)
        && (!inSight(m_functions) || m_functions->model()->spans() >= someSpans);
}

void FunctionPanes::tellPanel(const std::vector<ActivityEvent> &events)
{
    for (const ActivityEvent &event : events) {
        if (const auto *call = std::get_if<CallEvent>(&event.what))
            m_panel->noteCall(*call, event.at);
    }
}

void FunctionPanes::tellOfKeys(const std::vector<KeyChange> &changes)
{
    const KeyReader &reader = m_session->index()->reader();
    for (const KeyChange &change : changes) {
        const bool expired = change.cause == KeyChange::Cause::Expired;
        if (!expired && change.cause != KeyChange::Cause::Evicted)
            continue;
        const KeyReading reading = reader.read(change.key);
        if (reading.source == KeyReading::Source::Catalog)
            m_feed->note({reading.function,
                          change.key,
                          expired ? RemovalCause::Expired : RemovalCause::Evicted,
                          {1, true}});
    }
}

} // namespace Cachelens
