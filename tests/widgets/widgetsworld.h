// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/keyspace/sessionworld.h"

#include <QElapsedTimer>
#include <QWidget>

namespace Cachelens::Testing {

/// Counts how often the event loop comes around, and the longest time that it did not.
class LoopWatch final : public QObject {
public:
    LoopWatch()
    {
        m_since.start();
        m_timer.start(1);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            m_longest = std::max(m_longest, m_since.restart());
            ++m_turns;
        });
    }
    [[nodiscard]] int turns() const { return m_turns; }
    [[nodiscard]] qint64 longestGap() const { return m_longest; }
    void restart()
    {
        m_since.restart();
        m_turns = 0;
        m_longest = 0;
    }

private:
    QTimer m_timer;
    QElapsedTimer m_since;
    int m_turns = 0;
    qint64 m_longest = 0;
};

/// Controls beneath a widget that a screen reader or the keyboard could use and that have neither
/// a name nor a text.
inline QStringList unnamedControls(const QWidget &top)
{
    QStringList unnamed;
    for (const QWidget *widget : top.findChildren<QWidget *>()) {
        const bool isControl = widget->focusPolicy() != Qt::NoFocus;
        const bool isPart = widget->objectName().startsWith(QLatin1String("qt_"))
            || widget->focusProxy() != nullptr || widget->window() != top.window();
        const QString text = widget->property("text").toString();
        if (isControl && !isPart && widget->accessibleName().isEmpty() && text.isEmpty())
            unnamed.push_back(QString::fromLatin1(widget->metaObject()->className()));
    }
    return unnamed;
}

} // namespace Cachelens::Testing
