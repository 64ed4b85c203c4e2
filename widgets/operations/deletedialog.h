// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/session.h"

#include <QDialog>
#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QPointer>

#include <optional>

class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QProgressBar;
class QPushButton;

namespace Cachelens {

class KeyLabel;

/// Shows what a deletion would take before it takes it: exactly those keys go. Opened with open();
/// the plan is made meanwhile. Deletes itself when it is closed.
class DeleteDialog : public QDialog {
    Q_OBJECT

public:
    DeleteDialog(Session *session, DeletionTarget target, QWidget *parent = nullptr);
    ~DeleteDialog() override;

    /// A sentence that is shown with the plan. To be set before open().
    void setNote(const QString &note) { m_note = note; }
    /// None while it is being made, and when making it failed.
    [[nodiscard]] const std::optional<DeletionPlan> &plan() const { return m_plan; }

Q_SIGNALS:
    void planned(); ///< or failed: the dialog says which
    void started(Cachelens::OperationId id);

protected:
    void changeEvent(QEvent *event) override;

private:
    void build();
    void buildSample();
    void buildProduction();
    [[nodiscard]] QDialogButtonBox *buildButtons();
    void makePlan();
    void showProgress(int done);
    void showPlan();
    void showSample();
    void showSafety();
    [[nodiscard]] QString summary() const;
    void showError(const Error &error, bool retry);
    void updateDeleteButton();
    void updateColors();
    void startDeletion();

    QPointer<Session> m_session;
    DeletionTarget m_target;
    QString m_note;
    std::optional<DeletionPlan> m_plan;
    QFuture<Result<DeletionPlan>> m_planning;
    QFutureWatcher<Result<DeletionPlan>> m_progress;
    QElapsedTimer m_planningSince;

    QLabel *m_headline = nullptr;
    KeyLabel *m_key = nullptr; // when there is a single one
    QProgressBar *m_busy = nullptr;
    QLabel *m_summary = nullptr;
    QLabel *m_sampleTitle = nullptr;
    QListWidget *m_sample = nullptr;
    QLabel *m_undo = nullptr;
    QWidget *m_production = nullptr;
    QLabel *m_productionText = nullptr;
    QLineEdit *m_name = nullptr;
    QLabel *m_error = nullptr;
    QPushButton *m_retry = nullptr;
    QPushButton *m_deleteButton = nullptr;
    QPushButton *m_cancelButton = nullptr;
};

} // namespace Cachelens
