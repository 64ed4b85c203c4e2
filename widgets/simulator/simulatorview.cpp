// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/simulatorview.h"

#include "widgets/key/displaykey.h"
#include "widgets/simulator/affectedmodel.h"
#include "widgets/simulator/signalcode.h"
#include "widgets/simulator/signalform.h"
#include "widgets/style/format.h"
#include "widgets/style/paneheader.h"
#include "widgets/style/whynot.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QInputDialog>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QTabWidget>
#include <QTreeView>

#include <algorithm>

namespace Cachelens {

SimulatorView::SimulatorView(QWidget *parent)
    : QWidget(parent), m_simulator(new Simulator(this)), m_rules(new RulesModel(m_simulator, this)),
      m_affected(new AffectedModel(m_simulator, this))
{
    build();
    connectAll();
    setSignals({});
    setWhyNoInstance(tr("No entry is chosen"));
    updateAll();
}

void SimulatorView::connectAll()
{
    connect(m_form, &SignalForm::draftChanged, this, [this] {
        m_simulator->setDraft(m_form->draft());
        updateApply();
    });
    connect(m_simulator, &Simulator::catalogChanged, this, [this] {
        m_form->setCatalog(m_simulator->catalog());
        m_coverage.clear();
        showCoverage({});
        countCoverage();
    });
    connect(m_simulator, &Simulator::coverageCounted, this, &SimulatorView::showCoverage);
    connect(m_tabs, &QTabWidget::currentChanged, this, &SimulatorView::countCoverage);
    connect(m_coverageList, &QListWidget::itemActivated, this, [this](const QListWidgetItem *item) {
        if (const QByteArray key = item->data(Qt::UserRole).toByteArray(); !key.isEmpty())
            Q_EMIT entryRequested(key);
    });
    connect(m_simulator, &Simulator::simulated, this, [this] {
        updateAll();
        countCoverage();
    });
    connect(m_simulator, &Simulator::weighed, this, &SimulatorView::updateAll);
    connect(m_affected, &QAbstractItemModel::modelReset, this, &SimulatorView::expandFew);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) {
                const SimulatedRule *rule = m_rules->ruleAt(current.row());
                const QModelIndex shown
                    = rule ? m_affected->ofRule(rule->verdict.rule) : QModelIndex();
                if (shown.isValid()) {
                    m_tree->setCurrentIndex(shown);
                    m_tree->scrollTo(shown, QAbstractItemView::PositionAtTop);
                }
            });
    connect(m_tree, &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (const QByteArray key = m_affected->keyAt(index); !key.isEmpty())
            Q_EMIT entryRequested(key);
    });
    connect(m_clients, &QComboBox::activated, this, [this](int row) {
        const QVariant client = m_clients->itemData(row);
        if (client.isValid())
            m_simulator->setChoice({.all = false, .client = client.toByteArray()});
        else
            m_simulator->setChoice({.all = true, .client = {}});
    });
    connect(m_saved, &QComboBox::activated, this, &SimulatorView::replay);
    connect(m_apply, &QAction::triggered, this, &SimulatorView::applyRequested);
    connect(m_take, &QAction::triggered, this, &SimulatorView::instanceRequested);
    connect(m_save, &QAction::triggered, this, &SimulatorView::saveSignal);
    connect(m_remove, &QAction::triggered, this, &SimulatorView::removeSignal);
    connect(m_copyLine, &QAction::triggered, this, [this] {
        const Simulation *simulation = m_simulator->simulation();
        copy(simulateLine(m_form->draft()->signal(), m_catalogs, m_url,
                          simulation ? simulation->client.value_or(QByteArray()) : QByteArray()),
             tr("The command line"));
    });
    connect(m_copyCpp, &QAction::triggered, this,
            [this] { copy(cppCode(m_form->draft()->signal()), tr("The C++ code")); });
    connect(m_copyPython, &QAction::triggered, this,
            [this] { copy(pythonCode(m_form->draft()->signal()), tr("The Python code")); });
}

void SimulatorView::setSession(Session *session)
{
    m_open = session != nullptr;
    m_simulator->setSession(session);
    updateApply();
}

void SimulatorView::setCanRun(RulesModel::CanRun canRun)
{
    m_rules->setCanRun(std::move(canRun));
}

void SimulatorView::setPlace(const QStringList &catalogs, const QByteArray &url)
{
    m_catalogs = catalogs;
    m_url = url;
}

