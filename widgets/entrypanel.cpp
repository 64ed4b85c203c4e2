// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrypanel.h"

#include "core/value/valuejson.h"
#include "widgets/disposal.h"
#include "widgets/elementsview.h"
#include "widgets/format.h"
#include "widgets/keylabel.h"
#include "widgets/keytext.h"
#include "widgets/metadataview.h"
#include "widgets/paneheader.h"
#include "widgets/valueview.h"
#include "widgets/whenready.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QtConcurrent>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace Cachelens {

using std::chrono::milliseconds;

EntryPanel::EntryPanel(QWidget *parent) : QWidget(parent), m_pages(new QStackedWidget)
{
    buildActions();
    m_pages->addWidget(buildSentencePage());
    m_pages->addWidget(buildEntryPage());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(paneHeader(paneTitle(tr("Entry"), this), {}));
    layout->addWidget(m_pages, 1);

    m_patience.setSingleShot(true);
    m_patience.setInterval(patience);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        dropDetails(); // what is still shown is of another key
        showSentence(tr("Reading the entry \u2026"), displayKey(m_key.left(500)));
        setState(State::Loading);
    });
    m_second.setInterval(1000);
    connect(&m_second, &QTimer::timeout, this, &EntryPanel::tick);
    showEmpty();
}

EntryPanel::~EntryPanel()
{
    forgetRequest();
    disposeOnWorker(std::move(m_details));
}

