// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/entry.h"

#include <QTimer>
#include <QWidget>

#include <memory>

class QAction;
class QLabel;
class QModelIndex;
class QTabWidget;
class QTreeView;

namespace Cachelens {

class BytesView;
class DiffView;
class JsonView;
class TextView;
class ValueTreeModel;

/// An entry's value in tabs: tree, JSON, bytes, and what has changed in it where that is known. Of
/// a value that cannot be decoded only the bytes. Everything that takes time with a big value is
/// done on a worker.
class ValueView : public QWidget {
    Q_OBJECT

public:
    static constexpr qsizetype jsonShown = 1024 * 1024; ///< bytes of JSON that are shown

    explicit ValueView(QWidget *parent = nullptr);
    ~ValueView() override;

    /// Keeps the tab that was chosen, where the new value has it. Null: nothing.
    void setEntry(std::shared_ptr<const EntryDetails> entry);

    /// Fills the tab of the difference, and turns to it. It stays until it is forgotten, whatever
    /// entry is set. Neither value is null. `what` is a sentence in front of how much differs.
    void compare(std::shared_ptr<const Value> before, std::shared_ptr<const Value> after,
                 const QString &what = {});
    void forgetComparison();

Q_SIGNALS:
    /// The JSON of the value that was set last is on screen.
    void jsonReady();
    /// The difference of the values that were compared last is on screen.
    void differenceReady();

private:
    QWidget *buildTree();
    [[nodiscard]] QAction *addTab(QWidget *content, const QString &title, const QString &command);
    void fetchVisible();
    void makeJson();
    void showDetail(const QModelIndex &index);

    std::shared_ptr<const EntryDetails> m_entry;
    QTabWidget *m_tabs = nullptr;
    QAction *m_showTree = nullptr;
    QAction *m_showJson = nullptr;
    QAction *m_showBytes = nullptr;
    QAction *m_showDiff = nullptr;
    QTreeView *m_tree = nullptr;
    ValueTreeModel *m_treeModel = nullptr;
    QWidget *m_detail = nullptr;
    QLabel *m_detailTitle = nullptr;
    TextView *m_detailText = nullptr;
    JsonView *m_json = nullptr;
    QLabel *m_jsonNote = nullptr;
    BytesView *m_bytes = nullptr;
    QLabel *m_bytesNote = nullptr;
    DiffView *m_diff = nullptr;
    QLabel *m_diffNote = nullptr;
    QTimer m_fetch;
    quint64 m_turn = 0;
    quint64 m_comparison = 0; // answers to older ones are dropped
    int m_chosenTab = 0;
    bool m_jsonMade = false;
};

} // namespace Cachelens
