// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrypanel/entrypanel.h"

#include "widgets/disposal.h"
#include "widgets/entrypanel/metadataview.h"
#include "widgets/key/copiedvalue.h"
#include "widgets/key/displaykey.h"
#include "widgets/key/keylabel.h"
#include "widgets/key/rediscli.h"
#include "widgets/style/format.h"
#include "widgets/style/paneheader.h"
#include "widgets/style/whynot.h"
#include "widgets/value/elementsview.h"
#include "widgets/value/valueview.h"
#include "widgets/whenready.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QtConcurrent>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

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

void EntryPanel::setSession(Session *session)
{
    clear();
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    if (m_session) {
        m_ready = m_session->state().phase == BackendState::Phase::Ready;
        connect(m_session, &Session::keysChanged, this, &EntryPanel::onKeysChanged);
        connect(m_session, &Session::stateChanged, this, &EntryPanel::onStateChanged);
        connect(m_session, &QObject::destroyed, this, [this] { setSession(nullptr); });
    }
    showEmpty();
}

std::shared_ptr<const Value> EntryPanel::value() const
{
    if (!m_details || !m_details->decoded)
        return nullptr;
    return {m_details, &m_details->decoded->value};
}

void EntryPanel::setCallable(const QString &whyNoRefresh, const QString &whyNoBypass)
{
    setWhyNot(m_refresh, whyNoRefresh);
    setWhyNot(m_bypass, whyNoBypass);
}

void EntryPanel::setChangeable(const QString &whyNot)
{
    m_whyNoChange = whyNot;
    updateActions();
}

void EntryPanel::setCallsAreTold(bool told)
{
    m_calls.clear();
    m_metadata->setLastCall(std::nullopt);
    m_metadata->setCallsAreTold(told);
}

void EntryPanel::noteCall(const CallEvent &call, WallTime at)
{
    m_calls.note(call, at);
    if (call.key == m_key)
        m_metadata->setLastCall(m_calls.of(m_key));
}

void EntryPanel::compare(const QByteArray &key, std::shared_ptr<const Value> before,
                         std::shared_ptr<const Value> after, const QString &what)
{
    if (key == m_key && before && after)
        m_value->compare(std::move(before), std::move(after), what);
}

void EntryPanel::showKey(const QByteArray &key)
{
    if (!m_session || (key == m_key && m_state != State::Empty))
        return;
    if (key != m_key)
        m_value->forgetComparison();
    m_key = key;
    m_metadata->setLastCall(m_calls.of(key));
    m_whole = false;
    m_outdated = false;
    fetch(Fetch::Anew);
}

void EntryPanel::clear()
{
    forgetRequest();
    m_asking = false;
    m_value->forgetComparison();
    m_key.clear();
    m_whole = false;
    m_outdated = false;
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
    m_askedQuietly = how == Fetch::Quietly;
    m_changedMeanwhile = false;
    if (!m_askedQuietly) {
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
    const bool wasOutdated = std::exchange(m_outdated, false);
    if (!answer && m_askedQuietly && m_details && answer.error().retryable) {
        m_outdated = true; // better than nothing; asked for again when the server is back
        if (!wasOutdated)
            Q_EMIT message(tr("The entry that is shown may be out of date. %1")
                               .arg(QString::fromUtf8(answer.error().message())));
    } else if (!answer) {
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
    updateActions();
    Q_EMIT stateChanged();
}

void EntryPanel::updateActions()
{
    const QString notChosen = m_state == State::Empty ? tr("No entry is chosen") : QString();
    const QString notShown
        = firstReason(notChosen, m_details ? QString() : tr("The entry could not be read yet"));
    const auto ofEntry = [&](bool possible, const QString &otherwise) {
        return firstReason(notShown, possible ? QString() : otherwise);
    };
    setWhyNot(m_delete, firstReason(m_whyNoChange, notShown));
    const bool hasExpiry = m_details && m_session->capabilities().timeToLive
        && m_details->summary.facts.type == KeyType::String;
    setWhyNot(m_changeTtl,
              firstReason(m_whyNoChange,
                          ofEntry(hasExpiry, tr("Only the expiry of a string can be changed"))));
    for (QAction *action : {m_reload, m_playground, m_copyKey})
        setWhyNot(action, notChosen);
    setWhyNot(m_copyValue, notShown);
    setWhyNot(m_loadWhole,
              ofEntry(m_details && m_details->partial, tr("The whole value is shown")));
    setWhyNot(m_copyRedisCli,
              ofEntry(m_details && !redisCliLine(m_session->description(), m_key).isEmpty(),
                      tr("redis-cli cannot reach this cache")));
}

void EntryPanel::tick()
{
    if (!m_details || !m_session)
        return;
    const WallTime now = m_session->now();
    m_metadata->setNow(now);
    if (m_details->summary.isOver(now) && !m_asking)
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

void EntryPanel::onStateChanged(const BackendState &state)
{
    const bool ready = state.phase == BackendState::Phase::Ready;
    const bool back = ready && !m_ready;
    m_ready = ready;
    if (back && !m_asking && (m_state == State::Failed || m_outdated))
        fetch(m_outdated ? Fetch::Quietly : Fetch::Anew);
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
    QGuiApplication::clipboard()->setText(redisCliLine(
        m_session->description(), m_key, m_details->summary.facts.type, m_session->usesPassword()));
    Q_EMIT message(tr("The redis-cli line is on the clipboard."));
}

void EntryPanel::copyValue()
{
    if (!m_details)
        return;
    const auto work = QtConcurrent::run([entry = m_details] { return copiedValue(*entry); });
    whenReady(work, this, [this](const CopiedValue &value) {
        QGuiApplication::clipboard()->setText(value.text);
        Q_EMIT message(value.truncated ? tr("The beginning of the value is on the clipboard.")
                                       : tr("The value is on the clipboard."));
    });
}

} // namespace Cachelens
