// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/deletedialog.h"

#include "widgets/key/displaykey.h"
#include "widgets/key/keylabel.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"
#include "widgets/whenready.h"

#include <QDialogButtonBox>
#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <span>

namespace Cachelens {

namespace {

using namespace std::chrono_literals;

constexpr auto s_soon = 500ms;

QLabel *makeText()
{
    auto *label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setVisible(false);
    return label;
}

void tell(QLabel *label, const QString &text)
{
    label->setText(text);
    label->setVisible(!text.isEmpty());
}

QString keyText(const QByteArray &key)
{
    constexpr qsizetype most = 1000;
    return key.size() > most ? displayKey(key.left(most)) + QChar(0x2026) : displayKey(key);
}

/// The calls, or the first of them.
QString callsText(const std::vector<Rewarm> &rewarms)
{
    constexpr size_t most = 5;
    QStringList calls;
    for (const Rewarm &rewarm : std::span(rewarms).first(std::min(most, rewarms.size())))
        calls += keyText(rewarm.title);
    const QString text = calls.join(QLatin1String(", "));
    return rewarms.size() <= most
        ? text
        : DeleteDialog::tr("%1 and %2 more")
              .arg(text, formatCount(static_cast<qint64>(rewarms.size() - most)));
}

} // namespace

DeleteDialog::DeleteDialog(Session *session, DeletionTarget target, QWidget *parent)
    : QDialog(parent), m_session(session), m_target(std::move(target))
{
    setAttribute(Qt::WA_DeleteOnClose);
    build();
    connect(session, &QObject::destroyed, this, &QDialog::reject);
    makePlan();
}

DeleteDialog::~DeleteDialog()
{
    m_planning.cancel();
}

void DeleteDialog::build()
{
    const bool single = m_target.prefixes.empty() && m_target.keys.size() == 1;
    setWindowTitle(single ? tr("Delete entry") : tr("Delete entries"));

    m_headline = new QLabel;
    m_headline->setTextFormat(Qt::PlainText);
    m_headline->setWordWrap(true);
    QFont bold = m_headline->font();
    bold.setBold(true);
    m_headline->setFont(bold);
    m_headline->setText(single ? tr("Delete this entry?")
                               : tr("Delete %1?").arg(displayKey(m_target.title)));

    m_key = new KeyLabel;
    m_key->setVisible(false);
    m_key->setFocusPolicy(Qt::ClickFocus); // the keyboard begins at the buttons

    m_busy = new QProgressBar;
    m_busy->setRange(0, 0);
    m_busy->setTextVisible(false);
    m_busy->setFixedHeight(4);
    m_busy->setAccessibleName(tr("Finding the keys"));

    m_summary = makeText();
    buildSample();
    m_undo = makeText();
    buildProduction();

    m_error = makeText();
    m_retry = new QPushButton(tr("&Try Again"));
    m_retry->setAutoDefault(false);
    m_retry->setVisible(false);
    connect(m_retry, &QPushButton::clicked, this, &DeleteDialog::makePlan);
    connect(&m_progress, &QFutureWatcherBase::progressValueChanged, this,
            &DeleteDialog::showProgress);

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addWidget(m_headline);
    layout->addWidget(m_key);
    layout->addWidget(m_busy);
    layout->addWidget(m_summary);
    layout->addWidget(m_sampleTitle);
    layout->addWidget(m_sample, 1);
    layout->addWidget(m_undo);
    layout->addWidget(m_production);
    layout->addWidget(m_error);
    layout->addWidget(m_retry, 0, Qt::AlignLeft);
    layout->addStretch(0);
    layout->addWidget(buildButtons());
    setMinimumWidth(600);
    updateDeleteButton();
    updateColors();
}

void DeleteDialog::buildSample()
{
    m_sampleTitle = makeText();
    m_sample = new QListWidget;
    m_sample->setFont(fixedFont());
    m_sample->setUniformItemSizes(true);
    m_sample->setTextElideMode(Qt::ElideMiddle);
    m_sample->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_sample->setAccessibleName(tr("Some of the keys"));
    m_sample->setVisible(false);
    m_sampleTitle->setBuddy(m_sample);
}

void DeleteDialog::buildProduction()
{
    m_production = new QWidget;
    m_productionText = new QLabel;
    m_productionText->setWordWrap(true);
    m_productionText->setTextFormat(Qt::PlainText);
    m_name = new QLineEdit;
    m_name->setAccessibleName(tr("Name of the connection"));
    auto *layout = new QVBoxLayout(m_production);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_productionText);
    layout->addWidget(m_name);
    m_production->setVisible(false);
    connect(m_name, &QLineEdit::textChanged, this, &DeleteDialog::updateDeleteButton);
}

