// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/systemappearance.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFileInfo>
#include <QGuiApplication>

namespace Cachelens {

namespace {

/// Asking for a bus where there is none would start one.
bool hasSessionBus()
{
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")
        || QFileInfo::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/bus"));
}

} // namespace

SystemAppearance::SystemAppearance(QObject *parent) : QObject(parent)
{
    connect(qGuiApp, &QGuiApplication::applicationStateChanged, this,
            [this](Qt::ApplicationState state) {
                if (state == Qt::ApplicationActive)
                    ask();
            });
    ask();
}

void SystemAppearance::ask()
{
    if (m_asking || !hasSessionBus())
        return;
    auto message = QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.portal.Desktop"),
                                                  QStringLiteral("/org/freedesktop/portal/desktop"),
                                                  QStringLiteral("org.freedesktop.portal.Settings"),
                                                  QStringLiteral("Read"));
    message << QStringLiteral("org.freedesktop.appearance") << QStringLiteral("color-scheme");
    static constexpr int deadline = 2000; // milliseconds
    m_asking = true;
    auto *call = new QDBusPendingCallWatcher(
        QDBusConnection::sessionBus().asyncCall(message, deadline), this);
    connect(call, &QDBusPendingCallWatcher::finished, this, [this, call] {
        call->deleteLater();
        m_asking = false;
        const QDBusPendingReply<QVariant> reply = *call;
        const auto dark = reply.isError() ? std::nullopt : darkOf(reply.value());
        if (dark == m_dark)
            return;
        m_dark = dark;
        Q_EMIT changed();
    });
}

std::optional<bool> SystemAppearance::darkOf(const QVariant &answer)
{
    // Read wraps its answer once more than it should, and is not the same everywhere.
    QVariant value = answer;
    while (value.metaType() == QMetaType::fromType<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    bool isNumber = false;
    const uint scheme = value.toUInt(&isNumber);
    if (!isNumber || scheme == 0 || scheme > 2)
        return {};
    return scheme == 1;
}

} // namespace Cachelens
