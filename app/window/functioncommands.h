// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cached/functionlink.h"
#include "core/keyspace/session.h"

#include <QObject>
#include <QPointer>

class QWidget;

namespace Cachelens {

/// What can be asked of the functions whose cache is looked at. Where they run elsewhere, or a key
/// does not say enough, it says why nothing can.
class FunctionCommands final : public QObject {
    Q_OBJECT

public:
    /// `window`: what dialogs belong to.
    explicit FunctionCommands(QWidget *window);

    /// Null: none. Both must be set to null (or others) before they are destroyed.
    void setCache(Session *session, FunctionLink *functions);
    [[nodiscard]] FunctionLink *functions() const { return m_functions; }

    /// Why the function of a key cannot be called like this, for a person; empty: it can.
    [[nodiscard]] QString whyNot(const QByteArray &key, CallMode mode) const;
    /// The same of invalidating all of a function.
    [[nodiscard]] QString whyNotInvalidate(const QByteArray &function) const;
    /// The function that a key is of; empty when none is known.
    [[nodiscard]] QByteArray functionOf(const QByteArray &key) const;

    /// `before`: the value that is known of the entry, to compare with; null: none.
    void call(const QByteArray &key, CallMode mode, std::shared_ptr<const Value> before);
    /// Asks first, with how many entries are known.
    void invalidateAll(const QByteArray &function, qsizetype entries);

Q_SIGNALS:
    /// A call came back. `before` as it was given.
    void called(const QByteArray &key, const std::shared_ptr<const Value> &before,
                const std::shared_ptr<const Value> &after, const QString &what);
    void message(const QString &text);

private:
    void receive(const QByteArray &key, CallMode mode, const std::shared_ptr<const Value> &before,
                 Result<LinkedAnswer> answer);
    void invalidateNow(const QByteArray &function);

    QWidget *m_window;
    QPointer<Session> m_session;
    FunctionLink *m_functions = nullptr;
    quint64 m_turn = 0; // an answer of another cache is void
};

} // namespace Cachelens
