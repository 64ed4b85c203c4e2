// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/playgroundpane.h"

#include "widgets/entrypanel/entrypanel.h"
#include "widgets/playground/entrylookup.h"
#include "widgets/playground/keyplayground.h"

#include <QAction>
#include <QDockWidget>
#include <QMainWindow>

namespace Cachelens {

PlaygroundPane::PlaygroundPane(QMainWindow *window, EntryPanel *panel)
    : QObject(window), m_window(window), m_playground(new KeyPlayground),
      m_dock(new QDockWidget(tr("Key playground"), window))
{
    m_dock->setObjectName(QStringLiteral("playground"));
    m_dock->setWidget(m_playground);
    for (QAction *action : m_playground->actions())
        action->setShortcutContext(Qt::WindowShortcut);
    connect(panel, &EntryPanel::playgroundRequested, this, &PlaygroundPane::open);
    connect(panel, &EntryPanel::stateChanged, m_playground,
            [this, panel] { m_playground->setEntryAtHand(panel->key()); });
    connect(m_playground, &KeyPlayground::entryRequested, this, &PlaygroundPane::entryRequested);
    connect(m_playground, &KeyPlayground::message, this, &PlaygroundPane::message);
    connect(m_dock, &QDockWidget::visibilityChanged, this, &PlaygroundPane::takeRoom,
            Qt::QueuedConnection); // once it is laid out
    // Compared is what is then in sight.
    connect(m_playground, &KeyPlayground::compared, m_dock, [this] {
        m_dock->show();
        m_dock->raise();
    });
}

void PlaygroundPane::setSession(Session *session)
{
    m_playground->setSession(session);
}

void PlaygroundPane::takeRoom()
{
    if (m_hasRoom || !isInSight() || m_dock->isFloating())
        return;
    m_hasRoom = true;
    constexpr int lines = 20;
    const int wanted = m_playground->fontMetrics().lineSpacing() * lines;
    if (m_dock->height() < wanted && wanted * 5 < m_window->height() * 2)
        m_window->resizeDocks({m_dock}, {wanted}, Qt::Vertical);
}

bool PlaygroundPane::isInSight() const
{
    return !m_playground->visibleRegion().isEmpty(); // behind another one's tab it is visible
}

bool PlaygroundPane::isFilled() const
{
    return !isInSight() || m_playground->lookup()->state() != EntryLookup::State::Asking;
}

void PlaygroundPane::open(const QByteArray &key)
{
    m_dock->show();
    m_dock->raise();
    m_playground->openKey(key);
    m_playground->setFocus(Qt::OtherFocusReason);
}

} // namespace Cachelens
