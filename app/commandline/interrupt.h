// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace Cachelens {

/// While one lives, the first Ctrl+C (SIGINT) or SIGTERM is told to the event loop instead of
/// ending the program; the second ends it. One at a time.
class Interrupt final : public QObject {
    Q_OBJECT

public:
    explicit Interrupt(QObject *parent = nullptr);
    ~Interrupt() override;

Q_SIGNALS:
    void asked();
};

} // namespace Cachelens
