// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/simulatorpane.h"

#include "core/cached/functionlink.h"
#include "core/cached/keyarguments.h"
#include "core/value/keytext.h"
#include "widgets/disposal.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/key/keytext.h"
#include "widgets/operations/deletedialog.h"
#include "widgets/simulator/signalform.h"
#include "widgets/style/format.h"
#include "widgets/whenready.h"

#include <QComboBox>
#include <QDockWidget>
#include <QMainWindow>

#include <algorithm>

namespace Cachelens {

SimulatorPane::SimulatorPane(QMainWindow *window, EntryPanel *panel, QSettings &settings)
    : QObject(window), m_window(window), m_panel(panel), m_store(settings),
      m_dock(new QDockWidget(tr("Signals and rules"), window)), m_view(new SimulatorView)
{
    m_dock->setObjectName(QStringLiteral("signals"));
    m_dock->setWidget(m_view);
    m_view->addActions(m_view->commands());
    connect(m_view, &SimulatorView::instanceRequested, this, &SimulatorPane::takeInstance);
    connect(m_view, &SimulatorView::applyRequested, this, &SimulatorPane::apply);
    connect(m_view, &SimulatorView::entryRequested, this, &SimulatorPane::entryRequested);
    connect(m_view, &SimulatorView::message, this, &SimulatorPane::message);
    connect(m_view, &SimulatorView::namedSignalsChanged, this,
            [this] { m_store.save(m_url, m_view->namedSignals()); });
    connect(panel, &EntryPanel::stateChanged, this, &SimulatorPane::update);
}

void SimulatorPane::setCache(Session *session, FunctionLink *functions,
                             const Connection &connection)
{
    ++m_turn;
    m_finding = false;
    m_session = session;
    m_functions = functions;
    m_url = connection.url;
    m_view->setCanRun(functions ? [functions](const QByteArray &id) { return functions->has(id); }
                                : RulesModel::CanRun());
    m_view->setPlace(connection.catalogs, session ? connection.url.description() : QByteArray());
    m_view->setSignals(session ? m_store.of(connection.url) : std::vector<NamedSignal>());
    m_view->setSession(session);
    update();
}

void SimulatorPane::update()
{
    QString whyNot;
    if (m_session && m_session->policy().readOnly)
        whyNot = tr("The connection is read-only");
    else if (m_finding)
        whyNot = tr("The keys are being found \u2026");
    m_view->setWhyNotApply(whyNot);
    m_view->setWhyNoInstance(m_panel->state() == EntryPanel::State::Shown
                                 ? QString()
                                 : tr("No entry is shown: choose one in the list"));
}

bool SimulatorPane::isFilled() const
{
    return m_view->visibleRegion().isEmpty() || m_view->simulator()->isSettled();
}

void SimulatorPane::takeInstance()
{
    if (!m_session || m_panel->key().isEmpty())
        return;
    const auto value = m_panel->value();
    const KeyReader &reader = m_session->index()->reader();
    const auto call = callOfKey(reader, m_panel->key());
    const CatalogFunction *function
        = m_session->catalog().find(reader.read(m_panel->key()).function);
    // A model that the entry's own function watches, if it watches any.
    const QByteArray chosen = bytesOfDisplayKey(m_view->form()->model()->currentText().trimmed());
    const std::vector<InvalidationRule> rules
        = function ? function->rules : std::vector<InvalidationRule>();
    const bool watched = std::ranges::find(rules, chosen, &InvalidationRule::model) != rules.end();
    const QByteArray model = watched || rules.empty() ? chosen : rules.front().model;
    if (model != chosen)
        m_view->form()->model()->setCurrentText(displayKey(model));

    SignalForm::Attributes known; // what the key says of the instance
    for (const InvalidationRule &rule : rules) {
        if (rule.model != model || !call)
            continue;
        for (const auto &[parameter, attribute] : rule.fieldMapping) {
            const auto argument
                = std::ranges::find(call->arguments, parameter, &ArgumentTexts::value_type::first);
            if (argument != call->arguments.end())
                known.emplace_back(attribute, displayKey(argument->second));
        }
    }
    m_view->form()->fill(value ? *value : Value(), known);
    Q_EMIT message(tr("The instance was taken from %1.").arg(displayKey(m_panel->key())));
}

std::vector<SimulatorPane::Refresh> SimulatorPane::refreshesOf(const Simulation &simulation) const
{
    std::vector<Refresh> refreshes;
    for (const SimulatedRule &rule : simulation.rules) {
        const RuleVerdict &verdict = rule.verdict;
        if (!verdict.runs() || verdict.problem || verdict.action != RuleVerdict::Action::Refresh
            || !m_view->rules()->canRun(verdict.function))
            continue;
        Refresh refresh{verdict.function, {}};
        for (const auto &[name, value] : verdict.arguments) {
            QByteArray text;
            appendKeyText(text, value);
            refresh.arguments.emplace_back(name, std::move(text));
        }
        refreshes.push_back(std::move(refresh));
    }
    return refreshes;
}

void SimulatorPane::apply()
{
    const Simulation *simulation = m_view->simulator()->simulation();
    if (!m_session || !simulation || m_finding)
        return;
    auto applied = std::make_shared<Applied>();
    for (const VersionedPrefix &prefix : simulation->prefixes()) {
        for (QByteArray &raw : rawPrefixes(*m_session->index(), prefix))
            applied->prefixes.push_back(std::move(raw));
    }
    applied->refreshes = refreshesOf(*simulation);
    applied->searchesAll = simulation->clientChosen || m_view->simulator()->isComplete();
    const Signal &signal = simulation->signal;
    const QString what = signal.type == Signal::Type::Deleted
        ? tr("what \u201c%1 deleted\u201d invalidates")
        : signal.created ? tr("what \u201c%1 created\u201d invalidates")
                         : tr("what \u201c%1 saved\u201d invalidates");
    const QString title = what.arg(displayKey(signal.model));
    applied->title
        = (applied->searchesAll ? title : tr("%1, as far as the keys are known").arg(title))
              .toUtf8();
    ++m_turn;
    m_finding = true;
    update();
    findKeys(std::move(applied));
}

void SimulatorPane::findKeys(std::shared_ptr<Applied> applied)
{
    if (applied->prefixes.empty()) {
        m_finding = false;
        update();
        ask(std::move(applied));
        return;
    }
    DeletionTarget target;
    target.title = applied->title;
    target.prefix = std::move(applied->prefixes.back());
    applied->prefixes.pop_back();
    whenReady(m_session->planDeletion(std::move(target)), this,
              [this, applied, turn = m_turn](const Result<DeletionPlan> &plan) {
                  if (turn != m_turn)
                      return;
                  if (!plan) {
                      m_finding = false;
                      update();
                      Q_EMIT message(QString::fromUtf8(plan.error().message()));
                      return;
                  }
                  applied->keys.insert(applied->keys.end(), plan->keys->begin(), plan->keys->end());
                  findKeys(applied);
              });
}

void SimulatorPane::ask(std::shared_ptr<Applied> applied)
{
    if (applied->keys.empty()) {
        if (!applied->refreshes.empty())
            refresh(*applied);
        else if (applied->searchesAll)
            Q_EMIT message(tr("Nothing of it is in the cache: there is nothing to do."));
        else
            Q_EMIT message(tr("Nothing of it was found so far, but not all keys are known yet. %1")
                               .arg(howToKnowAll()));
        return;
    }
    if (!applied->searchesAll)
        Q_EMIT message(
            tr("There may be more of it: not all keys are known yet. %1").arg(howToKnowAll()));
    DeletionTarget target;
    target.title = applied->title;
    target.keys = std::move(applied->keys);
    auto *dialog = new DeleteDialog(m_session, std::move(target), m_window);
    connect(dialog, &DeleteDialog::started, this, [this, applied](OperationId id) {
        Q_EMIT started(id);
        if (!applied->refreshes.empty())
            refreshAfter(id, applied);
    });
    dialog->open();
}

QString SimulatorPane::howToKnowAll() const
{
    using Phase = ScanProgress::Phase;
    switch (m_session->scanProgress().phase) {
    case Phase::Running:
        return tr("Let the scan end, then apply it again.");
    case Phase::Paused:
    case Phase::Failed:
        return tr("Go on with the scan, and apply it again at its end.");
    case Phase::Idle:
    case Phase::Canceled:
        return tr("Scan again, and apply it again at the end of the scan.");
    case Phase::Complete: // meanwhile
        break;
    }
    return tr("Apply it again.");
}

void SimulatorPane::refreshAfter(OperationId id, std::shared_ptr<const Applied> applied)
{
    using Phase = OperationStatus::Phase;
    const auto waiting = std::make_shared<QMetaObject::Connection>();
    const auto follow = [this, id, applied, waiting](const OperationStatus &status) {
        if (status.id != id || status.phase == Phase::Running)
            return;
        disconnect(*waiting);
        if (status.phase == Phase::Done)
            refresh(*applied);
        else
            Q_EMIT message(tr("The deletion did not get to its end: nothing was run anew."));
    };
    *waiting = connect(m_session, &Session::operationChanged, this, follow);
}

void SimulatorPane::refresh(const Applied &applied)
{
    for (const Refresh &one : applied.refreshes) {
        if (!m_functions)
            return;
        whenReady(m_functions->call(one.function, one.arguments, CallMode::Refresh), this,
                  [this, function = one.function](Result<LinkedAnswer> answer) {
                      if (answer)
                          Q_EMIT message(tr("%1 was run anew, in %2.")
                                             .arg(displayKey(function),
                                                  formatLatency(answer->metadata.duration)));
                      else
                          Q_EMIT message(QString::fromUtf8(answer.error().message()));
                      disposeOnWorker(std::move(answer));
                  });
    }
}

} // namespace Cachelens
