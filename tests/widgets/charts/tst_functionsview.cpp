// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/functionsview.h"

#include "tests/widgets/accessible.h"
#include "widgets/style/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

using Column = FunctionsModel::Column;

FunctionCounts counts(qint64 hits, qint64 misses, std::chrono::microseconds callTime = 0us,
                      const QByteArray &function = "shop.f")
{
    FunctionCounts counts;
    counts.function = function;
    counts.calls[static_cast<std::size_t>(CacheStatus::Hit)] = hits;
    counts.calls[static_cast<std::size_t>(CacheStatus::Miss)] = misses;
    counts.runs = misses;
    counts.functionTime = misses * 2ms;
    counts.callTime = callTime;
    return counts;
}

QImage painted(const Sparkline &line)
{
    QImage image(60, 20, QImage::Format_ARGB32);
    image.fill(QApplication::palette().color(QPalette::Base));
    QPainter painter(&image);
    paintSparkline(painter, QRectF(0.5, 2, 59, 16), line, QApplication::palette());
    return image;
}

} // namespace

class TestFunctionsView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSpanIsTheDifferenceOfTwoSnapshots();
    void aSpanWithoutCallsHasNeitherRatioNorLatency();
    void aFunctionMadeAnewBeginsAgain();
    void aFunctionThatIsGoneIsForgotten();
    void keepsAsManySpansAsItsBound();

    void aLineEndsAtTheRightAndBreaksWhereNothingIsKnown();
    void clampsWhatIsOutOfRange();
    void paintsInItsColourOnlyWhereThereAreValues();

    void showsNumbersAndTheirMeaning();
    void saysThatThereWereNoCalls();
    void roundsNoRatioToAllOrNothing();
    void updatesInPlaceWhileTheFunctionsStayTheSame();
    void samplesItsSource();
    void aNarrowTableScrollsInsteadOfHidingNames();
    void everyControlHasAName();
};

void TestFunctionsView::aSpanIsTheDifferenceOfTwoSnapshots()
{
    FunctionHistory history(10);
    history.sample({counts(5, 5, 10ms)});
    QCOMPARE(history.records().size(), 1U);
    QVERIFY(history.records()[0].spans.empty());
    history.sample({counts(8, 6, 18ms)});
    const FunctionRecord &record = history.records()[0];
    QCOMPARE(record.spans.size(), 1U);
    QCOMPARE(record.spans[0].calls, 4);
    QCOMPARE(*record.spans[0].hitRatio(), 0.75);
    QCOMPARE(record.spans[0].latency()->count(), 2000);
    QCOMPARE(record.counts.total(), 14);
    QCOMPARE(record.spans[0].run()->count(), 2000);
}

void TestFunctionsView::aSpanWithoutCallsHasNeitherRatioNorLatency()
{
    FunctionHistory history(10);
    history.sample({counts(5, 0)});
    history.sample({counts(5, 0)});
    QVERIFY(!history.records()[0].spans[0].hitRatio());
    QVERIFY(!history.records()[0].spans[0].latency());
    QVERIFY(!history.records()[0].spans[0].run());
}

void TestFunctionsView::aFunctionMadeAnewBeginsAgain()
{
    FunctionHistory history(10);
    history.sample({counts(5, 5)});
    history.sample({counts(9, 5)});
    history.sample({counts(1, 0)});
    QVERIFY(history.records()[0].spans.empty());
    QCOMPARE(history.records()[0].counts.total(), 1);
}

void TestFunctionsView::aFunctionThatIsGoneIsForgotten()
{
    FunctionHistory history(10);
    history.sample({counts(1, 0, 0us, "a"), counts(2, 0, 0us, "b")});
    history.sample({counts(2, 0, 0us, "b"), counts(3, 0, 0us, "c")});
    QCOMPARE(history.records().size(), 2U);
    QCOMPARE(history.records()[0].counts.function, "b");
    QCOMPARE(history.records()[0].spans.size(), 1U);
    QCOMPARE(history.records()[1].counts.function, "c");
}

void TestFunctionsView::keepsAsManySpansAsItsBound()
{
    FunctionHistory history(3);
    for (int i = 0; i < 10; ++i)
        history.sample({counts(i * i, 0)});
    QCOMPARE(history.records()[0].spans.size(), 3U);
    QCOMPARE(history.records()[0].spans.back().calls, 81 - 64);
    QCOMPARE(history.records()[0].recent().calls, 81 - 36);
}