void SimulatorView::setWhyNotApply(const QString &whyNot)
{
    m_whyNotApply = whyNot;
    updateApply();
}

void SimulatorView::setWhyNoInstance(const QString &whyNot)
{
    setWhyNot(m_take, whyNot);
}

QList<QAction *> SimulatorView::commands() const
{
    return {m_apply, m_take, m_save, m_remove, m_copyLine, m_copyCpp, m_copyPython};
}

QString SimulatorView::summary() const
{
    return m_summary->text();
}

void SimulatorView::updateAll()
{
    const Simulation *simulation = m_simulator->simulation();
    updateClients();
    updateEmpty();
    updateApply();
    if (!simulation) {
        m_summary->setText({});
        return;
    }
    const auto rules = std::ssize(simulation->rules);
    const qsizetype running = simulation->running();
    QString text = rules == 0
        ? QString()
        : tr("%1 of %2 rules run").arg(formatCount(running), formatCount(rules));
    if (running > 0)
        text = tr("%1: %2", "2 of 3 rules run: 14 keys go")
                   .arg(text,
                        counted(simulation->keys, tr("1 key goes"), tr("%1 keys go"),
                                !m_simulator->isComplete()));
    const auto refreshed = std::ranges::count_if(simulation->rules, [this](const auto &rule) {
        return rule.verdict.runs() && rule.verdict.action == RuleVerdict::Action::Refresh
            && m_rules->canRun(rule.verdict.function);
    });
    if (refreshed > 0)
        text = tr("%1, %2", "2 of 3 rules run: 14 keys go, 1 call is run anew")
                   .arg(text,
                        counted(refreshed, tr("1 call is run anew"), tr("%1 calls are run anew")));
    m_summary->setText(text);
}

void SimulatorView::updateEmpty()
{
    const Simulation *simulation = m_simulator->simulation();
    QString text;
    if (!m_open)
        text = tr("Open a connection, or the demo, to see what a signal would do.");
    else if (modelsOf(*m_simulator->catalog()).empty())
        text = tr("No catalog tells of rules. Load one that does (Cache, Catalogs), or open the "
                  "demo.");
    else if (!m_form->draft())
        text = tr("What is being typed is no signal yet.");
    else if (simulation && simulation->rules.empty())
        text = m_form->draft()->model.isEmpty()
            ? tr("Choose the model that was saved or deleted.")
            : tr("No rule watches %1: nothing would go.").arg(displayKey(m_form->draft()->model));
    m_noRules->setText(text);
    m_rulePages->setCurrentIndex(text.isEmpty() ? 0 : 1);
    const bool keys = m_affected->rowCount() > 0;
    m_keyPages->setCurrentIndex(keys ? 0 : 1);
    if (!simulation || simulation->running() == 0)
        m_noKeys->setText(tr("No key would go."));
    else if (m_simulator->isComplete())
        m_noKeys->setText(tr("The rules that run find nothing in the cache."));
    else
        m_noKeys->setText(
            tr("The rules that run find nothing among the keys that are known so far. "
               "Let the scan end to know all."));
}

/// Caches share a Redis by a prefix of their own: a service removes from its own one only.
void SimulatorView::updateClients()
{
    const Simulation *simulation = m_simulator->simulation();
    const std::vector<QByteArray> clients
        = simulation ? simulation->clients : std::vector<QByteArray>();
    m_clients->setVisible(clients.size() > 1);
    m_clientLabel->setVisible(clients.size() > 1);
    QList<QVariant> listed;
    for (int row = 0; row < m_clients->count() - 1; ++row)
        listed.append(m_clients->itemData(row));
    if (m_clients->count() == 0 || listed != QList<QVariant>(clients.begin(), clients.end())) {
        m_clients->clear();
        for (const QByteArray &client : clients)
            m_clients->addItem(client.isEmpty() ? tr("without a prefix") : displayKey(client),
                               client);
        m_clients->addItem(tr("all"));
    }
    m_clients->setCurrentIndex(simulation && simulation->client
                                   ? m_clients->findData(*simulation->client)
                                   : m_clients->count() - 1);
}

/// While somebody looks at it: it goes over all keys.
void SimulatorView::countCoverage()
{
    if (m_tabs->currentWidget() == m_coverageList && isVisible())
        m_simulator->countCoverage();
}

