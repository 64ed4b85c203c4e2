// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/theme.h"

#include "widgets/style/statusicon.h"
#include "widgets/style/systemappearance.h"

#include <QApplication>
#include <QCoreApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QToolTip>

#include <cmath>
#include <utility>

namespace Cachelens {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Cachelens::Theme)
};

struct Tones {
    QRgb window, base, alternate, text, button, dim, quiet, mid, dark, highlight, highlightedText,
        link, tip, tipText;
};
constexpr Tones lightTones{0xfff3f4f6, 0xffffffff, 0xfff8f9fb, 0xff1d2228, 0xfff8f9fb,
                           0xff8b949e, 0xff5f6b7a, 0xffc4cad1, 0xffa3abb4, 0xff2563c9,
                           0xffffffff, 0xff1f5fbf, 0xff2a2f36, 0xfff3f4f6};
constexpr Tones darkTones{0xff1f2226, 0xff17191c, 0xff1b1e22, 0xffdfe3e8, 0xff2a2e33,
                          0xff767f89, 0xff9aa7b5, 0xff3a4048, 0xff0f1113, 0xff2f62b5,
                          0xffffffff, 0xff7db1ff, 0xff343a41, 0xffeef0f2};

QPalette paletteOf(const Tones &tones)
{
    QPalette palette(QColor::fromRgb(tones.button), QColor::fromRgb(tones.window));
    const auto set = [&](QPalette::ColorRole role, QRgb color) {
        palette.setColor(role, QColor::fromRgb(color));
    };
    set(QPalette::Window, tones.window);
    set(QPalette::WindowText, tones.text);
    set(QPalette::Base, tones.base);
    set(QPalette::AlternateBase, tones.alternate);
    set(QPalette::Text, tones.text);
    set(QPalette::Button, tones.button);
    set(QPalette::ButtonText, tones.text);
    set(QPalette::BrightText, tones.highlightedText);
    set(QPalette::Mid, tones.mid);
    set(QPalette::Dark, tones.dark);
    set(QPalette::PlaceholderText, tones.quiet);
    set(QPalette::Highlight, tones.highlight);
    set(QPalette::HighlightedText, tones.highlightedText);
    set(QPalette::Link, tones.link);
    set(QPalette::LinkVisited, tones.link);
    set(QPalette::ToolTipBase, tones.tip);
    set(QPalette::ToolTipText, tones.tipText);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, QColor::fromRgb(tones.dim));
    palette.setColor(QPalette::Disabled, QPalette::Highlight, QColor::fromRgb(tones.mid));
    return palette;
}

/// Styles that draw with the system's colours, whatever palette they are given.
bool followsPalette(const QString &style)
{
    static const QStringList deaf{QStringLiteral("windowsvista"), QStringLiteral("windowsxp"),
                                  QStringLiteral("macos"), QStringLiteral("gtk2")};
    return !deaf.contains(style, Qt::CaseInsensitive);
}

struct Shade {
    QRgb light, dark;
};

QColor shaded(Shade shade, const QPalette &palette)
{
    return QColor::fromRgb(isDark(palette) ? shade.dark : shade.light);
}

} // namespace

namespace {

void usePalette(const QPalette &palette)
{
    QApplication::setPalette(palette);
    QToolTip::setPalette(QApplication::palette());
}

/// The style's own palette, unless the desktop is dark and the style does not know.
void followSystem(const SystemAppearance &system)
{
    usePalette(QPalette());
    const bool dark = isDark(QApplication::palette());
    if (system.dark() && *system.dark() != dark && followsPalette(QApplication::style()->name()))
        usePalette(paletteOf(*system.dark() ? darkTones : lightTones));
}

} // namespace