QDialogButtonBox *DeleteDialog::buildButtons()
{
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_cancelButton = buttons->button(QDialogButtonBox::Cancel);
    m_deleteButton = buttons->addButton(tr("&Delete"), QDialogButtonBox::DestructiveRole);
    m_deleteButton->setAutoDefault(false);
    m_deleteButton->setEnabled(false);
    connect(m_cancelButton, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_deleteButton, &QPushButton::clicked, this, &DeleteDialog::startDeletion);
    return buttons;
}

void DeleteDialog::updateColors()
{
    const QColor danger = dangerColor(palette());
    QPalette text = palette();
    text.setColor(QPalette::WindowText, danger);
    m_error->setPalette(text);
    m_productionText->setPalette(text);
    m_undo->setPalette(m_plan && !m_plan->undoable ? text : palette());

    QPalette button = palette();
    if (m_plan && m_plan->count() == 0) {
        m_deleteButton->setPalette(button);
        return;
    }
    for (const auto group : {QPalette::Active, QPalette::Inactive}) {
        button.setColor(group, QPalette::Button, danger);
        button.setColor(group, QPalette::ButtonText, isDark(palette()) ? Qt::black : Qt::white);
    }
    m_deleteButton->setPalette(button);
}

void DeleteDialog::changeEvent(QEvent *event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateColors();
}

void DeleteDialog::makePlan()
{
    if (!m_session)
        return;
    tell(m_error, {});
    m_retry->setVisible(false);
    m_plan.reset();
    updateDeleteButton();
    if (m_session->policy().readOnly) {
        m_busy->setVisible(false);
        tell(m_error, tr("This connection is read-only: nothing can be deleted over it."));
        return;
    }
    m_busy->setRange(0, 0);
    m_busy->setVisible(true);
    tell(m_summary, tr("Finding the keys \u2026"));
    m_planningSince.start();
    m_planning = m_session->planDeletion(m_target);
    m_progress.setFuture(m_planning);
    whenReady(m_planning, this, [this](Result<DeletionPlan> plan) {
        if (!m_session)
            return; // and the dialog goes with it
        m_busy->setVisible(false);
        if (plan) {
            m_plan = std::move(*plan);
            showPlan();
        } else {
            tell(m_summary, {});
            showError(plan.error(), true);
        }
        Q_EMIT planned();
    });
}

void DeleteDialog::showProgress(int done)
{
    const int whole = m_progress.progressMaximum();
    if (m_plan || done <= 0 || whole <= 0)
        return;
    m_busy->setRange(0, whole);
    m_busy->setValue(done);
    const std::chrono::milliseconds elapsed(m_planningSince.elapsed());
    if (elapsed < s_soon)
        return; // what is over at once needs no forecast
    tell(m_summary,
         tr("Finding the keys \u2026 %1 %, %2 left")
             .arg(done * 100 / whole)
             .arg(formatDuration(elapsed * (whole - done) / done)));
}

void DeleteDialog::showPlan()
{
    const qint64 count = m_plan->count();
    const auto rewarms = static_cast<qint64>(m_plan->target.rewarms.size());
    tell(m_summary, summary());
    if (count == 0 && rewarms == 0) {
        updateDeleteButton();
        return;
    }
    if (count == 0)
        m_headline->setText(rewarms == 1 ? tr("Run one call anew?")
                                         : tr("Run %1 calls anew?").arg(formatCount(rewarms)));
    m_key->setVisible(count == 1);
    if (count == 1)
        m_key->setKey(m_plan->keys->front(), m_session->index()->reader());
    showSample();
    showSafety();
    m_deleteButton->setText(count == 0       ? tr("&Run Anew")
                                : count == 1 ? tr("&Delete")
                                             : tr("&Delete %1 keys").arg(formatCount(count)));
    updateColors();
    updateDeleteButton();
    adjustSize();
}

