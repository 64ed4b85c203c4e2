// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/operationrow.h"

#include "widgets/key/displaykey.h"
#include "widgets/style/elidedlabel.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QCoreApplication>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

namespace Cachelens {

namespace {

using Kind = OperationStatus::Kind;
using Phase = OperationStatus::Phase;

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Cachelens::OperationRow)
};

qint64 undone(const OperationStatus &status)
{
    return status.restored + status.keptNewer + status.expired;
}

QString titleOf(const OperationStatus &status)
{
    const QString title = displayKey(status.title);
    if (status.kind == Kind::Delete)
        return Tr::tr("Delete %1").arg(title);
    return title.left(1).toUpper() + title.mid(1);
}

} // namespace

QString operationPhase(const OperationStatus &status)
{
    switch (status.phase) {
    case Phase::Running:
        return Tr::tr("running");
    case Phase::Done:
        return Tr::tr("done");
    case Phase::Canceled:
        return Tr::tr("canceled");
    case Phase::Failed:
        return Tr::tr("failed");
    case Phase::Undoing:
        return Tr::tr("undoing");
    case Phase::Undone:
        return Tr::tr("undone");
    }
    return {};
}

QString operationCounts(const OperationStatus &status)
{
    QStringList parts;
    const auto add = [&parts](qint64 count, const QString &text) {
        if (count > 0)
            parts += text.arg(formatCount(count));
    };
    if (status.phase == Phase::Undoing || status.phase == Phase::Undone) {
        const bool running = status.phase == Phase::Undoing;
        parts += running ? Tr::tr("%1 of %2 restored")
                               .arg(formatCount(status.restored), formatCount(status.done))
                         : Tr::tr("%1 restored").arg(formatCount(status.restored));
        add(status.keptNewer, Tr::tr("%1 written again since and kept"));
        add(status.expired, Tr::tr("%1 expired meanwhile"));
        add(status.rewarmsUndone, Tr::tr("%1 run anew removed"));
    } else {
        const bool deletes = status.kind == Kind::Delete;
        if (status.phase == Phase::Done || (status.rewarms > 0 && status.notTried == 0))
            parts += (deletes ? Tr::tr("%1 gone") : Tr::tr("%1 changed"))
                         .arg(formatCount(status.done));
        else
            parts += (deletes ? Tr::tr("%1 of %2 gone") : Tr::tr("%1 of %2 changed"))
                         .arg(formatCount(status.done), formatCount(status.total));
        add(status.alreadyGone,
            deletes ? Tr::tr("%1 already gone") : Tr::tr("%1 not there any more"));
        if (status.phase != Phase::Running)
            add(status.notTried, Tr::tr("%1 left as before"));
        add(status.unknown, Tr::tr("%1 sent, outcome not known"));
        if (status.rewarms > 0)
            parts += status.rewarmed == status.rewarms
                ? Tr::tr("%1 run anew").arg(formatCount(status.rewarms))
                : Tr::tr("%1 of %2 run anew")
                      .arg(formatCount(status.rewarmed), formatCount(status.rewarms));
        add(status.rewarmsNotStored, Tr::tr("%1 not stored"));
        add(status.rewarmsFailed, Tr::tr("%1 failed"));
    }
    QStringList texts{parts.join(QStringLiteral(", "))};
    if (status.isActive() && status.remaining)
        texts += Tr::tr("%1 left").arg(formatDuration(*status.remaining));
    if (status.canUndo && status.undoBytes > 0)
        texts += Tr::tr("undo holds %1").arg(formatBytes(status.undoBytes));
    return texts.join(QStringLiteral(" \u00b7 "));
}

