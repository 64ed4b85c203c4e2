// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/entrypanel/metadataview.h"
#include "widgets/key/keylabel.h"
#include "widgets/value/elementsview.h"
#include "widgets/value/valueview.h"

#include <QAction>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

// What the panel is made of; what it does is in entrypanel.cpp.

namespace Cachelens {

void EntryPanel::buildActions()
{
    const auto add = [this](const QString &text, const QKeySequence &shortcut, auto run) {
        auto *action = new QAction(text, this);
        action->setShortcut(shortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        return action;
    };
    m_refresh = add(tr("Re&fresh Entry"), QKeySequence(Qt::CTRL | Qt::Key_F5),
                    [this] { Q_EMIT refreshRequested(m_key); });
    m_bypass = add(tr("&Bypass Cache"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F5),
                   [this] { Q_EMIT bypassRequested(m_key); });
    m_refresh->setToolTip(tr("Run the function, and overwrite the entry (%1)")
                              .arg(m_refresh->shortcut().toString(QKeySequence::NativeText)));
    m_bypass->setToolTip(tr("Run the function, and leave the cache alone"));
    for (QAction *action : {m_refresh, m_bypass})
        action->setStatusTip(action->toolTip());
    const QString unknown = tr("It is not known where the function of this entry runs");
    setCallable(unknown, unknown);
    m_delete = add(tr("&Delete Entry…"), QKeySequence::Delete, [this] {
        if (m_details)
            Q_EMIT deleteRequested(m_details->summary.key);
    });
    // The tree and the table have a Delete of their own.
    m_delete->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_changeTtl = add(tr("Change &TTL…"), QKeySequence(Qt::CTRL | Qt::Key_T), [this] {
        if (m_details)
            Q_EMIT changeTtlRequested(m_details->summary.key);
    });
    m_playground = add(tr("Open Entry in Key Play&ground"), QKeySequence(Qt::CTRL | Qt::Key_G),
                       [this] { Q_EMIT playgroundRequested(m_key); });
    m_reload = add(tr("&Reload Entry"), QKeySequence(Qt::SHIFT | Qt::Key_F5), &EntryPanel::reload);
    m_copyKey = add(tr("Copy Entry's &Key"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_K),
                    &EntryPanel::copyKey);
    m_copyValue = add(tr("Copy Entry's &Value"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V),
                      &EntryPanel::copyValue);
    m_copyRedisCli = add(tr("Copy redis-cl&i Line for Entry"),
                         QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R), &EntryPanel::copyRedisCli);
    m_loadWhole = add(tr("Load the &Whole Value"), {}, [this] { fetch(Fetch::Whole); });
}

QWidget *EntryPanel::buildSentencePage()
{
    auto *page = new QWidget;
    m_sentenceTitle = new QLabel;
    QFont bold = m_sentenceTitle->font();
    bold.setBold(true);
    m_sentenceTitle->setFont(bold);
    m_sentenceTitle->setWordWrap(true);
    m_sentenceTitle->setAlignment(Qt::AlignCenter);
    m_sentence = new QLabel;
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_retry = new QPushButton(tr("T&ry Again"));
    connect(m_retry, &QPushButton::clicked, this, &EntryPanel::reload);

    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(8);
    layout->addStretch(1);
    layout->addWidget(m_sentenceTitle);
    layout->addWidget(m_sentence);
    layout->addWidget(m_retry, 0, Qt::AlignHCenter);
    layout->addStretch(1);
    return page;
}

QLayout *EntryPanel::buildButtons()
{
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(4);
    const auto addButton = [&](QAction *action, const QString &text) {
        action->setIconText(text); // what a button says: here it is plain of what
        auto *button = new QToolButton;
        button->setDefaultAction(action);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setAccessibleName(action->text().remove(u'&'));
        buttons->addWidget(button);
        return button;
    };
    addButton(m_refresh, tr("Refresh"));
    addButton(m_delete, tr("Delete…"));
    addButton(m_changeTtl, tr("TTL…"));
    auto *copyMenu = new QMenu(this);
    copyMenu->addAction(m_copyKey);
    copyMenu->addAction(m_copyValue);
    copyMenu->addAction(m_copyRedisCli);
    auto *copy = new QToolButton;
    copy->setText(tr("Copy"));
    copy->setAccessibleName(tr("Copy: key, value or redis-cli line"));
    copy->setMenu(copyMenu);
    copy->setPopupMode(QToolButton::InstantPopup);
    copy->setFocusPolicy(Qt::StrongFocus);
    copy->setMinimumWidth(copy->sizeHint().width() + 12); // for the arrow
    buttons->addWidget(copy);
    addButton(m_playground, tr("Playground"));
    addButton(m_reload, tr("Reload"));
    buttons->addStretch(1);
    return buttons;
}

QWidget *EntryPanel::buildNotice()
{
    m_noticeText = new QLabel;
    m_noticeText->setTextFormat(Qt::PlainText);
    m_noticeText->setWordWrap(true);
    m_noticeText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_loadAll = new QPushButton(tr("&Load all"));
    connect(m_loadAll, &QPushButton::clicked, m_loadWhole, &QAction::trigger);
    auto *notice = new QWidget;
    auto *layout = new QHBoxLayout(notice);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_noticeText, 1);
    layout->addWidget(m_loadAll, 0, Qt::AlignTop);
    return notice;
}

QWidget *EntryPanel::buildEntryPage()
{
    auto *page = new QWidget;
    m_keyLabel = new KeyLabel;
    m_metadata = new MetadataView;
    m_notice = buildNotice();
    m_value = new ValueView;
    m_elements = new ElementsView;
    m_values = new QStackedWidget;
    m_values->addWidget(m_value);
    m_values->addWidget(m_elements);

    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(8, 0, 8, 8);
    layout->setSpacing(8);
    layout->addWidget(m_keyLabel);
    layout->addWidget(m_metadata);
    layout->addLayout(buildButtons());
    layout->addWidget(m_notice);
    layout->addWidget(m_values, 1);

    // Of a window that is low a part is in sight.
    auto *scrolled = new QScrollArea;
    scrolled->setWidget(page);
    scrolled->setWidgetResizable(true);
    scrolled->setFrameShape(QFrame::NoFrame);
    scrolled->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scrolled->setFocusPolicy(Qt::NoFocus);
    scrolled->setMinimumWidth(page->minimumSizeHint().width());
    return scrolled;
}

} // namespace Cachelens
