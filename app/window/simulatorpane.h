// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/connections/connection.h"
#include "app/window/signalstore.h"
#include "core/keyspace/session.h"

#include <QObject>
#include <QPointer>

class QDockWidget;
class QMainWindow;

namespace Cachelens {

class EntryPanel;
class FunctionLink;

/// The dock that shows what a signal would do, and what the window does with it: takes an instance
/// from the entry at hand, applies the signal, remembers signals.
class SimulatorPane final : public QObject {
    Q_OBJECT

public:
    /// `panel` and `settings` must outlive it.
    SimulatorPane(QMainWindow *window, EntryPanel *panel, QSettings &settings);

    /// Null: none. Both must be set to null (or others) before they are destroyed.
    void setCache(Session *session, FunctionLink *functions, const Connection &connection);
    /// What may be done, or the entry at hand, has changed.
    void update();

    [[nodiscard]] QDockWidget *dock() const { return m_dock; }
    [[nodiscard]] SimulatorView *view() const { return m_view; }
    /// What is in sight is there.
    [[nodiscard]] bool isFilled() const;

Q_SIGNALS:
    void started(Cachelens::OperationId id);
    void entryRequested(const QByteArray &key);
    void message(const QString &text);

private:
    void takeInstance();
    void apply();
    void sayNothingIsThere(bool searchesAll);
    /// What to do when not all keys are known.
    [[nodiscard]] QString howToKnowAll() const;
    [[nodiscard]] std::vector<Rewarm> rewarmsOf(const Simulation &simulation) const;

    QMainWindow *m_window;
    EntryPanel *m_panel;
    SignalStore m_store;
    QPointer<Session> m_session;
    FunctionLink *m_functions = nullptr;
    BackendUrl m_url;
    QDockWidget *m_dock;
    SimulatorView *m_view;
};

} // namespace Cachelens