OperationRow::OperationRow(const OperationStatus &status, QWidget *parent)
    : QWidget(parent), m_title(new ElidedLabel), m_phase(new QLabel), m_progress(new QProgressBar),
      m_counts(new QLabel), m_error(new QLabel)
{
    m_counts->setTextFormat(Qt::PlainText);
    m_counts->setWordWrap(true);
    m_error->setTextFormat(Qt::PlainText);
    m_error->setWordWrap(true);
    m_error->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (QLabel *label : {static_cast<QLabel *>(m_title), m_phase, m_counts, m_error})
        label->setForegroundRole(QPalette::WindowText); // on whatever ground the row stands
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);

    const auto makeButton = [this](const QString &text, auto signal) {
        auto *button = new QToolButton;
        button->setText(text);
        button->setFocusPolicy(Qt::StrongFocus);
        connect(button, &QToolButton::clicked, this, signal);
        return button;
    };
    m_cancel = makeButton(tr("Cancel"), &OperationRow::cancelRequested);
    m_undo = makeButton(tr("Undo"), &OperationRow::undoRequested);
    m_forget = makeButton(tr("Forget"), &OperationRow::forgetRequested);

    // The phases of all rows stand beneath one another.
    QSizePolicy keepsItsPlace = m_undo->sizePolicy();
    keepsItsPlace.setRetainSizeWhenHidden(true);
    m_undo->setSizePolicy(keepsItsPlace);
    m_cancel->setMinimumWidth(qMax(m_cancel->sizeHint().width(), m_forget->sizeHint().width()));
    m_forget->setMinimumWidth(m_cancel->minimumWidth());

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(4);
    buttons->addWidget(m_undo);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_forget);

    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(8, 4, 8, 4);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    grid->addWidget(m_title, 0, 0);
    grid->addWidget(m_phase, 0, 1, Qt::AlignRight);
    grid->addLayout(buttons, 0, 2, 2, 1, Qt::AlignTop);
    grid->addWidget(m_counts, 1, 0, 1, 2);
    grid->addWidget(m_progress, 2, 0, 1, 3);
    grid->addWidget(m_error, 3, 0, 1, 3);
    grid->setColumnStretch(0, 1);
    setStatus(status);
}

void OperationRow::setStatus(const OperationStatus &status)
{
    m_status = status;
    const QString title = titleOf(status);
    m_title->setText(title);
    m_phase->setText(operationPhase(status));
    m_counts->setText(operationCounts(status));

    const bool active = status.isActive();
    const bool undoing = status.phase == Phase::Undoing;
    const qint64 whole = undoing ? status.done : status.total + status.rewarms;
    const qint64 made = undoing ? undone(status)
                                : status.done + status.alreadyGone + status.unknown
            + status.rewarmed + status.rewarmsNotStored + status.rewarmsFailed;
    m_progress->setVisible(active);
    m_progress->setValue(whole > 0 ? static_cast<int>(made * 1000 / whole) : 0);

    m_error->setVisible(status.error.has_value());
    if (status.error)
        m_error->setText(QString::fromUtf8(status.error->message()));

    m_cancel->setVisible(active);
    m_undo->setVisible(!active && status.canUndo);
    m_forget->setVisible(!active);
    m_progress->setAccessibleName(tr("Progress of %1").arg(title));
    m_cancel->setAccessibleName(tr("Cancel %1").arg(title));
    m_undo->setAccessibleName(tr("Undo %1").arg(title));
    m_undo->setToolTip(
        (status.rewarms > 0
             ? tr("Removes what was run anew and puts back what this has taken, except where a key "
                  "has been written since. Holds %1 of memory.")
             : tr("Puts back what this has taken, except where a key has been written since. Holds "
                  "%1 of memory."))
            .arg(formatBytes(status.undoBytes)));
    m_forget->setAccessibleName(tr("Forget %1").arg(title));
    m_forget->setToolTip(status.canUndo
                             ? tr("Takes this off the list and frees the memory of its undo.")
                             : tr("Takes this off the list."));
    setAccessibleName(QStringLiteral("%1, %2: %3").arg(title, m_phase->text(), m_counts->text()));
    updateColors();
}

void OperationRow::updateColors()
{
    const auto color = [](QLabel *label, const QColor &to) {
        QPalette colors = label->palette();
        if (colors.color(QPalette::WindowText) == to)
            return;
        colors.setColor(QPalette::WindowText, to);
        label->setPalette(colors);
    };
    const bool failed = m_status.phase == Phase::Failed;
    color(m_phase, failed ? dangerColor(palette()) : quietColor(palette()));
    color(m_counts, palette().color(QPalette::WindowText));
    color(m_error, dangerColor(palette()));
}

void OperationRow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateColors();
}

} // namespace Cachelens
