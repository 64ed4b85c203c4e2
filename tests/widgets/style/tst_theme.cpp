// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/systemappearance.h"
#include "widgets/style/theme.h"

#include <QApplication>
#include <QDBusVariant>
#include <QPalette>
#include <QSet>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace Cachelens;

namespace {

constexpr CacheStatus statuses[] = {CacheStatus::Hit, CacheStatus::Miss, CacheStatus::Stale,
                                    CacheStatus::Bypass, CacheStatus::Refresh};

/// WCAG's contrast of two colours.
double contrast(const QColor &a, const QColor &b)
{
    const auto luminance = [](const QColor &color) {
        const auto channel = [](double c) {
            return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * channel(color.redF()) + 0.7152 * channel(color.greenF())
            + 0.0722 * channel(color.blueF());
    };
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

/// Which points of an icon are inked, whatever the colour.
QByteArray shapeOf(const QIcon &icon)
{
    const QImage image = icon.pixmap(16, 16).toImage();
    QByteArray shape;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            shape += image.pixelColor(x, y).alpha() > 127 ? '#' : ' ';
    }
    return shape;
}

} // namespace

class TestTheme final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { applyTheme(*qApp, ThemeChoice::System); }

    void colorsCanBeReadInLightAndDark()
    {
        for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
            applyTheme(*qApp, choice);
            const QPalette palette = QApplication::palette();
            QCOMPARE(isDark(palette), choice == ThemeChoice::Dark);
            QList<QColor> inks{
                dangerColor(palette), quietColor(palette), palette.color(QPalette::Text),
                palette.color(QPalette::PlaceholderText), palette.color(QPalette::Link)};
            for (const CacheStatus status : statuses)
                inks.push_back(statusStyle(status, palette).color);
            for (const QColor &ink : inks) {
                for (const auto ground :
                     {QPalette::Base, QPalette::AlternateBase, QPalette::Window}) {
                    const double found = contrast(ink, palette.color(ground));
                    QVERIFY2(found >= 4.5,
                             qPrintable(QStringLiteral("%1 on %2: %3")
                                            .arg(ink.name(), palette.color(ground).name())
                                            .arg(found)));
                }
            }
            for (int field = 0; field < 24; ++field)
                QVERIFY(contrast(palette.color(QPalette::Text), segmentTint(field, palette))
                        >= 4.5);
            QVERIFY(contrast(palette.color(QPalette::HighlightedText),
                             palette.color(QPalette::Highlight))
                    >= 4.5);
        }
    }

    void everyStatusHasAShapeAndATextOfItsOwn()
    {
        QSet<QByteArray> shapes{shapeOf(statusStyle(NextCall::Unknown, qApp->palette()).icon)};
        QSet<QString> texts{statusStyle(NextCall::Unknown, qApp->palette()).text};
        for (const CacheStatus status : statuses) {
            const StatusStyle style = statusStyle(status, qApp->palette());
            shapes.insert(shapeOf(style.icon));
            texts.insert(style.text);
        }
        QCOMPARE(shapes.size(), 6);
        QCOMPARE(texts.size(), 6);
    }

    void iconsAreDrawnInTheTextColorOfTheirPalette()
    {
        QVERIFY(themedIcon(QStringLiteral("no such icon")).isNull());
        const QIcon icon = themedIcon(QStringLiteral("delete"));
        for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
            applyTheme(*qApp, choice);
            const QImage image = icon.pixmap(64, 64).toImage();
            QSet<QRgb> inks;
            for (int x = 0; x < image.width(); ++x) {
                if (const QColor ink = image.pixelColor(x, 17); ink.alpha() == 255)
                    inks.insert(ink.rgb());
            }
            QCOMPARE(inks, QSet<QRgb>{QApplication::palette().color(QPalette::ButtonText).rgb()});
        }
    }

    void aFieldHasTheSameTintEverywhere()
    {
        const QPalette palette = QApplication::palette();
        QCOMPARE(segmentTint(QByteArrayView("user_id"), palette),
                 segmentTint(QByteArrayView("user_id"), palette));
        QVERIFY(segmentTint(0, palette) != segmentTint(1, palette));
    }

    void thePortalsAnswerIsUnderstood()
    {
        const auto wrapped
            = [](const QVariant &value) { return QVariant::fromValue(QDBusVariant(value)); };
        QCOMPARE(SystemAppearance::darkOf(wrapped(wrapped(1U))), std::optional(true));
        QCOMPARE(SystemAppearance::darkOf(wrapped(2U)), std::optional(false));
        QCOMPARE(SystemAppearance::darkOf(wrapped(0U)), std::nullopt);
        QCOMPARE(SystemAppearance::darkOf(wrapped(QStringLiteral("dark"))), std::nullopt);
        QCOMPARE(SystemAppearance::darkOf({}), std::nullopt);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
