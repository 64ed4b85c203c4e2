// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/entry.h"

#include <QWidget>

class QFormLayout;
class QLabel;

namespace Cachelens {

/// What is known of an entry beside its value: what a call would report, who wrote it, when it
/// resets and expires, how its bytes are made. Times move on with setNow().
class MetadataView : public QWidget {
    Q_OBJECT

public:
    explicit MetadataView(QWidget *parent = nullptr);

    void setEntry(std::shared_ptr<const EntryDetails> entry, WallTime now);
    void setNow(WallTime now);

protected:
    void changeEvent(QEvent *event) override;

private:
    QLabel *addRow(const QString &title, const QString &name);
    void showStatus();
    void showTimes();
    void showBytes();

    std::shared_ptr<const EntryDetails> m_entry;
    WallTime m_now;
    QFormLayout *m_form = nullptr;
    QLabel *m_function = nullptr;
    QLabel *m_nextCallIcon = nullptr;
    QLabel *m_nextCall = nullptr;
    QLabel *m_writtenByIcon = nullptr;
    QLabel *m_writtenBy = nullptr;
    QLabel *m_cachedAt = nullptr;
    QLabel *m_resetsAt = nullptr;
    QLabel *m_ttl = nullptr;
    QLabel *m_bytes = nullptr;
};

} // namespace Cachelens