void TestFunctionsView::aLineEndsAtTheRightAndBreaksWhereNothingIsKnown()
{
    Sparkline line;
    line.capacity = 5;
    line.values = {0.0, 1.0, std::nullopt, 0.5};
    const auto runs = line.runs({0, 0, 40, 10});
    QCOMPARE(runs.size(), 2U);
    QCOMPARE(runs[0], (std::vector<QPointF>{{10, 10}, {20, 0}}));
    QCOMPARE(runs[1], (std::vector<QPointF>{{40, 5}}));
    QCOMPARE(line.gaps({0, 0, 40, 10}), (std::vector<QPointF>{{30, 10}}));
    line.values = {9.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0}; // more than there is room for
    QCOMPARE(line.runs({0, 0, 40, 10})[0].size(), 5U);
    line.values = {};
    QVERIFY(line.runs({0, 0, 40, 10}).empty());
    QVERIFY(line.gaps({0, 0, 40, 10}).empty());
}

void TestFunctionsView::clampsWhatIsOutOfRange()
{
    Sparkline line;
    line.capacity = 2;
    line.values = {-1.0, 7.0};
    QCOMPARE(line.runs({0, 0, 10, 10})[0], (std::vector<QPointF>{{0, 10}, {10, 0}}));
    line.high = 0; // nothing to scale by
    QCOMPARE(line.runs({0, 0, 10, 10})[0], (std::vector<QPointF>{{0, 10}, {10, 10}}));
}

void TestFunctionsView::paintsInItsColourOnlyWhereThereAreValues()
{
    const auto coloured = [](const QImage &image, int from, int to) {
        int found = 0;
        for (int x = from; x < to; ++x) {
            for (int y = 0; y < image.height(); ++y)
                found += image.pixelColor(x, y).hslSaturation() > 100;
        }
        return found;
    };
    for (const ThemeChoice theme : {ThemeChoice::Dark, ThemeChoice::Light}) {
        applyTheme(*qApp, theme);
        Sparkline line;
        line.capacity = 6;
        line.color = statusStyle(CacheStatus::Hit, QApplication::palette()).color;
        line.values = {0.2, 0.9, 0.4, std::nullopt, std::nullopt, std::nullopt};
        const QImage image = painted(line);
        QVERIFY(coloured(image, 0, 24) > 20);
        QCOMPARE(coloured(image, 30, 60), 0);
        line.values = {std::nullopt, 0.5, std::nullopt}; // a single value is seen too
        QVERIFY(coloured(painted(line), 0, 60) > 0);
    }
}

void TestFunctionsView::showsNumbersAndTheirMeaning()
{
    FunctionsModel model(10, 2s);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    FunctionCounts before = counts(10000, 500, 1s);
    before.refused = 3;
    model.sample({before});
    FunctionCounts after = counts(10006, 502, 1s + 16ms);
    after.refused = 3;
    model.sample({after});
    const auto cell = [&](Column column, int role = Qt::DisplayRole) {
        return model.index(0, column).data(role).toString();
    };
    QCOMPARE(cell(Column::FunctionColumn), u"shop.f"_s);
    QCOMPARE(cell(Column::CallsColumn), u"10,508"_s);
    QCOMPARE(cell(Column::HitRatioColumn), u"75 %"_s);
    QCOMPARE(cell(Column::LatencyColumn), u"2.0 ms"_s);
    QCOMPARE(cell(Column::TypicalRunColumn), u"2.0 ms"_s);
    QCOMPARE(cell(Column::RefusedColumn), u"3"_s);
    QVERIFY(
        cell(Column::HitRatioColumn, Qt::AccessibleDescriptionRole).contains(u"6 of 8 calls"_s));
    QVERIFY(cell(Column::LatencyColumn, Qt::AccessibleDescriptionRole).contains(u"2.0 ms"_s));
    QVERIFY(cell(Column::CallsColumn, Qt::ToolTipRole).contains(u"MISS 502"_s));
    QVERIFY(model.chart(model.index(0, Column::HitRatioColumn)));
    QVERIFY(!model.chart(model.index(0, Column::CallsColumn)));
}

