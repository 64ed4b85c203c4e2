// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/connections/connection.h"
#include "app/connections/signalstore.h"
#include "core/cached/argumenttext.h"
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
    struct Refresh {
        QByteArray function;
        ArgumentTexts arguments;
    };
    /// A signal that is being applied.
    struct Applied {
        QByteArray title;
        std::vector<QByteArray> prefixes; ///< raw ones, whose keys are still to be found
        std::vector<QByteArray> keys; ///< that go
        std::vector<Refresh> refreshes; ///< after that
        bool searchesAll = true; ///< else there may be caches that are not known yet
    };

    void takeInstance();
    void apply();
    /// Finds what is under the next prefix; after the last one, shows all and asks.
    void findKeys(std::shared_ptr<Applied> applied);
    void ask(std::shared_ptr<Applied> applied);
    /// What to do when not all keys are known.
    [[nodiscard]] QString howToKnowAll() const;
    void refreshAfter(OperationId id, std::shared_ptr<const Applied> applied);
    void refresh(const Applied &applied);
    [[nodiscard]] std::vector<Refresh> refreshesOf(const Simulation &simulation) const;

    QMainWindow *m_window;
    EntryPanel *m_panel;
    SignalStore m_store;
    QPointer<Session> m_session;
    FunctionLink *m_functions = nullptr;
    BackendUrl m_url;
    QDockWidget *m_dock;
    SimulatorView *m_view;
    quint64 m_turn = 0; // what was asked of another cache, or before, is void
    bool m_finding = false;
};

} // namespace Cachelens