void SimulatorView::showCoverage(const std::vector<CoverageLine> &lines)
{
    if (!lines.empty() && lines == m_coverage)
        return; // what is selected stays
    m_coverage = lines;
    const int row = m_coverageList->currentRow();
    m_coverageList->clear();
    const auto add = [this](const QString &text, const QByteArray &key) {
        auto *item = new QListWidgetItem(text, m_coverageList);
        item->setToolTip(text.toHtmlEscaped());
        item->setData(Qt::UserRole, key);
    };
    for (const CatalogRules::Mistake &mistake : m_simulator->rules().mistakes)
        add(QStringLiteral("%1: %2").arg(displayKey(mistake.function),
                                         QString::fromUtf8(mistake.text)),
            {});
    for (const CoverageLine &line : lines)
        add(line.text, line.key);
    m_coverageList->setCurrentRow(std::min(row, m_coverageList->count() - 1));
}

void SimulatorView::updateApply()
{
    const Simulation *simulation = m_simulator->simulation();
    const auto draft = m_form->draft();
    QString whyNot = m_whyNotApply;
    if (!m_open)
        whyNot = tr("Nothing is open");
    else if (!draft || !simulation)
        whyNot = tr("There is no signal");
    else if (simulation->prefixes().empty())
        whyNot = tr("No rule that runs removes anything");
    setWhyNot(m_apply, whyNot);
    m_applyButton->setEnabled(m_apply->isEnabled());
    m_applyButton->setToolTip(m_apply->toolTip());
    const bool isSignal = draft && !draft->model.isEmpty();
    for (QAction *copying : {m_copyLine, m_copyCpp, m_copyPython, m_save})
        setWhyNot(copying, isSignal ? QString() : tr("The signal has no model"));
}

void SimulatorView::expandFew()
{
    constexpr int fewRules = 12;
    constexpr int fewKeys = 40;
    if (m_affected->rowCount() > fewRules)
        return;
    for (int row = 0; row < m_affected->rowCount(); ++row) {
        const QModelIndex rule = m_affected->index(row, 0);
        m_tree->expand(rule);
        if (m_affected->rowCount(rule) != 1)
            continue;
        const QModelIndex partition = m_affected->index(0, 0, rule);
        if (m_affected->rowCount(partition) <= fewKeys)
            m_tree->expand(partition);
    }
}

void SimulatorView::copy(const QString &text, const QString &what)
{
    QGuiApplication::clipboard()->setText(text);
    Q_EMIT message(tr("%1 was copied.").arg(what));
}

void SimulatorView::setSignals(const std::vector<NamedSignal> &named)
{
    m_named = named;
    m_saved->clear();
    for (const NamedSignal &signal : named)
        m_saved->addItem(signal.name);
    m_saved->setCurrentIndex(-1);
    m_saved->setPlaceholderText(named.empty() ? tr("none yet") : tr("choose one"));
    m_saved->setEnabled(!named.empty());
    setWhyNot(m_remove, tr("No saved signal is chosen"));
}

void SimulatorView::replay(int row)
{
    m_form->setDraft(m_named.at(static_cast<size_t>(row)).draft);
    setWhyNot(m_remove, {});
}

void SimulatorView::saveSignal()
{
    const auto draft = m_form->draft();
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save signal"));
    dialog->setLabelText(tr("Name of the signal:"));
    dialog->setTextValue(m_saved->currentIndex() >= 0
                             ? m_saved->currentText()
                             : tr("%1 %2", "auth.User saved")
                                   .arg(displayKey(draft->model), m_form->event()->currentText()));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, draft](const QString &text) {
        const QString name = text.trimmed();
        if (name.isEmpty())
            return;
        std::vector<NamedSignal> named = m_named;
        auto known = std::ranges::find(named, name, &NamedSignal::name);
        if (known == named.end())
            known = named.insert(known, {name, *draft});
        known->draft = *draft;
        std::ranges::sort(named, {}, &NamedSignal::name);
        setSignals(named);
        m_saved->setCurrentIndex(m_saved->findText(name));
        setWhyNot(m_remove, {});
        Q_EMIT namedSignalsChanged();
    });
    dialog->open();
}

void SimulatorView::removeSignal()
{
    std::vector<NamedSignal> named = m_named;
    std::erase_if(named, [this](const NamedSignal &s) { return s.name == m_saved->currentText(); });
    setSignals(named);
    Q_EMIT namedSignalsChanged();
}

} // namespace Cachelens
