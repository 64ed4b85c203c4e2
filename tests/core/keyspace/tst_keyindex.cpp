// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keyspace/keyindex.h"

#include "tests/core/keyspace/samplekeys.h"

#include <rapidcheck.h>

#include <QTest>

#include <map>
#include <set>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

std::shared_ptr<const KeyReader> sampleReader()
{
    return std::make_shared<const KeyReader>(sampleCatalog().keyReader());
}

/// Few enough different keys that repeats, removals and returns meet.
rc::Gen<QByteArray> anyKey()
{
    const auto text = [](const char *name, std::vector<std::string> values) {
        return rc::gen::map(rc::gen::elementOf(std::move(values)),
                            [name](const std::string &value) {
                                return QByteArray(name) + QByteArray::fromStdString(value);
                            });
    };
    const auto page = text("page:", {"1", "2", "a::b", std::string("\0\xff", 2), ""});
    return rc::gen::oneOf(
        rc::gen::map(rc::gen::tuple(text("user_id:", {"1", "2", "*", "[", "x::y"}), page),
                     [](const auto &parts) {
                         return ":1:users::app.services.get_user_payload::" + std::get<0>(parts)
                             + "::" + std::get<1>(parts);
                     }),
        rc::gen::map(rc::gen::tuple(text("day:", {"1", "2"}), page),
                     [](const auto &parts) {
                         return "shop:2:app.reports.daily::" + std::get<0>(parts)
                             + "::" + std::get<1>(parts);
                     }),
        rc::gen::map(page,
                     [](const QByteArray &p) { return ":1:users::app.services.list_users::" + p; }),
        rc::gen::map(page, [](const QByteArray &p) { return ":1:guess::some.function::" + p; }),
        text("", {"", "plain", ":1:counter", "::", "a:b:c"}));
}

/// What the index must answer, the slow way.
class Model {
public:
    void add(const QByteArray &key) { m_keys.insert(key); }
    void remove(const QByteArray &key) { m_keys.erase(key); }
    void clear() { m_keys.clear(); }
    [[nodiscard]] const std::set<QByteArray> &keys() const { return m_keys; }

    [[nodiscard]] qsizetype count(const NodeInfo &node, const KeyReader &reader) const
    {
        return std::count_if(m_keys.begin(), m_keys.end(), [&](const QByteArray &key) {
            return isBeneath(node, key, reader.levels(viewOf(key)));
        });
    }

    static bool isBeneath(const NodeInfo &node, const QByteArray &key, const KeyLevels &levels)
    {
        const bool foreign = levels.source == KeyReading::Source::Foreign;
        const auto prefixIs
            = [&](qsizetype end) { return !foreign && key.first(end) == node.prefix; };
        switch (node.kind) {
        case NodeKind::Root:
            return true;
        case NodeKind::OtherKeys:
            return foreign;
        case NodeKind::Namespace:
            return prefixIs(levels.namespaceEnd);
        case NodeKind::Function:
            return prefixIs(levels.functionEnd);
        case NodeKind::Partition:
            return levels.partitionEnd > levels.functionEnd && prefixIs(levels.partitionEnd);
        }
        return false;
    }

private:
    std::set<QByteArray> m_keys;
};

std::vector<NodeInfo> everyNode(const KeyIndex &index)
{
    std::vector<NodeInfo> all{index.node(KeyIndex::root)};
    for (size_t i = 0; i < all.size(); ++i) {
        const auto children = index.nodes(index.children(all[i].id));
        RC_ASSERT(static_cast<qsizetype>(children.size()) == all[i].children);
        all.insert(all.end(), children.begin(), children.end());
    }
    return all;
}

void checkAgainst(const Model &model, const KeyIndex &index)
{
    RC_ASSERT(index.keyCount() == static_cast<qsizetype>(model.keys().size()));
    std::set<QByteArray> visited;
    const KeyId ids = index.idCount();
    index.visit(0, ids, KeyIndex::root, [&](KeyId id, std::string_view key) {
        const QByteArray bytes(key.data(), static_cast<qsizetype>(key.size()));
        RC_ASSERT(index.reader().levels(key).cacheEnd <= bytes.size());
        RC_ASSERT(visited.insert(bytes).second);
        RC_ASSERT(id < ids);
    });
    RC_ASSERT(visited == model.keys());
    for (const NodeInfo &node : everyNode(index)) {
        RC_ASSERT(node.keys == model.count(node, index.reader()));
        qsizetype under = 0;
        index.visit(0, index.idCount(), node.id, [&](KeyId, std::string_view) { ++under; });
        RC_ASSERT(under == node.keys);
        for (const NodeId child : index.children(node.id)) {
            RC_ASSERT(index.node(child).parent == node.id);
            RC_ASSERT(index.isUnder(child, node.id));
            RC_ASSERT(child == node.id || !index.isUnder(node.id, child));
        }
    }
}

} // namespace

