// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keyspace/prefixkeys.h"

#include <QTest>

#include <rapidcheck.h>

#include <set>
#include <string>

using namespace Cachelens;

namespace {

std::unique_ptr<KeyIndex> indexOf(const std::vector<std::string> &keys)
{
    auto index = std::make_unique<KeyIndex>(std::make_shared<const KeyReader>());
    const std::vector<std::string_view> views(keys.begin(), keys.end());
    index->add(views);
    return index;
}

std::vector<PrefixKeys> under(const KeyIndex &index, const std::vector<VersionedPrefix> &prefixes,
                              size_t mostKeys = 1000)
{
    return keysUnder(index, prefixes, mostKeys, [] { return false; });
}

} // namespace

class TestPrefixKeys : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keysOfEveryCacheWithTheVersionAreFound();
    void prefixesMayHoldOthers();
    void onlySomeKeysAreListedAndAllAreCounted();
    void removedKeysAreNot();
    void itGivesUpWhenUnwanted();
    void itFindsWhatAComparisonFinds();
};

void TestPrefixKeys::keysOfEveryCacheWithTheVersionAreFound()
{
    const auto index
        = indexOf({":1:users::m.f::id:1::a", "shop:1:users::m.f::id:1::b", ":2:users::m.f::id:1::c",
                   ":12:users::m.f::id:1::d", ":1:users::m.f::id:10::e", "users::m.f::id:1::f"});
    const VersionedPrefix one{1, "users::m.f::id:1::", {}};
    QCOMPARE(rawPrefixes(*index, one),
             (std::vector<QByteArray>{":1:users::m.f::id:1::", "shop:1:users::m.f::id:1::"}));
    const auto found = under(*index, {one});
    QCOMPARE(found.size(), 1U);
    QCOMPARE(found[0].count, 2);
    QCOMPARE(found[0].keys,
             (std::vector<QByteArray>{":1:users::m.f::id:1::a", "shop:1:users::m.f::id:1::b"}));
    QCOMPARE(under(*index, {{3, "users::", {}}})[0].count, 0);
    QCOMPARE(clientPrefixes(*index), (std::vector<QByteArray>{"", "shop"}));
    QCOMPARE(under(*index, {{1, "users::m.f::id:1::", "shop"}})[0].keys,
             std::vector<QByteArray>{"shop:1:users::m.f::id:1::b"});
    QCOMPARE(under(*index, {{1, "users::m.f::id:1::", ""}})[0].keys,
             std::vector<QByteArray>{":1:users::m.f::id:1::a"});
    QCOMPARE(under(*index, {{1, "users::m.f::id:1::", "other"}})[0].count, 0);
    // The index may be young: a cache that is named is meant, seen or not.
    QCOMPARE(rawPrefixes(*index, {4, "users::", "other"}),
             std::vector<QByteArray>{"other:4:users::"});
    QCOMPARE(rawPrefixes(*index, {4, "users::", {}}), std::vector<QByteArray>());
}

void TestPrefixKeys::prefixesMayHoldOthers()
{
    const auto index = indexOf(
        {":1:n::m.f::id:1::a", ":1:n::m.f::id:2::a", ":1:n::m.g::id:1::a", ":1:n::m.f::"});
    const std::vector<VersionedPrefix> prefixes{{1, "n::m.f::id:2::", {}},
                                                {1, "n::m.f::", {}},
                                                {1, "n::m.g::", {}},
                                                {1, "n::m.f::id:2::", {}}};
    const auto found = under(*index, prefixes);
    QCOMPARE(found[0].count, 1);
    QCOMPARE(found[1].count, 3);
    QCOMPARE(found[2].count, 1);
    QCOMPARE(found[3].count, 1);
}

void TestPrefixKeys::onlySomeKeysAreListedAndAllAreCounted()
{
    std::vector<std::string> keys;
    for (int i = 0; i < 50'000; ++i)
        keys.push_back(":1:n::m.f::id:" + std::to_string(i % 7) + "::page:" + std::to_string(i));
    const auto index = indexOf(keys);
    const auto found = under(*index, {{1, "n::m.f::", {}}}, 3);
    QCOMPARE(found[0].count, 50'000);
    QCOMPARE(found[0].keys,
             (std::vector<QByteArray>{keys[0].c_str(), keys[1].c_str(), keys[2].c_str()}));
}

void TestPrefixKeys::removedKeysAreNot()
{
    const auto index = indexOf({":1:n::m.f::id:1::a", ":1:n::m.f::id:1::b"});
    const std::vector<QByteArray> gone{":1:n::m.f::id:1::a"};
    index->remove(gone);
    QCOMPARE(under(*index, {{1, "n::m.f::", {}}})[0].keys,
             std::vector<QByteArray>{":1:n::m.f::id:1::b"});
}

void TestPrefixKeys::itGivesUpWhenUnwanted()
{
    const auto index = indexOf({":1:n::m.f::id:1::a"});
    const std::vector<VersionedPrefix> prefixes{{1, "n::m.f::", {}}};
    QCOMPARE(keysUnder(*index, prefixes, 9, [] { return true; })[0].count, 0);
}

void TestPrefixKeys::itFindsWhatAComparisonFinds()
{
    QVERIFY(rc::check("keys under prefixes", [] {
        const auto piece = rc::gen::element<std::string>(
            "n::m.f::", "n::", "m.f::", "id:1::", "id:", "1", "::", "a");
        const auto text
            = rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](auto all) {
                  std::string joined = "n::";
                  for (const std::string &one : all)
                      joined += one;
                  return joined;
              });
        auto keys = *rc::gen::container<std::vector<std::string>>(text);
        keys.push_back("n::m.f::a"); // so that the cache is known
        for (std::string &key : keys)
            key = ":1:" + key;
        const auto prefixes = *rc::gen::container<std::vector<std::string>>(text);
        const auto index = indexOf(keys);
        std::vector<VersionedPrefix> asked;
        for (const std::string &prefix : prefixes)
            asked.push_back({1, QByteArray::fromStdString(prefix), {}});
        const auto found = under(*index, asked);
        const std::set<std::string> distinct(keys.begin(), keys.end());
        for (size_t i = 0; i < prefixes.size(); ++i) {
            qsizetype expected = 0;
            for (const std::string &key : distinct)
                expected += key.starts_with(":1:" + prefixes[i]) ? 1 : 0;
            RC_ASSERT(found[i].count == expected);
        }
    }));
}

QTEST_APPLESS_MAIN(TestPrefixKeys)
#include "tst_prefixkeys.moc"
