// SPDX-License-Identifier: GPL-3.0-or-later
// What the playground is made of; what it does is in keyplayground.cpp.
#include "widgets/playground/keyplayground.h"

#include "widgets/key/displaykey.h"
#include "widgets/key/keylabel.h"
#include "widgets/key/rediscli.h"
#include "widgets/playground/callform.h"
#include "widgets/playground/comparisonmodel.h"
#include "widgets/playground/constructorform.h"
#include "widgets/playground/contributionsmodel.h"
#include "widgets/playground/keysnippets.h"
#include "widgets/style/paneheader.h"
#include "widgets/style/plaintable.h"
#include "widgets/style/stretchedcolumn.h"
#include "widgets/style/theme.h"

#include <QAction>
#include <QComboBox>
#include <QCompleter>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTableView>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace Cachelens {

namespace {

QLabel *sentence(bool quiet)
{
    auto *label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QSizePolicy policy = label->sizePolicy();
    policy.setHorizontalPolicy(QSizePolicy::Ignored); // a long word does not widen the pane
    label->setSizePolicy(policy);
    if (quiet)
        label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

QTableView *tableOf(QAbstractItemModel *model, const QString &name, const QString &columnsName)
{
    auto *table = new QTableView;
    setUpPlainTable(table, name, columnsName);
    table->setModel(model);
    table->setMinimumHeight(3 * table->fontMetrics().lineSpacing());
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    return table;
}

} // namespace

void KeyPlayground::buildActions()
{
    const auto add = [this](const QString &text, const QKeySequence &shortcut, auto run) {
        auto *action = new QAction(text, this);
        action->setShortcut(shortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        return action;
    };
    m_showEntry
        = add(tr("Show the Playground's &Entry"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_E),
              [this] { Q_EMIT entryRequested(m_located.rawKey); });
    m_compareChosen
        = add(tr("Compare the &Chosen Entry in the Playground"),
              QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_D), [this] { compareWith(m_entryAtHand); });
    m_copyKey
        = add(tr("Copy Playground's &Key"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_K),
              [this] { copy(displayKey(m_located.rawKey), tr("The key is on the clipboard.")); });
    m_copyPrefix = add(tr("Copy Playground's &Prefix"), {}, [this] {
        copy(displayKey(QByteArrayView(m_located.rawKey).first(m_located.levels.partitionEnd)),
             tr("The prefix is on the clipboard."));
    });
    m_copyCpp = add(tr("Copy Key as &C++"), {}, [this] {
        copy(cppSnippet(m_builder->function(), m_call, m_explanation->built.key),
             tr("The C++ code is on the clipboard."));
    });
    m_copyPython = add(tr("Copy Key as P&ython"), {}, [this] {
        copy(pythonSnippet(m_builder->function(), m_call, m_explanation->built.key),
             tr("The Python code is on the clipboard."));
    });
    m_copyRedisCli = add(tr("Copy Playground's &redis-cli Line"), {}, [this] {
        copy(redisCliLine(m_session->description(), m_located.rawKey, KeyType::String,
                          m_session->usesPassword()),
             tr("The redis-cli line is on the clipboard."));
    });
}

QWidget *KeyPlayground::buildCallPane()
{
    auto *pane = new QWidget;
    m_functions = new QComboBox;
    m_functions->setEditable(true);
    m_functions->setInsertPolicy(QComboBox::NoInsert);
    m_functions->setAccessibleName(tr("Function of the key"));
    m_functions->setToolTip(tr("A function of the catalog, or a constructor of one's own"));
    m_functions->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_functions->setMinimumContentsLength(16);
    m_functions->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_functions->completer()->setFilterMode(Qt::MatchContains);
    m_functions->lineEdit()->setAccessibleName(m_functions->accessibleName());
    connect(m_functions, &QComboBox::activated, this, &KeyPlayground::chooseFunction);
    connect(m_functions->lineEdit(), &QLineEdit::editingFinished, this, [this] {
        // What names no function does not stay as if it did.
        m_functions->setEditText(m_functions->itemText(m_functions->currentIndex()));
        m_functions->lineEdit()->setCursorPosition(0);
    });

    m_callForm = new CallForm;
    connect(m_callForm, &CallForm::changed, this, [this] {
        m_readBack.clear();
        rebuild();
    });
    m_constructor = new ConstructorForm;
    connect(m_constructor, &ConstructorForm::changed, this, &KeyPlayground::useConstructor);
    m_inputs = new QTabWidget;
    m_inputs->setDocumentMode(true);
    m_inputs->addTab(m_callForm, tr("Ar&guments"));
    m_inputs->addTab(m_constructor, tr("Co&nstructor"));
    m_inputs->tabBar()->setAccessibleName(tr("Arguments or constructor"));

    m_clientPrefix = new QLineEdit;
    m_clientPrefix->setFont(fixedFont());
    m_clientPrefix->setPlaceholderText(tr("none"));
    m_clientPrefix->setAccessibleName(tr("Prefix of the cache"));
    m_clientPrefix->setToolTip(tr("KEY_PREFIX, which the cache client puts in front of every key"));
    connect(m_clientPrefix, &QLineEdit::textEdited, this, [this] {
        m_prefixGiven = true;
        rebuild();
    });
    auto *prefixLabel = new QLabel(tr("Cache prefi&x:"));
    prefixLabel->setBuddy(m_clientPrefix);
    auto *prefixLine = new QHBoxLayout;
    prefixLine->setContentsMargins(8, 0, 8, 8);
    prefixLine->setSpacing(8);
    prefixLine->addWidget(prefixLabel);
    prefixLine->addWidget(m_clientPrefix, 1);

    auto *chooser = new QHBoxLayout;
    chooser->setContentsMargins(8, 8, 8, 4);
    chooser->addWidget(m_functions);
    auto *layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(chooser);
    layout->addWidget(m_inputs, 1);
    layout->addLayout(prefixLine);
    return pane;
}

QWidget *KeyPlayground::buildKeyPane()
{
    m_problem = emptyPane(this);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_key = new KeyLabel;
    m_key->setAccessibleName(tr("Key of the call"));
    m_statusIcon = new QLabel;
    m_status = sentence(false);
    QLabel *prefixOf = sentence(true);
    prefixOf->setText(tr("A delete by prefix takes all that begins with"));
    m_prefix = new KeyLabel;
    m_prefix->setAccessibleName(tr("Prefix of a delete"));
    m_suffix = sentence(true);
    m_unhashed = new KeyLabel;
    m_unhashed->setAccessibleName(tr("Suffix before it is hashed"));
    m_warnings = sentence(false);
    auto *status = new QHBoxLayout;
    status->setSpacing(8);
    status->addWidget(m_statusIcon, 0, Qt::AlignTop);
    status->addWidget(m_status, 1);

    auto *show = new QToolButton;
    m_showEntry->setIconText(tr("Show Entry"));
    show->setDefaultAction(m_showEntry);
    show->setFocusPolicy(Qt::StrongFocus);
    show->setAccessibleName(tr("Show the entry of the key"));
    auto *copyMenu = new QMenu(this);
    copyMenu->addActions({m_copyKey, m_copyPrefix, m_copyCpp, m_copyPython, m_copyRedisCli});
    auto *copyButton = new QToolButton;
    copyButton->setText(tr("Copy"));
    copyButton->setAccessibleName(tr("Copy: key, prefix, C++, Python or redis-cli line"));
    copyButton->setMenu(copyMenu);
    copyButton->setPopupMode(QToolButton::InstantPopup);
    copyButton->setFocusPolicy(Qt::StrongFocus);
    copyButton->setMinimumWidth(copyButton->sizeHint().width() + 12); // for the arrow
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(4);
    buttons->addWidget(show);
    buttons->addWidget(copyButton);
    buttons->addStretch(1);

    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(8);
    layout->addWidget(m_key);
    layout->addLayout(status);
    layout->addLayout(buttons);
    layout->addWidget(prefixOf);
    layout->addWidget(m_prefix);
    layout->addWidget(m_suffix);
    layout->addWidget(m_unhashed);
    layout->addWidget(m_warnings);
    layout->addStretch(1);
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setMinimumWidth(220);
    m_pages = new QStackedWidget;
    m_pages->addWidget(scroll);
    m_pages->addWidget(m_problem);
    return m_pages;
}

QWidget *KeyPlayground::buildTables()
{
    m_contributions = new ContributionsModel(this);
    QTableView *fields
        = tableOf(m_contributions, tr("What each field gave"), tr("Columns of what fields gave"));
    const int character = fields->fontMetrics().averageCharWidth();
    for (const auto &[column, characters] :
         std::initializer_list<std::pair<int, int>>{{ContributionsModel::FieldColumn, 16},
                                                    {ContributionsModel::PartColumn, 9},
                                                    {ContributionsModel::FromColumn, 14},
                                                    {ContributionsModel::TextColumn, 28}})
        fields->horizontalHeader()->resizeSection(column, characters * character);
    new StretchedColumn(fields, ContributionsModel::WhyColumn, 10 * character);
    m_tables = new QTabWidget;
    m_tables->setDocumentMode(true);
    m_tables->tabBar()->setAccessibleName(tr("Fields or comparison"));
    m_tables->addTab(fields, tr("F&ields"));
    m_tables->addTab(buildComparison(), tr("&Why did this miss"));
    return m_tables;
}

QWidget *KeyPlayground::buildComparison()
{
    auto *pane = new QWidget;
    m_other = new QLineEdit;
    m_other->setFont(fixedFont());
    m_other->setPlaceholderText(tr("Paste another key"));
    m_other->setAccessibleName(tr("Other key"));
    m_other->setClearButtonEnabled(true);
    m_other->setMaxLength(1'000'000);
    connect(m_other, &QLineEdit::textChanged, this, &KeyPlayground::compare);
    auto *chosen = new QToolButton;
    m_compareChosen->setIconText(tr("Chosen Entry"));
    chosen->setDefaultAction(m_compareChosen);
    chosen->setFocusPolicy(Qt::StrongFocus);
    chosen->setAccessibleName(tr("Compare with the entry that is chosen in the list"));
    auto *line = new QHBoxLayout;
    line->setSpacing(4);
    line->addWidget(m_other, 1);
    line->addWidget(chosen);

    m_verdict = sentence(false);
    m_comparison = new ComparisonModel(this);
    QTableView *table
        = tableOf(m_comparison, tr("Two keys side by side"), tr("Columns of the comparison"));
    const int character = table->fontMetrics().averageCharWidth();
    for (const auto &[column, characters] :
         std::initializer_list<std::pair<int, int>>{{ComparisonModel::PartColumn, 18},
                                                    {ComparisonModel::LeftColumn, 22},
                                                    {ComparisonModel::RightColumn, 22}})
        table->horizontalHeader()->resizeSection(column, characters * character);
    new StretchedColumn(table, ComparisonModel::DifferenceColumn, 20 * character);

    auto *layout = new QVBoxLayout(pane);
    layout->setContentsMargins(8, 8, 8, 0);
    layout->setSpacing(4);
    layout->addLayout(line);
    layout->addWidget(m_verdict);
    layout->addWidget(table, 1);
    return pane;
}

} // namespace Cachelens