void EntryPanel::buildActions()
{
    const auto add = [this](const QString &text, const QKeySequence &shortcut, auto run) {
        auto *action = new QAction(text, this);
        action->setShortcut(shortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        return action;
    };
    m_delete = add(tr("&Delete entry\u2026"), QKeySequence::Delete, [this] {
        if (m_details)
            Q_EMIT deleteRequested(m_details->summary.key);
    });
    // The tree and the table have a Delete of their own.
    m_delete->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_changeTtl = add(tr("Change &TTL\u2026"), QKeySequence(Qt::CTRL | Qt::Key_T), [this] {
        if (m_details)
            Q_EMIT changeTtlRequested(m_details->summary.key);
    });
    m_reload = add(tr("&Reload entry"), QKeySequence(Qt::SHIFT | Qt::Key_F5), &EntryPanel::reload);
    m_copyKey = add(tr("Copy entry's &key"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
                    &EntryPanel::copyKey);
    m_copyValue = add(tr("Copy entry's value as &JSON"),
                      QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_J), &EntryPanel::copyValue);
    m_copyRedisCli = add(tr("Copy redis-&cli line for entry"),
                         QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R), &EntryPanel::copyRedisCli);
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
    m_retry = new QPushButton(tr("T&ry again"));
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

QWidget *EntryPanel::buildEntryPage()
{
    auto *page = new QWidget;
    m_keyLabel = new KeyLabel;
    m_metadata = new MetadataView;

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
    addButton(m_delete, tr("Delete\u2026"));
    addButton(m_changeTtl, tr("TTL\u2026"));
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
    addButton(m_reload, tr("Reload"));
    buttons->addStretch(1);

    m_noticeText = new QLabel;
    m_noticeText->setTextFormat(Qt::PlainText);
    m_noticeText->setWordWrap(true);
    m_noticeText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_loadAll = new QPushButton(tr("&Load all"));
    connect(m_loadAll, &QPushButton::clicked, this, [this] { fetch(Fetch::Whole); });
    m_notice = new QWidget;
    auto *notice = new QHBoxLayout(m_notice);
    notice->setContentsMargins(0, 0, 0, 0);
    notice->setSpacing(8);
    notice->addWidget(m_noticeText, 1);
    notice->addWidget(m_loadAll, 0, Qt::AlignTop);

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
    layout->addLayout(buttons);
    layout->addWidget(m_notice);
    layout->addWidget(m_values, 1);
    return page;
}

void EntryPanel::setSession(Session *session)
{
    clear();
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    if (m_session) {
        connect(m_session, &Session::keysChanged, this, &EntryPanel::onKeysChanged);
        connect(m_session, &QObject::destroyed, this, [this] { setSession(nullptr); });
    }
    showEmpty();
}

void EntryPanel::showKey(const QByteArray &key)
{
    if (!m_session || (key == m_key && m_state != State::Empty))
        return;
    m_key = key;
    m_whole = false;
    fetch(Fetch::Anew);
}

void EntryPanel::clear()
{
    forgetRequest();
    m_asking = false;
    m_key.clear();
    m_whole = false;
    m_patience.stop();
    dropDetails();
    showEmpty();
    setState(State::Empty);
}

void EntryPanel::reload()
{
    if (m_session && m_state != State::Empty)
        fetch(Fetch::Anew);
}

void EntryPanel::fetch(Fetch how)
{
    if (!m_session)
        return;
    if (how == Fetch::Whole)
        m_whole = true;
    forgetRequest();
    m_asking = true;
    m_changedMeanwhile = false;
    if (how != Fetch::Quietly) {
        m_patience.start();
        setState(State::Loading);
    }
    m_request = m_session->details(m_key, m_whole);
    whenReady(m_request, this, [this, turn = m_turn](Result<EntryDetails> answer) {
        if (turn == m_turn)
            receive(std::move(answer));
        else
            disposeOnWorker(std::move(answer));
    });
}

/// Its answer is void from now on.
void EntryPanel::forgetRequest()
{
    ++m_turn;
    m_request.cancel();
    disposeOnWorker(std::move(m_request));
}

void EntryPanel::receive(Result<EntryDetails> answer)
{
    m_asking = false;
    m_patience.stop();
    if (!answer) {
        dropDetails();
        showSentence(tr("The entry could not be read"), QString::fromUtf8(answer.error().message()),
                     true);
        setState(State::Failed);
    } else if (answer->summary.facts.type == KeyType::None) {
        dropDetails();
        showSentence(tr("There is no such entry"),
                     tr("It has expired or was deleted, or was never there:\n%1")
                         .arg(displayKey(m_key.left(500))));
        setState(State::Gone);
    } else {
        showDetails(std::move(*answer));
        setState(State::Shown);
    }
    if (m_changedMeanwhile)
        fetch(Fetch::Quietly);
}

void EntryPanel::showDetails(EntryDetails details)
{
    auto entry = std::make_shared<const EntryDetails>(std::move(details));
    const KeyFacts &facts = entry->summary.facts;
    const bool string = facts.type == KeyType::String;
    // An entry that was written anew with the same bytes keeps what is open and selected in it.
    const bool same = string && m_details && m_details->summary.key == entry->summary.key
        && m_details->partial == entry->partial && m_details->bytes == entry->bytes;

    m_keyLabel->setKey(m_key, m_session->index()->reader());
    m_metadata->setEntry(entry, m_session->now());
    if (!same) {
        m_value->setEntry(string ? entry : nullptr);
        m_elements->setEntry(string ? nullptr : entry);
    }
    m_values->setCurrentWidget(string ? static_cast<QWidget *>(m_value) : m_elements);
    disposeOnWorker(std::move(m_details));
    m_details = std::move(entry);

    showNotice();
    m_pages->setCurrentIndex(1);
    m_second.start();
}

void EntryPanel::showNotice()
{
    const bool string = m_details->summary.facts.type == KeyType::String;
    const QString size = formatBytes(m_details->summary.facts.size);
    m_loadAll->setVisible(m_details->partial);
    if (m_details->partial) {
        m_noticeText->setText(tr("A large value: %1. Only its beginning was fetched.").arg(size));
        m_loadAll->setText(tr("&Load all %1").arg(size));
    } else if (string && !m_details->decoded) {
        m_noticeText->setText(
            tr("Shown as bytes. %1").arg(QString::fromUtf8(m_details->decoded.error().message())));
    }
    m_notice->setVisible(m_details->partial || (string && !m_details->decoded));
}

void EntryPanel::dropDetails()
{
    m_second.stop();
    m_value->setEntry(nullptr);
    m_elements->setEntry(nullptr);
    m_metadata->clear();
    disposeOnWorker(std::move(m_details));
    m_details.reset();
}

void EntryPanel::showSentence(const QString &title, const QString &text, bool retry)
{
    m_sentenceTitle->setText(title);
    m_sentence->setText(text);
    m_sentence->setForegroundRole(retry ? QPalette::WindowText : QPalette::PlaceholderText);
    m_retry->setVisible(retry);
    m_pages->setCurrentIndex(0);
}

void EntryPanel::showEmpty()
{
    if (m_session)
        showSentence(tr("No entry chosen"), tr("Choose one in the list to see what it holds."));
    else
        showSentence(tr("Not connected"), tr("Connect to a cache to look at its entries."));
}

void EntryPanel::setState(State state)
{
    m_state = state;
    const bool shown = m_details != nullptr;
    m_delete->setEnabled(shown);
    m_changeTtl->setEnabled(shown && m_session->capabilities().timeToLive);
    m_reload->setEnabled(state != State::Empty);
    m_copyKey->setEnabled(state != State::Empty);
    m_copyValue->setEnabled(shown && m_details->summary.facts.type == KeyType::String
                            && m_details->decoded.has_value());
    m_copyRedisCli->setEnabled(shown && !redisCliLine(m_session->description(), m_key).isEmpty());
    Q_EMIT stateChanged();
}

void EntryPanel::tick()
{
    if (!m_details || !m_session)
        return;
    const WallTime now = m_session->now();
    m_metadata->setNow(now);
    const EntrySummary &summary = m_details->summary;
    if (summary.facts.ttl && now >= summary.readAt + *summary.facts.ttl && !m_asking)
        fetch(Fetch::Quietly); // its time is over: see whether it is gone
}

void EntryPanel::onKeysChanged(const std::vector<KeyChange> &changes)
{
    if (m_state == State::Empty)
        return;
    const bool ours = std::any_of(changes.begin(), changes.end(), [this](const KeyChange &change) {
        return change.key == m_key || change.cause == KeyChange::Cause::Cleared;
    });
    if (!ours)
        return;
    if (m_asking)
        m_changedMeanwhile = true; // one request at a time, however often it is written
    else
        fetch(Fetch::Quietly);
}

void EntryPanel::copyKey()
{
    if (m_state == State::Empty)
        return;
    QGuiApplication::clipboard()->setText(displayKey(m_key));
    Q_EMIT message(tr("The key is on the clipboard."));
}

void EntryPanel::copyRedisCli()
{
    if (!m_details || !m_session)
        return;
    QGuiApplication::clipboard()->setText(
        redisCliLine(m_session->description(), m_key, m_details->summary.facts.type));
    Q_EMIT message(tr("The redis-cli line is on the clipboard."));
}

void EntryPanel::copyValue()
{
    if (!m_details || !m_details->decoded)
        return;
    struct Made {
        QString text;
        bool truncated = false;
    };
    const auto work = QtConcurrent::run([entry = m_details] {
        const JsonText json = valueToJson(entry->decoded->value, {.indent = 2});
        return Made{QString::fromUtf8(json.json), json.truncated};
    });
    whenReady(work, this, [this](const Made &made) {
        QGuiApplication::clipboard()->setText(made.text);
        Q_EMIT message(made.truncated ? tr(
                           "The beginning of the value is on the clipboard: as much as one bears.")
                                      : tr("The value is on the clipboard, as JSON."));
    });
}

} // namespace Cachelens
