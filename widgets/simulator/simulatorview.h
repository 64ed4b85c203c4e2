// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/simulator/rulesmodel.h"
#include "widgets/simulator/simulator.h"

#include <QWidget>

class QAction;
class QComboBox;
class QLabel;
class QListWidget;
class QPushButton;
class QStackedWidget;
class QTableView;
class QTabWidget;
class QToolButton;
class QTreeView;

namespace Cachelens {

class AffectedModel;
class SignalForm;

/// A signal that was given a name.
struct NamedSignal {
    QString name;
    SignalDraft draft;
    bool operator==(const NamedSignal &) const = default;
};

/// What a signal would do to the cache, before it is sent: the signal, the rules that run and those
/// that do not, the keys that would go. It changes nothing itself.
class SimulatorView final : public QWidget {
    Q_OBJECT

public:
    explicit SimulatorView(QWidget *parent = nullptr);

    /// Null: none. The session must be set to null (or another) before it is destroyed.
    void setSession(Session *session);
    /// Which functions can be run from here: a rewarm of others is a delete.
    void setCanRun(RulesModel::CanRun canRun);
    /// What a copied command line names: files, and the URL without its password.
    void setPlace(const QStringList &catalogs, const QByteArray &url);
    /// Why what is shown cannot be applied, for a person; empty: it can.
    void setWhyNotApply(const QString &whyNot);
    /// Why there is no entry to take an instance from; empty: there is one.
    void setWhyNoInstance(const QString &whyNot);
    void setSignals(const std::vector<NamedSignal> &named);
    [[nodiscard]] const std::vector<NamedSignal> &namedSignals() const { return m_named; }

    [[nodiscard]] SignalForm *form() const { return m_form; }
    [[nodiscard]] const Simulator *simulator() const { return m_simulator; }
    [[nodiscard]] RulesModel *rules() const { return m_rules; }
    [[nodiscard]] QTreeView *keyTree() const { return m_tree; }
    /// Apply, take the instance, save, remove, copy: for the command palette too.
    [[nodiscard]] QList<QAction *> commands() const;
    [[nodiscard]] QAction *applyAction() const { return m_apply; }
    [[nodiscard]] QString summary() const;

Q_SIGNALS:
    void applyRequested();
    /// The form wants the entry that is shown elsewhere.
    void instanceRequested();
    void entryRequested(const QByteArray &key);
    /// A person has saved or removed a signal.
    void namedSignalsChanged();
    void message(const QString &text);

private:
    void build();
    [[nodiscard]] QWidget *buildBar();
    [[nodiscard]] QWidget *buildRules();
    [[nodiscard]] QWidget *buildConsequences();
    QAction *addCommand(const QString &text, const QString &tip);
    void connectAll();
    void updateAll();
    void updateEmpty();
    void countCoverage();
    void showCoverage(const std::vector<CoverageLine> &lines);
    void updateClients();
    void updateApply();
    void expandFew();
    void copy(const QString &text, const QString &what);
    void saveSignal();
    void removeSignal();
    void replay(int row);

    Simulator *m_simulator;
    RulesModel *m_rules;
    AffectedModel *m_affected;
    std::vector<NamedSignal> m_named;
    QStringList m_catalogs;
    QByteArray m_url;
    QString m_whyNotApply;
    bool m_open = false;
    std::vector<CoverageLine> m_coverage;

    QAction *m_apply = nullptr;
    QAction *m_take = nullptr;
    QAction *m_save = nullptr;
    QAction *m_remove = nullptr;
    QAction *m_copyLine = nullptr;
    QAction *m_copyCpp = nullptr;
    QAction *m_copyPython = nullptr;
    QComboBox *m_saved = nullptr;
    QLabel *m_clientLabel = nullptr;
    QComboBox *m_clients = nullptr;
    QPushButton *m_applyButton = nullptr;
    QLabel *m_summary = nullptr;
    SignalForm *m_form = nullptr;
    QStackedWidget *m_rulePages = nullptr;
    QTableView *m_table = nullptr;
    QLabel *m_noRules = nullptr;
    QTabWidget *m_tabs = nullptr;
    QStackedWidget *m_keyPages = nullptr;
    QTreeView *m_tree = nullptr;
    QLabel *m_noKeys = nullptr;
    QListWidget *m_coverageList = nullptr;
};

} // namespace Cachelens
