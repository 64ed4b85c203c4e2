// SPDX-License-Identifier: GPL-3.0-or-later
// The other half of the simulator: what it is made of.
#include "widgets/simulator/simulatorview.h"

#include "widgets/simulator/affectedmodel.h"
#include "widgets/simulator/signalform.h"
#include "widgets/style/elidedlabel.h"
#include "widgets/style/paneheader.h"
#include "widgets/style/plaintable.h"
#include "widgets/style/roomyrows.h"
#include "widgets/style/stretchedcolumn.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeView>

namespace Cachelens {

namespace {

/// Functions and keys begin alike and end differently.
template <typename Base> class ElidedLeft final : public Base {
public:
    using Base::Base;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        Base::initStyleOption(option, index);
        if (index.column() == 0)
            option->textElideMode = Qt::ElideLeft;
    }
};

} // namespace

void SimulatorView::build()
{
    m_apply
        = addCommand(tr("Appl&y Signal…"),
                     tr("Removes what is listed, after it was shown once more; it can be undone"));
    m_take = addCommand(tr("Take &Instance from Entry"),
                        tr("Takes the attributes from the value of the entry that is looked at, "
                           "and from the arguments in its key"));
    m_save = addCommand(tr("Save Signa&l…"), tr("Under a name, for this connection"));
    m_remove = addCommand(tr("Remo&ve Saved Signal"), tr("The one that is chosen"));
    m_copyLine = addCommand(tr("Copy Signal as &Command Line"), tr("cachelens simulate …"));
    m_copyCpp = addCommand(tr("Copy Signal as C&++"), {});
    m_copyPython
        = addCommand(tr("Copy Signal as &Python"), tr("What sends it in a Django service"));

    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    m_form = new SignalForm(splitter);
    splitter->addWidget(m_form);
    splitter->addWidget(buildRules());
    splitter->addWidget(buildConsequences());
    for (int pane = 0; const int stretch : {3, 6, 4})
        splitter->setStretchFactor(pane++, stretch);
    splitter->setSizes({330, 660, 370});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(buildBar());
    layout->addWidget(splitter, 1);
}

QAction *SimulatorView::addCommand(const QString &text, const QString &tip)
{
    auto *action = new QAction(text, this);
    action->setToolTip(tip.isEmpty() ? QString(text).remove(u'&') : tip);
    action->setStatusTip(tip);
    return action;
}

QWidget *SimulatorView::buildBar()
{
    auto *bar = new QWidget(this);
    m_saved = new QComboBox(bar);
    m_saved->setAccessibleName(tr("Saved signals"));
    m_saved->setToolTip(tr("Signals that were saved for this connection: choose one to replay it"));
    m_saved->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_saved->setMinimumContentsLength(14);
    auto *savedLabel = new QLabel(tr("Save&d"), bar);
    savedLabel->setBuddy(m_saved);
    m_clients = new QComboBox(bar);
    m_clients->setAccessibleName(tr("Cache"));
    m_clients->setToolTip(tr("Several caches share this Redis, each with a prefix of its own: the "
                             "one that the service uses"));
    m_clientLabel = new QLabel(tr("Ca&che"), bar);
    m_clientLabel->setBuddy(m_clients);
    const auto button = [bar](const QString &text, const QString &name) {
        auto *made = new QToolButton(bar);
        made->setText(text);
        made->setAccessibleName(name);
        made->setAutoRaise(true);
        made->setFocusPolicy(Qt::TabFocus);
        return made;
    };
    const auto buttonOf = [&button](QAction *action, const QString &text) {
        QToolButton *made = button({}, QString(action->text()).remove(u'&').remove(u'…'));
        action->setIconText(text);
        made->setDefaultAction(action);
        made->setToolButtonStyle(Qt::ToolButtonTextOnly);
        return made;
    };
    QToolButton *copy = button(tr("Co&py"), tr("Copy the signal"));
    copy->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(copy);
    menu->addActions({m_copyLine, m_copyCpp, m_copyPython});
    copy->setMenu(menu);
    m_summary = new ElidedLabel(bar);
    m_summary->setAccessibleName(tr("What the signal would do"));
    m_summary->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_applyButton = new QPushButton(tr("Appl&y…"), bar);
    m_applyButton->setAccessibleName(tr("Apply the signal"));
    connect(m_applyButton, &QPushButton::clicked, m_apply, &QAction::trigger);

    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(8, 4, 4, 4);
    layout->setSpacing(4);
    layout->addWidget(savedLabel);
    layout->addWidget(m_saved);
    layout->addWidget(buttonOf(m_save, tr("Save…")));
    layout->addWidget(buttonOf(m_remove, tr("Remove")));
    layout->addWidget(buttonOf(m_take, tr("From Entry")));
    layout->addWidget(copy);
    layout->addWidget(m_clientLabel);
    layout->addWidget(m_clients);
    layout->addWidget(m_summary, 1);
    layout->addWidget(m_applyButton);
    return bar;
}

