// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/keyspace/samplekeys.h"
#include "widgets/entrytable/entryorder.h"
#include "widgets/style/naturalorder.h"

#include <rapidcheck.h>

#include <QTest>

#include <algorithm>
#include <set>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

using Ids = std::vector<KeyId>;

/// Keys that differ in numbers, in bytes and in length, a function's and others.
std::unique_ptr<KeyIndex> arbitraryIndex()
{
    auto index = std::make_unique<KeyIndex>(
        std::make_shared<const KeyReader>(sampleCatalog().keyReader()));
    const auto number = rc::gen::inRange(0, 120);
    const auto numbers = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(number, number)));
    std::vector<QByteArray> keys;
    for (const auto &[user, page] : numbers) {
        keys.push_back(userKey(user, page));
        if (page % 3 == 0)
            keys.push_back("other" + QByteArray::number(page));
    }
    index->add(viewsOf(keys));
    return index;
}

Ids allIds(const KeyIndex &index)
{
    Ids ids(index.idCount());
    for (KeyId id = 0; id < index.idCount(); ++id)
        ids[id] = id;
    return ids;
}

Ids someOf(const Ids &ids)
{
    Ids some;
    for (const KeyId id : ids) {
        if (*rc::gen::arbitrary<bool>())
            some.push_back(id);
    }
    return some;
}

} // namespace

class TestEntryOrder final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sortingByKeyIsTheNaturalOrderOfTheKeys()
    {
        QVERIFY(rc::check("as a plain sort of the keys", [] {
            const auto index = arbitraryIndex();
            const Ids found = someOf(allIds(*index));
            const bool descending = *rc::gen::arbitrary<bool>();
            const EntryOrder order{
                EntryOrder::By::Column, {}, descending ? Qt::DescendingOrder : Qt::AscendingOrder};
            Ids expected = found;
            std::sort(expected.begin(), expected.end(), [&](KeyId a, KeyId b) {
                const auto result = naturalOrder(viewOf(index->key(a)), viewOf(index->key(b)));
                return descending ? result > 0 : result < 0;
            });
            RC_ASSERT(arrangeEntries(*index, found, order, {}, {}) == expected);
        }));
    }

    void sortingByAFieldIsByItsValue()
    {
        KeyIndex index(std::make_shared<const KeyReader>(sampleCatalog().keyReader()));
        const std::vector<QByteArray> keys{userKey(10, 2), userKey(9, 30), userKey(100, 1)};
        index.add(viewsOf(keys));
        const auto by = [&](const QByteArray &field, const QByteArray &argument) {
            const EntryOrder order{EntryOrder::By::Column,
                                   {EntryColumn::Kind::Field, field, argument},
                                   Qt::AscendingOrder};
            return arrangeEntries(index, {0, 1, 2}, order, {}, {});
        };
        QCOMPARE(by("a_user", "user_id"), Ids({1, 0, 2}));
        QCOMPARE(by("page", "page"), Ids({2, 0, 1}));
    }

    void whatIsShownKeepsItsOrderAndNewRowsFollow()
    {
        QVERIFY(rc::check("old ones in their order, then new ones in the index's", [] {
            const auto index = arbitraryIndex();
            const Ids all = allIds(*index);
            const Ids found = someOf(all);
            Ids shown = someOf(all);
            std::reverse(shown.begin(), shown.end());
            const Ids rows
                = arrangeEntries(*index, found, {EntryOrder::By::Shown, {}, {}}, shown, {});

            const std::set<KeyId> old(shown.begin(), shown.end());
            const std::set<KeyId> wanted(found.begin(), found.end());
            Ids expected;
            std::copy_if(shown.begin(), shown.end(), std::back_inserter(expected),
                         [&](KeyId id) { return wanted.contains(id); });
            std::copy_if(found.begin(), found.end(), std::back_inserter(expected),
                         [&](KeyId id) { return !old.contains(id); });
            RC_ASSERT(rows == expected);
        }));
    }

    void rowsThatAreGoneStayBehindTheirNeighbours()
    {
        KeyIndex index(std::make_shared<const KeyReader>(sampleCatalog().keyReader()));
        const std::vector<QByteArray> keys{"a", "b", "c", "d", "e"};
        index.add(viewsOf(keys));
        const std::vector<GoneRow> gone{{std::nullopt, 0}, {2, 3}, {3, 4}};
        QCOMPARE(arrangeEntries(index, {1, 2}, {}, {}, gone), Ids({0, 1, 2, 3, 4}));
        // One that has come back is there once; a neighbour that is not shown takes its row along.
        QCOMPARE(arrangeEntries(index, {1, 2, 3}, {}, {}, gone), Ids({0, 1, 2, 3, 4}));
        QCOMPARE(arrangeEntries(index, {1}, {}, {}, gone), Ids({0, 1}));
    }
};

QTEST_GUILESS_MAIN(TestEntryOrder)
#include "tst_entryorder.moc"
