// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrypanel/entrypanel.h"

#include "tests/widgets/entrypanel/entrypanelworld.h"
#include "tests/widgets/labels.h"
#include "tests/widgets/tickwatch.h"
#include "widgets/value/valuetreemodel.h"
#include "widgets/value/valueview.h"

#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QTreeView>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

/// A Python string of so many characters, pickled as protocol 4 does.
QByteArray pickledText(quint32 size)
{
    QByteArray pickle("\x80\x04"
                      "X",
                      3);
    for (int shift = 0; shift < 32; shift += 8)
        pickle += static_cast<char>(size >> shift);
    return pickle + QByteArray(size, 'x') + '.';
}

} // namespace

/// Values that are too large to be shown at once.
class TestLargeValues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsTheBeginningOfALargeValueAndAllOfItWhenAsked()
    {
        EntryPanelWorld world;
        const QByteArray key = LiveCache::userKey("long");
        constexpr quint32 size = 50'000'000;
        QVERIFY(world.cache.memory->set(key, pickledText(size), 1h));
        TickWatch watch;
        world.show(key);
        QVERIFY(world.panel.details()->partial);
        QVERIFY(says(world.panel, u"Only its beginning was fetched"_s));
        auto *all = world.button("Load all 50 MB");
        QVERIFY(all && all->isVisible());
        QTest::mouseClick(all, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(world.panel.details() && !world.panel.details()->partial, 30'000);
        QVERIFY(!all->isVisible());
        QCOMPARE(world.panel.details()->decoded->value.text().size(), static_cast<qsizetype>(size));

        auto *tabs = world.panel.findChild<QTabWidget *>();
        auto *view = world.panel.findChild<ValueView *>();
        QSignalSpy json(view, &ValueView::jsonReady);
        tabs->setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(!json.isEmpty(), 30'000);
        QVERIFY(says(world.panel, u"The first"_s));
        tabs->setCurrentIndex(2);
        world.show(LiveCache::userKey("int")); // and letting go of it takes no time either
        const int before = watch.ticks();
        QTRY_VERIFY(watch.ticks() > before + 10);
        QVERIFY2(watch.longest() < TickWatch::allowed,
                 qPrintable(QString::number(watch.longest().count())));
    }

    void doesNotStallOnAValueOfAMillionItems()
    {
        EntryPanelWorld world;
        // A pickled list of a million ones: MARK, BININT1 ..., APPENDS.
        QByteArray pickle("\x80\x04](", 4);
        pickle += QByteArray("K\x01", 2).repeated(1'000'000);
        pickle += "e.";
        const QByteArray key = LiveCache::userKey("list");
        QVERIFY(world.cache.memory->set(key, pickle, 1h));
        TickWatch watch;
        world.show(key);
        QVERIFY(world.panel.details()->decoded.has_value());
        QCOMPARE(world.panel.details()->decoded->value.items().size(), 1'000'000U);
        auto *tabs = world.panel.findChild<QTabWidget *>();
        QSignalSpy json(world.panel.findChild<ValueView *>(), &ValueView::jsonReady);
        tabs->setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(!json.isEmpty(), 30'000);
        world.show(LiveCache::userKey("int"));
        QVERIFY2(watch.longest() < TickWatch::allowed,
                 qPrintable(QString::number(watch.longest().count())));
    }

    void fetchesFurtherItemsWhereOneScrollsTo()
    {
        EntryPanelWorld world;
        // {"items": [1, ... 1000 times], "last": 1}: the end of the list is not the end of the
        // tree.
        const QByteArray json
            = "{\"items\": [1" + QByteArray(",1").repeated(999) + "], \"last\": 1}";
        const QByteArray key = LiveCache::userKey("list");
        QVERIFY(world.cache.memory->set(key, json, 1h));
        world.show(key);
        auto *tree = world.panel.findChild<QTreeView *>();
        const QModelIndex root = tree->model()->index(0, 0);
        const QPersistentModelIndex items = tree->model()->index(0, 0, root);
        tree->expand(items);
        QTRY_VERIFY(tree->model()->rowCount(items) >= ValueTreeModel::chunk);
        for (int i = 0; i < 10 && tree->model()->rowCount(items) < 1000; ++i) {
            const int rows = tree->model()->rowCount(items);
            tree->scrollTo(tree->model()->index(rows - 1, 0, items));
            QTRY_VERIFY(tree->model()->rowCount(items) > rows);
        }
        QCOMPARE(tree->model()->rowCount(items), 1000);
    }
};

QTEST_MAIN(TestLargeValues)
#include "tst_largevalues.moc"
