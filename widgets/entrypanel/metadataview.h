// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/entry.h"
#include "widgets/entrypanel/lastcalls.h"

#include <QWidget>

#include <memory>

class QLabel;

namespace Cachelens {

struct StatusStyle;

/// What is known of an entry beside its value: what a call would report, who wrote it, when it
/// resets and expires, how its bytes are made. Times move on with setNow().
class MetadataView : public QWidget {
    Q_OBJECT

public:
    explicit MetadataView(QWidget *parent = nullptr);

    void setEntry(std::shared_ptr<const EntryDetails> entry, WallTime now); ///< not null
    void clear(); ///< keeps what it shows, and lets go of the entry
    void setNow(WallTime now);
    /// Whether setLastCall() is told of every call; else the line is hidden.
    void setCallsAreTold(bool told);
    void setLastCall(std::optional<LastCall> call);

protected:
    void changeEvent(QEvent *event) override;

private:
    /// A title and a value; `icon` when it has one.
    struct Item {
        QLabel *title = nullptr;
        QLabel *icon = nullptr;
        QLabel *value = nullptr;

        void set(const QString &text, const QString &tip = {});
    };
    static Item makeItem(const QString &title, QLabel *value, QLabel *icon = nullptr);
    /// A line of one item, or of two.
    QWidget *addRow(std::initializer_list<Item> items);
    void show(Item &item, const StatusStyle &style, const QString &text, const QString &tip);
    void showPlain(Item &item, const QString &text, const QString &tip);
    void showStatuses();
    void showLastCall();
    void showTimes();
    void showStorage();
    void updateColors();

    std::shared_ptr<const EntryDetails> m_entry;
    std::optional<LastCall> m_call;
    WallTime m_now;
    QWidget *m_functionRow = nullptr;
    QWidget *m_statusRow = nullptr;
    QWidget *m_callRow = nullptr;
    QWidget *m_timeRow = nullptr;
    Item m_function;
    Item m_nextCall;
    Item m_writtenBy;
    Item m_lastCall;
    Item m_cached;
    Item m_resets;
    Item m_ttl;
    Item m_storage;
};

} // namespace Cachelens
