// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/session.h"

#include <QObject>
#include <QPointer>

#include <functional>

class QWidget;

namespace Cachelens {

/// What can be done to the cache from anywhere in the window: asks with the dialogs, acts through
/// the session.
class CacheCommands final : public QObject {
    Q_OBJECT

public:
    /// `window`: what dialogs belong to.
    explicit CacheCommands(QWidget *window);

    /// Null: none; every command is void then.
    void setSession(Session *session);

    void deleteKeys(const QList<QByteArray> &keys);
    void deleteNode(const NodeInfo &node);
    void changeTtl(const QByteArray &key, std::optional<std::chrono::milliseconds> current);
    void undoLast();
    void cancelRunning();
    [[nodiscard]] bool canUndo() const;
    [[nodiscard]] bool isRunning() const;

    /// Goes on at once; or once the user agrees, when an operation is running or what could be
    /// undone would be forgotten.
    void closeConnectionThen(std::function<void()> next);
    /// Of a window, which nobody expects to remember what could be undone.
    void stopAndCloseWindowThen(std::function<void()> next);

    /// The node of this kind that a key hangs under.
    [[nodiscard]] std::optional<NodeInfo> nodeOf(const QByteArray &key, NodeKind kind) const;
    /// The node of this kind that is `node` or above it.
    [[nodiscard]] std::optional<NodeInfo> above(const NodeInfo &node, NodeKind kind) const;

Q_SIGNALS:
    void started(Cachelens::OperationId id);
    void message(const QString &text);

private:
    void ask(DeletionTarget target);
    void askToStop(const QString &title, const QString &question, const QString &consequence,
                   std::function<void()> next);

    QWidget *m_window;
    QPointer<Session> m_session;
};

/// "partition user_id:42", for people.
[[nodiscard]] QString nodeTitle(const NodeInfo &node);

} // namespace Cachelens
