// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/activity/activitymodel.h"

#include <QPersistentModelIndex>
#include <QPointer>
#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace Cachelens {

class ActivityFeed;

/// A cache's events as they come, the newest on top, with a count and a filter for each kind.
class ActivityView : public QWidget {
    Q_OBJECT

public:
    /// The feed must outlive it.
    explicit ActivityView(ActivityFeed *feed, QWidget *parent = nullptr);
    ~ActivityView() override;

    [[nodiscard]] ActivityModel *model() const { return m_model; }
    [[nodiscard]] QTableView *list() const { return m_list; }

public Q_SLOTS:
    void clear();

Q_SIGNALS:
    /// The event of one entry was selected.
    void entryRequested(const QByteArray &key);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void setUpList();
    QWidget *buildBar();
    QToolButton *makeChip();
    void applyFilter();
    void updateCounts();
    void updateChips();
    void updateEmpty();
    void reveal(const QModelIndex &current);

    ActivityFeed *m_feed;
    ActivityModel *m_model;
    QLineEdit *m_filter = nullptr;
    std::array<QToolButton *, activityKinds.size()> m_chips{};
    QLabel *m_note = nullptr; ///< what is not in the list
    QAction *m_pause = nullptr;
    QAction *m_clear = nullptr;
    QWidget *m_bar = nullptr;
    QStackedWidget *m_pages = nullptr;
    QTableView *m_list = nullptr;
    QLabel *m_empty = nullptr;
    QTimer m_second;
    QPersistentModelIndex m_top; // while rows come: what stands on top of the view
};

} // namespace Cachelens