class TestKeyIndex : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answersAsASimpleModelDoes();
    void keepsIdsOfKeysThatComeBack();
    void childrenOnlyGrow();
    void labelsAreOneSegmentOfTheKey();
    void catalogTakesTheGuessOffANode();
    void keysOfAnySizeStayExact();
    void answersNothingForWhatIsNotThere();
    void takesLittleMemory();
};

void TestKeyIndex::answersAsASimpleModelDoes()
{
    const auto reader = sampleReader();
    const bool holds = rc::check("index and model agree", [&] {
        KeyIndex index(reader);
        Model model;
        const auto steps = *rc::gen::inRange(1, 12);
        for (int step = 0; step < steps; ++step) {
            const auto keys = *rc::gen::container<std::vector<QByteArray>>(anyKey());
            const quint64 revision = index.revision();
            const auto before = model.keys().size();
            const int action = *rc::gen::weightedElement<int>({{6, 0}, {4, 1}, {1, 2}});
            if (action == 0) {
                for (const QByteArray &key : keys)
                    model.add(key);
                RC_ASSERT(index.add(viewsOf(keys)) == qsizetype(model.keys().size() - before));
            } else if (action == 1) {
                for (const QByteArray &key : keys)
                    model.remove(key);
                RC_ASSERT(index.remove(keys) == qsizetype(before - model.keys().size()));
            } else {
                model.clear();
                index.clear();
            }
            if (model.keys().size() != before)
                RC_ASSERT(index.revision() > revision);
            for (const QByteArray &key : keys)
                RC_ASSERT(index.find(key).has_value() == (model.keys().count(key) == 1));
            checkAgainst(model, index);
        }
    });
    QVERIFY(holds);
}

void TestKeyIndex::keepsIdsOfKeysThatComeBack()
{
    const auto reader = sampleReader();
    const bool holds = rc::check("an id means the same key for good", [&] {
        KeyIndex index(reader);
        std::map<QByteArray, KeyId> ids;
        for (int round = 0; round < 5; ++round) {
            const auto keys = *rc::gen::container<std::vector<QByteArray>>(anyKey());
            index.add(viewsOf(keys));
            for (const QByteArray &key : keys) {
                const auto id = index.find(key);
                RC_ASSERT(id.has_value());
                RC_ASSERT(ids.emplace(key, *id).first->second == *id);
                RC_ASSERT(index.key(*id) == key);
            }
            index.remove(*rc::gen::container<std::vector<QByteArray>>(anyKey()));
        }
    });
    QVERIFY(holds);
}

void TestKeyIndex::childrenOnlyGrow()
{
    const auto reader = sampleReader();
    const bool holds = rc::check("a list of children is a beginning of the later one", [&] {
        KeyIndex index(reader);
        std::map<NodeId, std::vector<NodeId>> seen;
        for (int round = 0; round < 6; ++round) {
            index.add(viewsOf(*rc::gen::container<std::vector<QByteArray>>(anyKey())));
            index.remove(*rc::gen::container<std::vector<QByteArray>>(anyKey()));
            for (const NodeInfo &node : everyNode(index)) {
                auto &known = seen[node.id];
                const auto news = index.children(node.id, qsizetype(known.size()));
                known.insert(known.end(), news.begin(), news.end());
                RC_ASSERT(known == index.children(node.id));
            }
        }
    });
    QVERIFY(holds);
}

