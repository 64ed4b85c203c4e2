// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/statusline.h"

#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace Cachelens {

namespace {

QString refusalText(const Error &error)
{
    switch (error.code) {
    case Error::Code::ReadOnlyServer:
        return StatusLine::tr("no changes: a replica");
    case Error::Code::OutOfMemory:
        return StatusLine::tr("no changes: out of memory");
    case Error::Code::Misconfigured:
        return StatusLine::tr("no changes: the server cannot save");
    default:
        return StatusLine::tr("no changes: no permission");
    }
}

int percentOf(const ScanProgress &progress)
{
    if (progress.expected <= 0)
        return 0;
    // The keyspace may have grown since it was counted; all of it is only said at the end.
    return static_cast<int>(std::min<qint64>(99, progress.looked * 100 / progress.expected));
}

} // namespace

QString countsText(qint64 keys, const ScanProgress &progress, bool awaySince)
{
    using Phase = ScanProgress::Phase;
    const QString count = counted(keys, StatusLine::tr("1 key"), StatusLine::tr("%1 keys"));
    const int percent = percentOf(progress);
    switch (progress.phase) {
    case Phase::Idle:
        return StatusLine::tr("Not scanned yet");
    case Phase::Running:
        if (progress.expected <= 0)
            return StatusLine::tr("%1 so far, counts are lower bounds").arg(count);
        if (!progress.remaining)
            return StatusLine::tr("%1 so far: %2 % scanned, counts are lower bounds")
                .arg(count)
                .arg(percent);
        return StatusLine::tr("%1 so far: %2 % scanned, %3 left, counts are lower bounds")
            .arg(count)
            .arg(percent)
            .arg(formatDuration(*progress.remaining));
    case Phase::Paused:
        return StatusLine::tr("%1: paused at %2 %, counts are lower bounds")
            .arg(count)
            .arg(percent);
    case Phase::Complete:
        return awaySince
            ? StatusLine::tr("%1: whole keyspace until the server was away, scan again").arg(count)
            : StatusLine::tr("%1: whole keyspace").arg(count);
    case Phase::Canceled:
        return StatusLine::tr("%1: stopped at %2 %, counts are lower bounds")
            .arg(count)
            .arg(percent);
    case Phase::Failed:
        return StatusLine::tr("%1: scan failed at %2 %, counts are lower bounds")
            .arg(count)
            .arg(percent);
    }
    return {};
}

StatusLine::StatusLine(QWidget *parent)
    : QWidget(parent), m_connection(new QLabel(this)), m_environment(new QLabel(this)),
      m_readOnly(new QLabel(tr("read-only"), this)), m_refusal(new QLabel(this)),
      m_latency(new QLabel(this)), m_progress(new QProgressBar(this)), m_counts(new QLabel(this)),
      m_stop(new QToolButton(this)), m_retry(new QToolButton(this))
{
    m_connection->setAccessibleName(tr("Connection"));
    m_connection->setTextFormat(Qt::PlainText);
    m_environment->setAccessibleName(tr("Environment"));
    m_environment->setTextFormat(Qt::PlainText);
    m_readOnly->setAccessibleName(tr("Read-only"));
    m_readOnly->setToolTip(tr("Nothing can be changed over this connection."));
    m_refusal->setAccessibleName(tr("Refused changes"));
    m_latency->setAccessibleName(tr("Latency"));
    m_latency->setToolTip(tr("How long the last round trip to the server took."));
    m_counts->setAccessibleName(tr("Keys"));
    m_progress->setAccessibleName(tr("Scan progress"));
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(96);
    m_progress->setMaximumHeight(8);
    m_stop->setText(tr("Stop"));
    m_stop->setToolTip(tr("Stop the scan; what was found stays"));
    m_stop->setAccessibleName(tr("Stop the scan"));
    m_stop->setAutoRaise(true);
    m_stop->setFocusPolicy(Qt::StrongFocus);
    connect(m_stop, &QToolButton::clicked, this, &StatusLine::stopRequested);
    m_retry->setText(tr("Retry"));
    m_retry->setToolTip(tr("Go on with the scan where it stopped"));
    m_retry->setAccessibleName(tr("Retry the scan"));
    m_retry->setFocusPolicy(Qt::StrongFocus);
    connect(m_retry, &QToolButton::clicked, this, &StatusLine::retryRequested);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 0, 8, 0);
    layout->setSpacing(16);
    for (QWidget *part : {m_connection, m_environment, m_readOnly, m_refusal, m_latency})
        layout->addWidget(part);
    layout->addStretch(1);
    layout->addWidget(m_progress);
    layout->addWidget(m_counts);
    layout->addWidget(m_stop);
    layout->addWidget(m_retry);
    setSession(nullptr, {});
}

void StatusLine::setSession(Session *session, const Connection &connection)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    setConnection(connection);
    m_awaySinceScan = false;
    updateState(session ? session->state() : BackendState());
    updateCounts();
    if (!session)
        return;
    connect(session, &Session::stateChanged, this, &StatusLine::updateState);
    connect(session, &Session::scanProgressed, this, &StatusLine::updateCounts);
    connect(session, &Session::indexChanged, this, &StatusLine::updateCounts);
    connect(session, &Session::indexReplaced, this, [this] {
        m_awaySinceScan = false;
        updateCounts();
    });
}

void StatusLine::setConnection(const Connection &connection)
{
    m_connection->setText(!m_session                ? tr("Not connected")
                              : connection.isDemo() ? connection.title()
                                                    : QString::fromUtf8(m_session->description()));
    m_environment->setText(connection.environment());
    m_environment->setVisible(m_session && !connection.environment().isEmpty());
    QFont font = m_environment->font();
    font.setBold(true);
    m_environment->setFont(font);
    m_environment->setForegroundRole(QPalette::WindowText);
    QPalette palette = m_connection->palette();
    if (connection.production)
        palette.setColor(QPalette::WindowText, dangerColor(palette));
    m_environment->setPalette(palette);
    m_readOnly->setVisible(m_session && connection.readOnly);
}

QString StatusLine::countsText() const
{
    return m_counts->text();
}

void StatusLine::updateState(const BackendState &state)
{
    const bool away = state.phase == BackendState::Phase::Waiting;
    m_latency->setVisible(m_session && (away || state.latency.count() > 0));
    m_latency->setText(away ? tr("no answer") : formatLatency(state.latency));
    m_refusal->setVisible(m_session && state.changesRefused);
    if (state.changesRefused) {
        m_refusal->setText(refusalText(*state.changesRefused));
        m_refusal->setToolTip(QString::fromUtf8(state.changesRefused->message()));
    }
    // What happened to the keys meanwhile is not known; it may be another server's run altogether.
    if (away && !std::exchange(m_awaySinceScan, true))
        updateCounts();
}

void StatusLine::updateCounts()
{
    const ScanProgress progress = m_session ? m_session->scanProgress() : ScanProgress();
    m_counts->setVisible(!m_session.isNull());
    m_counts->setText(
        m_session ? Cachelens::countsText(m_session->index()->keyCount(), progress, m_awaySinceScan)
                  : QString());
    m_counts->setToolTip(progress.error ? QString::fromUtf8(progress.error->message()) : QString());
    const bool active = progress.phase == ScanProgress::Phase::Running
        || progress.phase == ScanProgress::Phase::Paused;
    m_progress->setVisible(active);
    m_stop->setVisible(active);
    m_progress->setRange(0, progress.expected > 0 ? 100 : 0);
    m_progress->setValue(percentOf(progress));
    m_retry->setVisible(progress.phase == ScanProgress::Phase::Failed);
}

} // namespace Cachelens