void applyTheme(QApplication &application, ThemeChoice choice)
{
    static constexpr char nativeStyle[] = "cachelensNativeStyle";
    if (!application.property(nativeStyle).isValid())
        application.setProperty(nativeStyle, QApplication::style()->name());
    const QString native = application.property(nativeStyle).toString();

    auto *system = application.findChild<SystemAppearance *>({}, Qt::FindDirectChildrenOnly);
    if (choice != ThemeChoice::System)
        delete std::exchange(system, nullptr);
    const QString style = choice == ThemeChoice::System || followsPalette(native)
        ? native
        : QStringLiteral("Fusion");
    if (QApplication::style()->name().compare(style, Qt::CaseInsensitive) != 0)
        QApplication::setStyle(style);

    if (choice != ThemeChoice::System) {
        usePalette(paletteOf(choice == ThemeChoice::Dark ? darkTones : lightTones));
        return;
    }
    if (!system) {
        system = new SystemAppearance(&application);
        QObject::connect(system, &SystemAppearance::changed, system,
                         [system] { followSystem(*system); });
    }
    followSystem(*system);
}

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Text).lightness() > palette.color(QPalette::Base).lightness();
}

StatusStyle statusStyle(CacheStatus status, const QPalette &palette)
{
    const auto style = [&](Shade shade, const QString &text, StatusShape shape) {
        const QColor color = shaded(shade, palette);
        return StatusStyle{color, text, statusIcon(shape, color)};
    };
    switch (status) {
    case CacheStatus::Hit:
        return style({0xff1b7f3b, 0xff5ccb80}, Tr::tr("HIT"), StatusShape::Disc);
    case CacheStatus::Miss:
        break;
    case CacheStatus::Stale:
        return style({0xffa15c00, 0xfff0b34d}, Tr::tr("STALE"), StatusShape::Triangle);
    case CacheStatus::Bypass:
        return style({0xff6b3fa0, 0xffb794f0}, Tr::tr("BYPASS"), StatusShape::Diamond);
    case CacheStatus::Refresh:
        return style({0xff1f5fbf, 0xff7db1ff}, Tr::tr("REFRESH"), StatusShape::Turn);
    }
    return style({0xff5f6b7a, 0xff9aa7b5}, Tr::tr("MISS"), StatusShape::Ring);
}

StatusStyle statusStyle(NextCall nextCall, const QPalette &palette)
{
    switch (nextCall) {
    case NextCall::Hit:
        return statusStyle(CacheStatus::Hit, palette);
    case NextCall::Stale:
        return statusStyle(CacheStatus::Stale, palette);
    case NextCall::Miss:
        return statusStyle(CacheStatus::Miss, palette);
    case NextCall::Unknown:
        break;
    }
    const QColor color = quietColor(palette);
    return {color, QStringLiteral("–"), statusIcon(StatusShape::Dash, color)};
}

QColor dangerColor(const QPalette &palette)
{
    return shaded({0xffb3261e, 0xffff8a80}, palette);
}

QColor accentColor(const QPalette &palette)
{
    return shaded({0xff1f5fbf, 0xff7db1ff}, palette);
}

QColor quietColor(const QPalette &palette)
{
    return shaded({0xff5f6b7a, 0xff9aa7b5}, palette);
}

QColor segmentTint(int fieldIndex, const QPalette &palette)
{
    // Steps of the golden angle keep neighbours far apart.
    const double hue = std::fmod(fieldIndex * 137.508 + 210, 360) / 360;
    return isDark(palette) ? QColor::fromHslF(static_cast<float>(hue), 0.38F, 0.24F)
                           : QColor::fromHslF(static_cast<float>(hue), 0.65F, 0.90F);
}

QColor segmentTint(QByteArrayView fieldName, const QPalette &palette)
{
    static constexpr std::size_t tints = 24;
    return segmentTint(static_cast<int>(qHash(fieldName, 0) % tints), palette);
}

QFont fixedFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    const QFont applications = QApplication::font();
    if (applications.pointSizeF() > 0)
        font.setPointSizeF(applications.pointSizeF());
    return font;
}

} // namespace Cachelens
