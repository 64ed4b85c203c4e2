// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/keyindex.h"

#include <QPointer>
#include <QWidget>

class QAction;
class QLabel;
class QStackedWidget;
class QTreeView;

namespace Cachelens {

class KeyTreeModel;
class Session;

/// The keyspace as a tree of namespaces, functions and partitions with their counts. Its actions()
/// are what can be done with the current node.
class KeyTree final : public QWidget {
    Q_OBJECT

public:
    explicit KeyTree(QWidget *parent = nullptr);
    ~KeyTree() override;

    /// Null: none. The session must outlive its use here or be destroyed as a QObject.
    void setSession(Session *session);

    /// The root when nothing is selected.
    [[nodiscard]] NodeInfo currentNode() const;
    [[nodiscard]] QTreeView *view() const { return m_view; }

Q_SIGNALS:
    /// Also with the root: after the selection is gone, and when the index has been replaced, until
    /// the node is found in the new one.
    void nodeSelected(const Cachelens::NodeInfo &node);
    void deleteRequested(const Cachelens::NodeInfo &node);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void addActions();
    void updateState();
    void updateActions();
    void refreshVisible();
    void tellSelection();
    void showContextMenu(const QPoint &position);

    QPointer<Session> m_session;
    KeyTreeModel *m_model = nullptr;
    QStackedWidget *m_pages = nullptr;
    QTreeView *m_view = nullptr;
    QLabel *m_emptyText = nullptr;
    QAction *m_delete = nullptr;
    QAction *m_copyPrefix = nullptr;
};

} // namespace Cachelens
