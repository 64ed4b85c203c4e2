// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/simulatorpane.h"

#include "core/cached/functionlink.h"
#include "core/cached/keyarguments.h"
#include "core/value/keytext.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/key/displaykey.h"
#include "widgets/operations/deletedialog.h"
#include "widgets/simulator/signalform.h"

#include <QComboBox>
#include <QDockWidget>
#include <QMainWindow>

#include <algorithm>

namespace Cachelens {

namespace {

Rewarm rewarmOf(FunctionLink &functions, const RuleVerdict &verdict)
{
    ArgumentTexts arguments;
    QByteArrayList shown;
    for (const auto &[name, value] : verdict.arguments) {
        QByteArray text;
        appendKeyText(text, value);
        shown.push_back(name + ": " + text);
        arguments.emplace_back(name, std::move(text));
    }
    const auto run = [&functions, function = verdict.function, arguments] {
        return functions.call(function, arguments, CallMode::Refresh)
            .then(QtFuture::Launch::Sync, [](const Result<LinkedAnswer> &answer) {
                return answer.map([](const LinkedAnswer &a) { return a.metadata.stored; });
            });
    };
    return {.title = verdict.function + '(' + shown.join(", ") + ')',
            .key = [&functions, function = verdict.function,
                    arguments] { return functions.keyOf(function, arguments); },
            .run = run};
}

} // namespace

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

std::vector<Rewarm> SimulatorPane::rewarmsOf(const Simulation &simulation) const
{
    std::vector<Rewarm> rewarms;
    for (const SimulatedRule &rule : simulation.rules) {
        const RuleVerdict &verdict = rule.verdict;
        if (!verdict.runs() || verdict.problem || verdict.action != RuleVerdict::Action::Refresh
            || !m_view->rules()->canRun(verdict.function))
            continue;
        Rewarm rewarm = rewarmOf(*m_functions, verdict);
        // Several rules may want the same one.
        if (std::ranges::find(rewarms, rewarm.title, &Rewarm::title) == rewarms.end())
            rewarms.push_back(std::move(rewarm));
    }
    return rewarms;
}

void SimulatorPane::apply()
{
    const Simulation *simulation = m_view->simulator()->simulation();
    if (!m_session || !simulation)
        return;
    DeletionTarget target;
    for (const VersionedPrefix &prefix : simulation->prefixes()) {
        for (QByteArray &raw : rawPrefixes(*m_session->index(), prefix))
            target.prefixes.push_back(std::move(raw));
    }
    target.rewarms = rewarmsOf(*simulation);
    const bool searchesAll = simulation->clientChosen || m_view->simulator()->isComplete();
    if (target.prefixes.empty() && target.rewarms.empty()) {
        sayNothingIsThere(searchesAll);
        return;
    }
    const Signal &signal = simulation->signal;
    const QString what = signal.type == Signal::Type::Deleted
        ? tr("what \u201c%1 deleted\u201d invalidates")
        : signal.created ? tr("what \u201c%1 created\u201d invalidates")
                         : tr("what \u201c%1 saved\u201d invalidates");
    const QString title = what.arg(displayKey(signal.model));
    target.title
        = (searchesAll ? title : tr("%1, as far as the keys are known").arg(title)).toUtf8();

    auto *dialog = new DeleteDialog(m_session, std::move(target), m_window);
    if (!searchesAll)
        dialog->setNote(
            tr("There may be more of it: not all keys are known yet. %1").arg(howToKnowAll()));
    connect(dialog, &DeleteDialog::started, this, &SimulatorPane::started);
    const auto closeWhereThereIsNothing = [this, dialog, searchesAll, of = m_session] {
        const auto &plan = dialog->plan();
        if (of && of == m_session && plan && plan->count() == 0 && plan->target.rewarms.empty()) {
            dialog->reject();
            sayNothingIsThere(searchesAll);
        }
    };
    connect(dialog, &DeleteDialog::planned, this, closeWhereThereIsNothing);
    dialog->open();
}

void SimulatorPane::sayNothingIsThere(bool searchesAll)
{
    if (searchesAll)
        Q_EMIT message(tr("Nothing of it is in the cache: there is nothing to do."));
    else
        Q_EMIT message(tr("Nothing of it was found so far, but not all keys are known yet. %1")
                           .arg(howToKnowAll()));
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

} // namespace Cachelens