QString DeleteDialog::summary() const
{
    const qint64 count = m_plan->count();
    const std::vector<Rewarm> &rewarms = m_plan->target.rewarms;
    if (count == 0 && rewarms.empty())
        return tr("There is nothing to delete: the keys are gone already.");

    const QString bytes = m_plan->bytesSampled ? tr("\u2248 %1").arg(formatBytes(m_plan->bytes))
                                               : formatBytes(m_plan->bytes);
    QStringList lines;
    lines += count == 1 ? tr("%1.").arg(bytes)
        : count == 0    ? tr("Nothing to delete was found.")
                        : tr("%1 keys, %2.").arg(formatCount(count), bytes);
    if (m_plan->leftAlone > 0)
        lines += tr("Left alone, as they belong elsewhere though they begin in the same way: %1.")
                     .arg(formatCount(m_plan->leftAlone));
    if (m_target.node && m_target.node->guessed)
        lines += tr("No catalog says where the parts of these keys end: %1 is a guess. Look at the "
                    "keys.")
                     .arg(displayKey(m_target.title));
    if (!rewarms.empty())
        lines
            += (count == 0 ? tr("Run anew, and stored: %1.") : tr("Then run anew, and stored: %1."))
                   .arg(callsText(rewarms));
    if (!m_note.isEmpty())
        lines += m_note;
    return lines.join(u'\n');
}

void DeleteDialog::showSample()
{
    const qint64 count = m_plan->count();
    const bool sampled = count != 1 && !m_plan->sample.empty();
    const auto shown = static_cast<qint64>(m_plan->sample.size());
    tell(m_sampleTitle,
         !sampled            ? QString()
             : shown < count ? tr("The &first %1 of them:").arg(formatCount(shown))
                             : tr("The &keys:"));
    m_sample->clear();
    for (const QByteArray &key : m_plan->sample) {
        auto *item = new QListWidgetItem(keyText(key), m_sample);
        item->setToolTip(item->text());
    }
    m_sample->setVisible(sampled);
    const int rows = static_cast<int>(qBound(qint64(2), shown, qint64(8)));
    m_sample->setMinimumHeight(rows * qMax(1, m_sample->sizeHintForRow(0))
                               + 2 * m_sample->frameWidth());
}

/// Whether it can be undone, and in production the line for the connection's name.
void DeleteDialog::showSafety()
{
    tell(
        m_undo,
        m_plan->undoable ? tr(
            "It can be undone in Operations, until it is forgotten there or the connection closes.")
                         : tr("It cannot be undone: %1").arg(QString::fromUtf8(m_plan->whyNoUndo)));
    m_production->setVisible(m_plan->needsName);
    if (m_plan->needsName) {
        m_productionText->setText(
            tr("This is production. To delete, type the connection\u2019s name: %1")
                .arg(QString::fromUtf8(m_session->policy().name)));
        m_name->setFocus();
    }
}

void DeleteDialog::showError(const Error &error, bool retry)
{
    tell(m_error, QString::fromUtf8(error.message()));
    m_retry->setVisible(retry && error.retryable);
}

void DeleteDialog::updateDeleteButton()
{
    const bool possible
        = m_session && m_plan && (m_plan->count() > 0 || !m_plan->target.rewarms.empty());
    const bool named
        = possible && (!m_plan->needsName || m_name->text().toUtf8() == m_session->policy().name);
    m_deleteButton->setEnabled(named);
    // Enter deletes only where the name has been typed for it.
    const bool typed = named && m_plan->needsName;
    m_deleteButton->setDefault(typed);
    m_cancelButton->setDefault(!typed);
}

void DeleteDialog::startDeletion()
{
    if (!m_session || !m_plan)
        return;
    const Result<OperationId> operation
        = m_session->startDeletion(*m_plan, m_name->text().toUtf8());
    if (!operation) {
        showError(operation.error(), false);
        return;
    }
    Q_EMIT started(*operation);
    accept();
}

} // namespace Cachelens
