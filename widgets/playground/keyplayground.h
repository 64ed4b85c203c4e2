// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/key/keyexplanation.h"
#include "core/keyspace/session.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

#include <optional>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QSplitter;
class QStackedWidget;
class QTableView;
class QTabWidget;
class QToolButton;

namespace Cachelens {

class CallForm;
class ComparisonModel;
class ConstructorForm;
class ContributionsModel;
class EntryLookup;
class KeyLabel;

/// Puts the key of a call together while one types it: which field gave what, whether the key is in
/// the cache, and in what it differs from another one. Its actions (actions()) are the window's
/// too. Works without a session, on a constructor that is written here.
class KeyPlayground : public QWidget {
    Q_OBJECT

public:
    explicit KeyPlayground(QWidget *parent = nullptr);
    ~KeyPlayground() override;

    /// Null: none. The session must be set to null (or another) before it is destroyed.
    void setSession(Session *session);
    /// The catalog's functions may have changed.
    void updateCatalog();

    /// The call that this key is of, its arguments read back as far as the key holds them.
    void openKey(const QByteArray &rawKey);
    void openFunction(const QByteArray &id);
    /// An entry that was chosen elsewhere, to compare with; empty: none.
    void setEntryAtHand(const QByteArray &rawKey);
    /// Shows in what the key differs from this one.
    void compareWith(const QByteArray &rawKey);

    /// The key as the cache would have it; empty while there is none.
    [[nodiscard]] const QByteArray &rawKey() const { return m_located.rawKey; }
    /// Null while there is no key.
    [[nodiscard]] const KeyExplanation *explanation() const;
    /// Why there is no key, for a person.
    [[nodiscard]] QString problem() const;
    [[nodiscard]] const EntryLookup *lookup() const { return m_lookup; }

Q_SIGNALS:
    /// The entry of the key is to be shown.
    void entryRequested(const QByteArray &key);
    /// Another key was given to compare with, from elsewhere.
    void compared();
    /// For the status bar.
    void message(const QString &text);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void buildActions();
    void updateActions();
    [[nodiscard]] QWidget *buildCallPane();
    [[nodiscard]] QWidget *buildKeyPane();
    [[nodiscard]] QWidget *buildTables();
    [[nodiscard]] QWidget *buildComparison();

    void chooseFunction(int index);
    void setFunction(const CatalogFunction &function);
    void useConstructor();
    void rebuild();
    void showProblem(const QString &problem, bool mistake);
    void showKey();
    void showLookup();
    void compare();
    void copy(const QString &text, const QString &what);
    [[nodiscard]] const KeyReader &reader();
    void guessClientPrefix();
    [[nodiscard]] bool isOwn() const;
    [[nodiscard]] bool isListed(const std::vector<CatalogFunction> &functions) const;

    QPointer<Session> m_session;
    std::optional<KeyBuilder> m_builder;
    std::optional<std::chrono::seconds> m_ttl; // of the function; none: no expiry
    std::optional<KeyReader> m_reader; // of the function and the catalog's others
    std::optional<KeyExplanation> m_explanation;
    LocatedKey m_located;
    Call m_call;
    QByteArray m_entryAtHand;
    QString m_readBack; // why not all arguments could be read back from a key
    bool m_edited = false; // the constructor is not the catalog's any more
    bool m_prefixGiven = false; // the cache's prefix was typed, or came with an entry
    QTimer m_second;

    EntryLookup *m_lookup = nullptr;
    QSplitter *m_splitter = nullptr;
    QComboBox *m_functions = nullptr;
    QTabWidget *m_inputs = nullptr;
    CallForm *m_callForm = nullptr;
    ConstructorForm *m_constructor = nullptr;
    QLineEdit *m_clientPrefix = nullptr;

    QStackedWidget *m_pages = nullptr; // the key, or why there is none
    QLabel *m_problem = nullptr;
    KeyLabel *m_key = nullptr;
    QLabel *m_statusIcon = nullptr;
    QLabel *m_status = nullptr;
    KeyLabel *m_prefix = nullptr;
    QLabel *m_suffix = nullptr;
    KeyLabel *m_unhashed = nullptr;
    QLabel *m_warnings = nullptr;

    QTabWidget *m_tables = nullptr;
    ContributionsModel *m_contributions = nullptr;
    QLineEdit *m_other = nullptr;
    QLabel *m_verdict = nullptr;
    ComparisonModel *m_comparison = nullptr;

    QAction *m_showEntry = nullptr;
    QAction *m_compareChosen = nullptr;
    QAction *m_copyKey = nullptr;
    QAction *m_copyPrefix = nullptr;
    QAction *m_copyCpp = nullptr;
    QAction *m_copyPython = nullptr;
    QAction *m_copyRedisCli = nullptr;
};

} // namespace Cachelens
