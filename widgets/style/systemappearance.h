// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <optional>

class QVariant;

namespace Cachelens {

/// Whether the desktop is dark, where Qt (before 6.5) does not tell: asked of the desktop portal
/// when it is made and whenever the application is turned to again. Without a portal it says
/// nothing.
class SystemAppearance final : public QObject {
    Q_OBJECT

public:
    explicit SystemAppearance(QObject *parent = nullptr);

    /// None: not known, or the user has no preference.
    [[nodiscard]] std::optional<bool> dark() const { return m_dark; }
    /// What the portal's answer about `color-scheme` says.
    [[nodiscard]] static std::optional<bool> darkOf(const QVariant &answer);

Q_SIGNALS:
    void changed();

private:
    void ask();

    std::optional<bool> m_dark;
    bool m_asking = false;
};

} // namespace Cachelens
