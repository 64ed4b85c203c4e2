// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/entrylookup.h"

#include "widgets/whenready.h"

#include <algorithm>

namespace Cachelens {

namespace {

constexpr std::chrono::seconds askAgainAfter{5};

} // namespace

EntryLookup::EntryLookup(QObject *parent) : QObject(parent)
{
}

EntryLookup::~EntryLookup()
{
    forgetRequest();
}

void EntryLookup::setSession(Session *session)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    if (m_session) {
        connect(m_session, &Session::keysChanged, this, &EntryLookup::onKeysChanged);
        connect(m_session, &Session::stateChanged, this, &EntryLookup::onStateChanged);
    }
    ask(std::exchange(m_key, {}));
}

void EntryLookup::ask(const QByteArray &key)
{
    if (key == m_key && m_state != State::Nothing)
        return;
    m_key = key;
    m_summary = {};
    m_state = m_session && !key.isEmpty() ? State::Asking : State::Nothing;
    fetch();
    Q_EMIT changed();
}

void EntryLookup::forgetRequest()
{
    ++m_turn;
    m_request.cancel();
    m_asking = false;
    m_changedMeanwhile = false;
}

void EntryLookup::fetch()
{
    forgetRequest();
    if (m_state == State::Nothing)
        return;
    m_asking = true;
    m_askedAt = m_session->now();
    m_request = m_session->summaries({m_key});
    whenReady(m_request, this,
              [this, turn = m_turn](const Result<std::vector<EntrySummary>> &answer) {
                  if (turn != m_turn)
                      return;
                  m_asking = false;
                  if (answer && !answer->empty()) {
                      m_state = State::Answered;
                      m_summary = answer->front();
                  } else if (!answer) {
                      m_state = State::Failed;
                      m_error = answer.error();
                  }
                  if (m_changedMeanwhile)
                      fetch();
                  Q_EMIT changed();
              });
}

void EntryLookup::tick()
{
    if (!m_session || m_asking || m_state == State::Nothing)
        return;
    const WallTime now = m_session->now();
    const bool over = m_state == State::Answered && m_summary.isOver(now);
    const bool old = now >= m_askedAt + askAgainAfter || now < m_askedAt; // or the clock was set
    if (over || (old && m_session->state().phase == BackendState::Phase::Ready))
        fetch();
}

NextCall EntryLookup::nextCall() const
{
    if (m_state != State::Answered || !m_session)
        return NextCall::Unknown;
    return Cachelens::nextCall(m_summary.facts, m_summary.metadata, m_session->now());
}

void EntryLookup::onKeysChanged(const std::vector<KeyChange> &changes)
{
    const bool ours = std::any_of(changes.begin(), changes.end(), [this](const KeyChange &change) {
        return change.key == m_key || change.cause == KeyChange::Cause::Cleared;
    });
    if (!ours || m_state == State::Nothing)
        return;
    if (m_asking)
        m_changedMeanwhile = true; // one request at a time, however often it is written
    else
        fetch();
}

void EntryLookup::onStateChanged(const BackendState &state)
{
    if (state.phase == BackendState::Phase::Ready && m_state == State::Failed && !m_asking)
        fetch();
}

} // namespace Cachelens
