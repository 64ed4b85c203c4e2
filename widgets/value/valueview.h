// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/entry.h"

#include <QTimer>
#include <QWidget>

#include <memory>

class QLabel;
class QModelIndex;
class QTabWidget;
class QTreeView;

namespace Cachelens {

class BytesView;
class JsonView;
class TextView;
class ValueTreeModel;

/// An entry's value in tabs: tree, JSON, bytes. Of a value that cannot be decoded only the bytes.
/// Everything that takes time with a big value is done on a worker.
class ValueView : public QWidget {
    Q_OBJECT

public:
    static constexpr qsizetype jsonShown = 1024 * 1024; ///< bytes of JSON that are shown

    explicit ValueView(QWidget *parent = nullptr);
    ~ValueView() override;

    /// Keeps the tab that was chosen, where the new value has it. Null: nothing.
    void setEntry(std::shared_ptr<const EntryDetails> entry);

Q_SIGNALS:
    /// The JSON of the value that was set last is on screen.
    void jsonReady();

private:
    QWidget *buildTree();
    void addTab(QWidget *content, const QString &title, const QString &command);
    void fetchVisible();
    void makeJson();
    void showDetail(const QModelIndex &index);

    std::shared_ptr<const EntryDetails> m_entry;
    QTabWidget *m_tabs = nullptr;
    QTreeView *m_tree = nullptr;
    ValueTreeModel *m_treeModel = nullptr;
    QWidget *m_detail = nullptr;
    QLabel *m_detailTitle = nullptr;
    TextView *m_detailText = nullptr;
    JsonView *m_json = nullptr;
    QLabel *m_jsonNote = nullptr;
    BytesView *m_bytes = nullptr;
    QLabel *m_bytesNote = nullptr;
    QTimer m_fetch;
    quint64 m_turn = 0;
    int m_chosenTab = 0;
    bool m_jsonMade = false;
};

} // namespace Cachelens
