// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/session.h"
#include "widgets/entrypanel/lastcalls.h"

#include <QFuture>
#include <QPointer>
#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace Cachelens {

class ElementsView;
class KeyLabel;
class MetadataView;
class ValueView;

/// Shows all that is known of one key. The window offers its actions() in a menu, too: refresh and
/// bypass its function, delete, change the TTL, take it to the playground, reload, copy the key,
/// its value and its redis-cli line.
class EntryPanel : public QWidget {
    Q_OBJECT

public:
    enum class State {
        Empty, ///< no key was chosen
        Loading, ///< shown as such only after `patience`
        Shown,
        Gone,
        Failed,
    };
    static constexpr std::chrono::milliseconds patience{150};

    explicit EntryPanel(QWidget *parent = nullptr);
    ~EntryPanel() override;

    /// Null: none. The session must be set to null (or another) before it is destroyed.
    void setSession(Session *session);
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const QByteArray &key() const { return m_key; }
    /// What is shown; null unless Shown.
    [[nodiscard]] const EntryDetails *details() const { return m_details.get(); }
    /// The decoded value that is shown; null when there is none.
    [[nodiscard]] std::shared_ptr<const Value> value() const;

    /// Those of its actions that call the function: refresh, bypass.
    [[nodiscard]] QList<QAction *> callActions() const { return {m_refresh, m_bypass}; }
    /// Whether the function of the key can be called. Each is why not, for a person; empty: it can.
    void setCallable(const QString &whyNoRefresh, const QString &whyNoBypass);
    /// Whether the entry can be deleted and its TTL changed: why not, for a person; empty: they
    /// can.
    void setChangeable(const QString &whyNot);
    /// Whether noteCall() is told of every call. Forgets the calls that were noted.
    void setCallsAreTold(bool told);
    void noteCall(const CallEvent &call, WallTime at);
    /// Shows what differs between two values of the key, with `what` above it. Does nothing when
    /// another key is shown by now, or when one of the values is null.
    void compare(const QByteArray &key, std::shared_ptr<const Value> before,
                 std::shared_ptr<const Value> after, const QString &what);

public Q_SLOTS:
    void showKey(const QByteArray &key);
    void clear();
    void reload();
    void copyKey();
    void copyValue(); ///< as copiedValue() has it, of what is shown
    void copyRedisCli();

Q_SIGNALS:
    void refreshRequested(const QByteArray &key);
    void bypassRequested(const QByteArray &key);
    void deleteRequested(const QByteArray &key);
    void changeTtlRequested(const QByteArray &key);
    void playgroundRequested(const QByteArray &key);
    void stateChanged();
    /// Something is on the clipboard, or could not be put there: for the status bar.
    void message(const QString &text);

private:
    enum class Fetch {
        Anew, ///< another key, or the user asked: what is shown goes if the answer takes long
        Quietly, ///< the same key, changed: what is shown stays until the answer is here
        Whole, ///< however large
    };

    void buildActions();
    QWidget *buildSentencePage();
    QWidget *buildEntryPage();
    QLayout *buildButtons();
    QWidget *buildNotice();
    void fetch(Fetch how);
    void forgetRequest();
    void receive(Result<EntryDetails> answer);
    void showDetails(EntryDetails details);
    void dropDetails();
    void showSentence(const QString &title, const QString &text, bool retry = false);
    void showEmpty();
    void showNotice();
    void setState(State state);
    void updateActions();
    void tick();
    void onStateChanged(const BackendState &state);
    void onKeysChanged(const std::vector<KeyChange> &changes);

    QPointer<Session> m_session;
    QByteArray m_key;
    State m_state = State::Empty;
    std::shared_ptr<const EntryDetails> m_details;
    QFuture<Result<EntryDetails>> m_request;
    quint64 m_turn = 0;
    bool m_asking = false;
    bool m_askedQuietly = false;
    bool m_outdated = false; // what is shown has changed and could not be read again
    bool m_ready = false; // the connection was ready when it last changed its state
    bool m_changedMeanwhile = false; // the key changed since the running request began
    bool m_whole = false; // the whole value is wanted, however large

    QString m_whyNoChange;
    LastCalls m_calls;
    QTimer m_patience;
    QTimer m_second;

    QStackedWidget *m_pages = nullptr;
    QLabel *m_sentenceTitle = nullptr;
    QLabel *m_sentence = nullptr;
    QPushButton *m_retry = nullptr;
    KeyLabel *m_keyLabel = nullptr;
    MetadataView *m_metadata = nullptr;
    QWidget *m_notice = nullptr;
    QLabel *m_noticeText = nullptr;
    QPushButton *m_loadAll = nullptr;
    QStackedWidget *m_values = nullptr;
    ValueView *m_value = nullptr;
    ElementsView *m_elements = nullptr;

    QAction *m_refresh = nullptr;
    QAction *m_bypass = nullptr;
    QAction *m_delete = nullptr;
    QAction *m_changeTtl = nullptr;
    QAction *m_playground = nullptr;
    QAction *m_reload = nullptr;
    QAction *m_copyKey = nullptr;
    QAction *m_copyValue = nullptr;
    QAction *m_copyRedisCli = nullptr;
    QAction *m_loadWhole = nullptr;
};

} // namespace Cachelens