void TestFunctionsView::saysThatThereWereNoCalls()
{
    FunctionsModel model(10, 2s);
    model.sample({counts(10, 0)});
    for (int i = 0; i < 3; ++i)
        model.sample({counts(10, 0)});
    const QModelIndex ratio = model.index(0, Column::HitRatioColumn);
    QCOMPARE(ratio.data().toString(), u"\u2013"_s);
    QCOMPARE(ratio.data(Qt::AccessibleDescriptionRole).toString(), u"No calls in the last 6 s."_s);
    QCOMPARE(model.chart(ratio)->gaps({0, 0, 10, 10}).size(), 3U);
    QVERIFY(model.chart(ratio)->runs({0, 0, 10, 10}).empty());
}

void TestFunctionsView::roundsNoRatioToAllOrNothing()
{
    FunctionsModel model(10, 2s);
    const auto shown = [&](qint64 hits, qint64 misses) {
        model.clear();
        model.sample({counts(0, 0)});
        model.sample({counts(hits, misses)});
        return model.index(0, Column::HitRatioColumn).data().toString();
    };
    QCOMPARE(shown(998, 2), u"99.8 %"_s);
    QCOMPARE(shown(2, 998), u"0.2 %"_s);
    QCOMPARE(shown(99'999, 1), u"99.9 %"_s);
    QCOMPARE(shown(1, 99'999), u"0.1 %"_s);
    QCOMPARE(shown(10, 0), u"100 %"_s);
    QCOMPARE(shown(0, 10), u"0 %"_s);
    QCOMPARE(shown(1, 2), u"33 %"_s);
}

void TestFunctionsView::updatesInPlaceWhileTheFunctionsStayTheSame()
{
    FunctionsModel model(10, 2s);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.sample({counts(1, 0)});
    const QSignalSpy reset(&model, &FunctionsModel::modelReset);
    const QSignalSpy changed(&model, &FunctionsModel::dataChanged);
    model.sample({counts(2, 0)});
    QCOMPARE(reset.size(), 0);
    QCOMPARE(changed.size(), 1);
    model.sample({counts(2, 0), counts(1, 0, 0us, "other")});
    QCOMPARE(reset.size(), 1);
    QCOMPARE(model.rowCount(), 2);
}

void TestFunctionsView::samplesItsSource()
{
    FunctionsView view;
    view.resize(900, 200);
    view.show();
    auto *empty = view.findChild<QLabel *>();
    QVERIFY(empty->isVisible() && empty->text().contains(u"run elsewhere"_s));
    qint64 hits = 0;
    view.setSource([&hits] { return std::vector<FunctionCounts>{counts(++hits, 1)}; });
    QVERIFY(!empty->isVisible());
    view.sample();
    QCOMPARE(view.model()->index(0, Column::CallsColumn).data().toString(), u"3"_s);
    QVERIFY(!view.grab().isNull()); // the charts paint themselves

    view.setSource({});
    QVERIFY(empty->isVisible());
}

void TestFunctionsView::aNarrowTableScrollsInsteadOfHidingNames()
{
    FunctionsView view;
    view.setSource([] { return std::vector<FunctionCounts>{counts(1, 1)}; });
    view.show();
    const auto width = [&] { return view.table()->columnWidth(Column::FunctionColumn); };
    view.resize(1400, 200);
    const int wide = width();
    QCOMPARE(view.table()->horizontalHeader()->length(), view.table()->viewport()->width());
    view.resize(1500, 200);
    QCOMPARE(width(), wide + 100);
    view.resize(300, 200);
    QVERIFY(width() >= view.fontMetrics().averageCharWidth() * 20);
    QVERIFY(view.table()->horizontalScrollBar()->maximum() > 0);
    view.resize(1400, 200);
    QCOMPARE(width(), wide);
    view.table()->horizontalHeader()->resizeSection(Column::CallsColumn, 300);
    QCOMPARE(view.table()->horizontalHeader()->length(), view.table()->viewport()->width());
}

void TestFunctionsView::everyControlHasAName()
{
    FunctionsView view;
    view.setSource([] { return std::vector<FunctionCounts>{counts(1, 1)}; });
    view.show();
    QCOMPARE(namelessControls(view), QStringList());
}

QTEST_MAIN(TestFunctionsView)
#include "tst_functionsview.moc"
