// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/operation.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace Cachelens {

class ElidedLabel;

/// One operation, as it stands, and what can be done about it.
class OperationRow : public QWidget {
    Q_OBJECT

public:
    explicit OperationRow(const OperationStatus &status, QWidget *parent = nullptr);

    void setStatus(const OperationStatus &status);
    [[nodiscard]] const OperationStatus &status() const { return m_status; }

Q_SIGNALS:
    void cancelRequested();
    void undoRequested();
    void forgetRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateColors();

    OperationStatus m_status;
    ElidedLabel *m_title = nullptr;
    QLabel *m_phase = nullptr;
    QProgressBar *m_progress = nullptr;
    QLabel *m_counts = nullptr;
    QLabel *m_error = nullptr;
    QToolButton *m_cancel = nullptr;
    QToolButton *m_undo = nullptr;
    QToolButton *m_forget = nullptr;
};

/// "1,000 of 200,000 gone, 3 already gone, 12 left as before": every number exact.
[[nodiscard]] QString operationCounts(const OperationStatus &status);
/// One or two words: "running", "canceled".
[[nodiscard]] QString operationPhase(const OperationStatus &status);

} // namespace Cachelens
