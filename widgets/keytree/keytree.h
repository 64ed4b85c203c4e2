// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/keytree/nodepath.h"

#include <QPointer>
#include <QWidget>

class QAction;
class QLabel;
class QStackedWidget;
class QToolButton;
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

    /// Null: none.
    void setSession(Session *session);
    /// Whether entries can be changed: why not, for a person; empty: they can.
    void setChangeable(const QString &whyNot);

    /// The root when nothing is selected.
    [[nodiscard]] NodeInfo currentNode() const;
    [[nodiscard]] QTreeView *view() const { return m_view; }

Q_SIGNALS:
    /// The node is the root when nothing is selected any more, and, after the index was replaced,
    /// until the selected node is found in the new one.
    void nodeSelected(const Cachelens::NodeInfo &node);
    void deleteRequested(const Cachelens::NodeInfo &node);

private:
    void addActions();
    void replaceIndex();
    void grow();
    void restore();
    [[nodiscard]] std::vector<NodePath> wanted() const;
    void refreshVisible();
    void updateState();
    void updateActions();
    void selectionChanged();
    void activate(const QModelIndex &index);
    void showContextMenu(const QPoint &position);
    [[nodiscard]] QString emptyText() const;
    [[nodiscard]] std::vector<NodePath> expandedPaths(const QModelIndex &parent) const;

    QPointer<Session> m_session;
    KeyTreeModel *m_model = nullptr;
    QLabel *m_title = nullptr;
    QToolButton *m_all = nullptr;
    QStackedWidget *m_pages = nullptr;
    QTreeView *m_view = nullptr;
    QLabel *m_empty = nullptr;
    QAction *m_delete = nullptr;
    QAction *m_copyPrefix = nullptr;
    QAction *m_showAll = nullptr;
    QString m_whyNoChange;

    // What was open and selected in the index before, until it is found in this one.
    std::vector<NodePath> m_toExpand;
    NodePath m_toSelect;
    bool m_expandFew = false; ///< nothing was open before: open the first level if it is short
};

} // namespace Cachelens