void TestKeyIndex::labelsAreOneSegmentOfTheKey()
{
    KeyIndex index(sampleReader());
    index.add(viewsOf(
        {userKey(42, 1), userKey(42, 2), "shop:2:app.reports.daily::day:1::page:1", "plain"}));
    const auto top = index.nodes(index.children(KeyIndex::root));
    QCOMPARE(top.size(), size_t(3));

    QCOMPARE(top[0].kind, NodeKind::Namespace);
    QCOMPARE(top[0].label, "users");
    QCOMPARE(top[0].cache, ":1:");
    QCOMPARE(top[0].prefix, ":1:users::");
    QCOMPARE(top[0].keys, 2);
    const auto function = index.node(index.children(top[0].id).at(0));
    QCOMPARE(function.kind, NodeKind::Function);
    QCOMPARE(function.label, "app.services.get_user_payload");
    QCOMPARE(function.prefix, ":1:users::app.services.get_user_payload::");
    QCOMPARE(function.cache, ":1:");
    QVERIFY(!function.guessed);
    const auto partition = index.node(index.children(function.id).at(0));
    QCOMPARE(partition.kind, NodeKind::Partition);
    QCOMPARE(partition.label, "user_id:42");
    QCOMPARE(partition.prefix, userPrefix(42));
    QCOMPARE(partition.keys, 2);
    QCOMPARE(index.nodeOf(*index.find(userKey(42, 2))), partition.id);

    QCOMPARE(top[1].kind, NodeKind::Namespace);
    QCOMPARE(top[1].label, "");
    QCOMPARE(top[1].cache, "shop:2:");
    QCOMPARE(top[1].prefix, "shop:2:");
    QCOMPARE(index.node(index.children(top[1].id).at(0)).prefix, "shop:2:app.reports.daily::");

    QCOMPARE(top[2].kind, NodeKind::OtherKeys);
    QCOMPARE(top[2].keys, 1);
    QCOMPARE(top[2].prefix, "");
}

void TestKeyIndex::catalogTakesTheGuessOffANode()
{
    KeyIndex index(sampleReader());
    index.add(viewsOf({":1:users::some.other.function::x:1"}));
    const NodeId users = index.children(KeyIndex::root).at(0);
    QVERIFY(index.node(users).guessed);
    index.add(viewsOf({userKey(1, 1)}));
    QCOMPARE(index.children(KeyIndex::root).size(), size_t(1));
    QVERIFY(!index.node(users).guessed);
    const auto functions = index.nodes(index.children(users));
    QVERIFY(functions.at(0).guessed);
    QVERIFY(!functions.at(1).guessed);
}

void TestKeyIndex::keysOfAnySizeStayExact()
{
    KeyIndex index(sampleReader());
    std::vector<QByteArray> keys;
    for (const qsizetype size : {0, 1, 3, 4, 5, 65'536, 262'139, 262'140, 262'141, 1'000'000, 7}) {
        QByteArray key(size, 'x');
        for (qsizetype i = 0; i < size; ++i)
            key[i] = static_cast<char>(i * 31 + size);
        keys.push_back(key);
    }
    QCOMPARE(index.add(viewsOf(keys)), qsizetype(keys.size()));
    QCOMPARE(index.add(viewsOf(keys)), 0);
    for (const QByteArray &key : keys)
        QVERIFY(index.key(index.find(key).value()) == key);
    QVERIFY(index.allocatedBytes() > 1'000'000);
}

void TestKeyIndex::answersNothingForWhatIsNotThere()
{
    const KeyIndex index(sampleReader());
    QCOMPARE(index.keyCount(), 0);
    QCOMPARE(index.node(KeyIndex::root).keys, 0);
    QCOMPARE(index.node(12345).keys, 0);
    QVERIFY(index.children(12345).empty());
    QVERIFY(index.children(KeyIndex::root, 7).empty());
    QCOMPARE(index.key(12345), QByteArray());
    QCOMPARE(index.keys(std::vector<KeyId>{1, 2}).size(), size_t(2));
    QVERIFY(!index.find("nothing"));
    QCOMPARE(index.nodeOf(12345), KeyIndex::root);
    QVERIFY(!index.isUnder(12345, KeyIndex::root));
}

void TestKeyIndex::takesLittleMemory()
{
    KeyIndex index(sampleReader());
    constexpr int count = 200'000;
    std::vector<QByteArray> keys;
    qsizetype bytes = 0;
    for (int i = 0; i < count; ++i) {
        keys.push_back(userKey(1'000'000 + i / 6, i % 6));
        bytes += keys.back().size();
    }
    QCOMPARE(index.add(viewsOf(keys)), count);
    const double overhead = static_cast<double>(index.allocatedBytes() - bytes) / count;
    QVERIFY2(overhead <= 40, QByteArray::number(overhead).constData());
}

QTEST_GUILESS_MAIN(TestKeyIndex)
#include "tst_keyindex.moc"
