// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/session.h"

#include <QFuture>
#include <QObject>
#include <QPointer>

namespace Cachelens {

/// Whether one key is in the cache, and how a call would be answered from it: asks the session,
/// again whenever the key changes there. An answer about an earlier key is dropped. Not every cache
/// tells what others write, and Redis does not tell when an entry expires: see tick().
class EntryLookup : public QObject {
    Q_OBJECT

public:
    enum class State {
        Nothing, ///< no key, or no session
        Asking,
        Answered, ///< summary() says what is known; its type is None when the key is not there
        Failed, ///< error() says why; asked again when the connection is back
    };

    explicit EntryLookup(QObject *parent = nullptr);
    ~EntryLookup() override;

    /// Null: none. The session must be set to null (or another) before it is destroyed.
    void setSession(Session *session);
    /// Empty: none.
    void ask(const QByteArray &key);
    /// To be called every second while somebody looks: asks again, once, when the entry's time is
    /// over or what is known is some seconds old. What is known stands until the answer.
    void tick();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const EntrySummary &summary() const { return m_summary; }
    [[nodiscard]] const Error &error() const { return m_error; }
    /// As of now: a hit may have become stale since it was read.
    [[nodiscard]] NextCall nextCall() const;

Q_SIGNALS:
    void changed();

private:
    void fetch();
    void forgetRequest();
    void onKeysChanged(const std::vector<KeyChange> &changes);
    void onStateChanged(const BackendState &state);

    QPointer<Session> m_session;
    QByteArray m_key;
    State m_state = State::Nothing;
    EntrySummary m_summary;
    Error m_error;
    QFuture<Result<std::vector<EntrySummary>>> m_request;
    WallTime m_askedAt; // the last request
    quint64 m_turn = 0;
    bool m_asking = false;
    bool m_changedMeanwhile = false; // the key changed since the running request began
};

} // namespace Cachelens
