// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stallmonitor.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QEvent>
#include <QFile>

#include <algorithm>
#include <ctime>

#include <unistd.h>

namespace Cachelens {

StallMonitor::StallMonitor(QObject *parent) : QObject(parent)
{
    // Depending on the dispatcher, events are handled before or behind either signal; both are
    // between two turns.
    const QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, &StallMonitor::endTurn);
    connect(dispatcher, &QAbstractEventDispatcher::awake, this, &StallMonitor::endTurn);
    QCoreApplication::instance()->installEventFilter(this);
}

void StallMonitor::reset()
{
    m_longest = {};
    m_busySince.reset();
}

bool StallMonitor::eventFilter(QObject *watched, QEvent *event)
{
    if (!m_busySince)
        m_busySince = std::chrono::steady_clock::now();
    if (event->type() == QEvent::Paint && !m_firstPaint)
        m_painting = true;
    if (event->type() == QEvent::Hide && watched->inherits("QMainWindow")) {
        endTurn();
        m_ended = true;
    }
    return QObject::eventFilter(watched, event);
}

void StallMonitor::endTurn()
{
    if (m_busySince && m_firstPaint && !m_ended) {
        const auto busy = std::chrono::steady_clock::now() - *m_busySince;
        m_longest
            = std::max(m_longest, std::chrono::duration_cast<std::chrono::microseconds>(busy));
    }
    m_busySince.reset();
    if (m_painting) {
        m_painting = false;
        m_firstPaint = processAge();
    }
}

std::chrono::milliseconds processAge()
{
    // The 22nd field of stat is the start in clock ticks since the machine's; the second, a name in
    // parentheses, may hold spaces.
    QFile stat(QStringLiteral("/proc/self/stat"));
    if (!stat.open(QIODevice::ReadOnly))
        return {};
    const QByteArray text = stat.readAll();
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    timespec now{};
    if (fields.size() < 20 || clock_gettime(CLOCK_BOOTTIME, &now) != 0)
        return {};
    const qint64 started = fields.at(19).toLongLong() * 1000 / sysconf(_SC_CLK_TCK);
    return std::chrono::milliseconds(now.tv_sec * 1000 + now.tv_nsec / 1'000'000 - started);
}

} // namespace Cachelens
