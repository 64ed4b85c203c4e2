// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/difftext.h"
#include "widgets/value/diffview.h"
#include "widgets/value/valueview.h"

#include "tests/widgets/accessible.h"
#include "tests/widgets/tickwatch.h"
#include "widgets/style/theme.h"

#include <QApplication>
#include <QLabel>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

Value text(const QByteArray &utf8)
{
    return Value::string(utf8);
}

Value user(const char *email, int page)
{
    return Value::map({{text("id"), Value(7)},
                       {text("email"), text(email)},
                       {text("prefs"), Value::map({{text("page"), Value(page)}})}});
}

QStringList linesOf(const Value &before, const Value &after)
{
    return diffText(diffValues(before, after)).split(u'\n');
}

std::shared_ptr<const Value> shared(Value value)
{
    return std::make_shared<const Value>(std::move(value));
}

/// Pixels of a view that are in this colour.
int pixels(QWidget &view, const QColor &color)
{
    const QImage image = view.grab().toImage();
    int found = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            found += image.pixelColor(x, y) == color;
    }
    return found;
}

} // namespace

class TestDiffView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void marksWhatChangedWithASign()
    {
        QCOMPARE(linesOf(user("a@b", 1), user("c@d", 2)),
                 (QStringList{u"  dict"_s, u"    id: 7"_s, u"-   email: \"a@b\""_s,
                              u"+   email: \"c@d\""_s, u"    prefs: dict"_s, u"-     page: 1"_s,
                              u"+     page: 2"_s}));
    }

    void saysHowASequenceGrew()
    {
        const Value before = Value::list({Value(1), Value(2)});
        const Value after = Value::list({Value(1), Value(2), Value(3)});
        QCOMPARE(linesOf(before, after),
                 (QStringList{u"  list, 2 \u2192 3"_s, u"    1"_s, u"    2"_s, u"+   3"_s}));
    }

    void showsWhereLongTextsDiffer()
    {
        const QByteArray common = QByteArray(400, 'x') + "\xc3\xa4";
        const QStringList lines = linesOf(text(common + "one"), text(common + "two"));
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].startsWith(u"- \u2026\""_s) && lines[0].endsWith(u"x\u00e4one\""_s));
        QVERIFY(lines[1].startsWith(u"+ \u2026\""_s) && lines[1].endsWith(u"x\u00e4two\""_s));
        QVERIFY(lines[0].size() < 60);
    }

    void saysInWordsHowMuchDiffers()
    {
        QCOMPARE(diffSummary(diffValues(Value(1), Value(1))),
                 u"No difference: both values are the same."_s);
        QCOMPARE(diffText(diffValues(Value(1), Value(1))), QString());
        QCOMPARE(diffSummary(diffValues(user("a@b", 1), user("c@d", 2))), u"2 changed."_s);
        QCOMPARE(diffSummary(diffValues(Value::list({Value(1)}), Value::list({}))),
                 u"1 removed."_s);
        const Value list = Value::list(ValueList(100, Value(1)));
        QVERIFY(diffSummary(diffValues(list, list, {.maxVisits = 10})).contains(u"too large"_s));
        const ValueDiff cut
            = diffValues(list, Value::list(ValueList(100, Value(2))), {.maxNodes = 5});
        QCOMPARE(diffSummary(cut), u"At least 5 changed: more differs than is listed."_s);
    }

    void coloursWhatWasAddedAndRemoved()
    {
        for (const ThemeChoice theme : {ThemeChoice::Dark, ThemeChoice::Light}) {
            applyTheme(*qApp, theme);
            DiffView view;
            view.resize(300, 120);
            view.setText(std::make_shared<const TextLines>(
                TextLines::of(diffText(diffValues(user("a@b", 1), user("c@d", 1))))));
            view.show();
            QVERIFY(pixels(view, dangerColor(view.palette())) > 0);
            QVERIFY(pixels(view, statusStyle(CacheStatus::Hit, view.palette()).color) > 0);
        }
    }

    void theTabOfTheDifferenceIsThereAfterAComparison()
    {
        ValueView view;
        view.resize(500, 300);
        view.show();
        auto *tabs = view.findChild<QTabWidget *>();
        const int diff = tabs->count() - 1;
        QVERIFY(!tabs->isTabEnabled(diff));
        QVERIFY(tabs->tabToolTip(diff).contains(u"Refresh"_s));
        const int before = tabs->currentIndex();

        const QSignalSpy ready(&view, &ValueView::differenceReady);
        view.compare(shared(user("a@b", 1)), shared(user("c@d", 1)));
        QTRY_COMPARE(ready.size(), 1);
        QVERIFY(tabs->isTabEnabled(diff));
        QCOMPARE(tabs->currentIndex(), diff);
        auto *lines = view.findChild<DiffView *>();
        QVERIFY(lines->text()->text.contains(u"c@d"_s));

        view.compare(shared(user("a@b", 1)), shared(user("a@b", 1)));
        QTRY_COMPARE(ready.size(), 2);
        QVERIFY(!lines->isVisible());
        const auto labels = view.findChildren<QLabel *>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
            return label->isVisible() && label->text().startsWith(u"No difference"_s);
        }));
        QCOMPARE(namelessControls(view), QStringList());

        view.forgetComparison();
        QVERIFY(!tabs->isTabEnabled(diff));
        QCOMPARE(tabs->currentIndex(), before);
    }

    void comparesBigValuesWithoutHoldingUpTheWindow()
    {
        ValueView view;
        view.resize(500, 300);
        view.show();
        ValueList items;
        for (int i = 0; i < 200'000; ++i)
            items.emplace_back(i);
        const auto before = shared(Value::list(items));
        std::reverse(items.begin(), items.end());
        const auto after = shared(Value::list(std::move(items)));
        const QSignalSpy ready(&view, &ValueView::differenceReady);
        const TickWatch ticks;
        view.compare(before, after);
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, 20'000);
        QVERIFY(ticks.longest() <= TickWatch::allowed);
    }

    void theAnswerToAnOlderComparisonIsVoid()
    {
        ValueView view;
        const QSignalSpy ready(&view, &ValueView::differenceReady);
        view.compare(shared(Value(1)), shared(Value(2)));
        view.compare(shared(Value(3)), shared(Value(4)));
        QTRY_COMPARE(ready.size(), 1);
        QVERIFY(view.findChild<DiffView *>()->text()->text.contains(u"4"_s));
        view.compare(shared(Value(5)), shared(Value(6)));
        view.forgetComparison();
        QVERIFY(!view.findChild<DiffView *>()->text());
    }
};

QTEST_MAIN(TestDiffView)
#include "tst_diffview.moc"
