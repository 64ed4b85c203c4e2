// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/interrupt.h"

#include <QSocketNotifier>

#include <array>
#include <csignal>

#include <sys/eventfd.h>
#include <unistd.h>

namespace Cachelens {

namespace {

constexpr std::array caught{SIGINT, SIGTERM};

// A signal handler reaches nothing but globals.
volatile std::sig_atomic_t wakeUp = -1;

extern "C" void onSignal(int)
{
    const quint64 one = 1;
    [[maybe_unused]] const auto written = ::write(wakeUp, &one, sizeof one);
}

} // namespace

Interrupt::Interrupt(QObject *parent) : QObject(parent)
{
    wakeUp = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wakeUp < 0)
        return; // the program ends as it would without
    auto *notifier = new QSocketNotifier(wakeUp, QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this, notifier] {
        notifier->setEnabled(false);
        Q_EMIT asked();
    });
    struct sigaction action = {};
    action.sa_handler = onSignal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : caught)
        ::sigaction(signal, &action, nullptr);
}

Interrupt::~Interrupt()
{
    for (const int signal : caught)
        std::signal(signal, SIG_DFL);
    if (wakeUp >= 0)
        ::close(wakeUp);
    wakeUp = -1;
}

} // namespace Cachelens