QWidget *SimulatorView::buildRules()
{
    m_table = new QTableView(this);
    setUpPlainTable(m_table, tr("Rules of the model"), tr("Columns of the rules"), 10);
    m_table->setModel(m_rules);
    m_table->setItemDelegate(new ElidedLeft<QStyledItemDelegate>(m_table));
    const int character = m_table->fontMetrics().averageCharWidth();
    m_table->setColumnWidth(RulesModel::RuleColumn, 26 * character);
    m_table->setColumnWidth(RulesModel::OutcomeColumn, 21 * character);
    m_table->setColumnWidth(RulesModel::KeysColumn, 8 * character);
    m_table->setColumnWidth(RulesModel::SizeColumn, 10 * character);
    new StretchedColumn(m_table, RulesModel::WhyColumn, 24 * character);
    m_noRules = emptyPane(this);
    m_noRules->setMargin(8);
    m_rulePages = new QStackedWidget(this);
    m_rulePages->addWidget(m_table);
    m_rulePages->addWidget(m_noRules);
    return m_rulePages;
}

QWidget *SimulatorView::buildConsequences()
{
    m_tree = new QTreeView(this);
    m_tree->setModel(m_affected);
    m_tree->setItemDelegate(new ElidedLeft<RoomyRows>(m_tree));
    m_tree->setAccessibleName(tr("Keys that would go"));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setUniformRowHeights(true);
    m_tree->setAllColumnsShowFocus(true);
    QHeaderView *columns = m_tree->header();
    columns->setAccessibleName(tr("Columns of the keys"));
    columns->setStretchLastSection(false);
    columns->setSectionsMovable(false);
    columns->setSectionResizeMode(AffectedModel::NameColumn, QHeaderView::Stretch);
    const int character = m_tree->fontMetrics().averageCharWidth();
    m_tree->setColumnWidth(AffectedModel::KeysColumn, 8 * character);
    m_tree->setColumnWidth(AffectedModel::SizeColumn, 12 * character);
    m_noKeys = emptyPane(this);
    m_noKeys->setMargin(8);
    m_keyPages = new QStackedWidget(this);
    m_keyPages->addWidget(m_tree);
    m_keyPages->addWidget(m_noKeys);
    m_coverageList = new QListWidget(this);
    m_coverageList->setAccessibleName(tr("What the catalog's rules reach"));
    m_coverageList->setFrameShape(QFrame::NoFrame);
    m_coverageList->setWordWrap(true);
    m_coverageList->setSpacing(2);
    for (QWidget *view : std::initializer_list<QWidget *>{m_table, m_tree, m_coverageList})
        view->setMinimumHeight(2 * fontMetrics().lineSpacing()); // of a window that is low
    m_tabs = new QTabWidget(this);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_keyPages, tr("&Keys"));
    m_tabs->addTab(m_coverageList, tr("Covera&ge"));
    return m_tabs;
}

} // namespace Cachelens
