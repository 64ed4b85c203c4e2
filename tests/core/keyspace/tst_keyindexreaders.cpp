// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keyspace/keyindex.h"

#include "tests/core/keyspace/samplekeys.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace Cachelens;
using namespace Cachelens::Testing;

class TestKeyIndexReaders : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readWhileItGrows();
};

void TestKeyIndexReaders::readWhileItGrows()
{
    KeyIndex index(std::make_shared<const KeyReader>(sampleCatalog().keyReader()));
    constexpr int users = 4'000;
    constexpr int pages = 5;
    std::atomic<bool> growing = true;
    std::atomic<qint64> failures = 0;
    const auto read = [&] {
        qsizetype known = 0;
        do {
            const auto top = index.children(KeyIndex::root);
            if (!top.empty()) {
                const auto functions = index.children(top[0]);
                const auto infos = index.nodes(index.children(functions.at(0), known));
                known += static_cast<qsizetype>(infos.size());
                for (const NodeInfo &info : infos) {
                    if (!info.label.startsWith("user_id:") || info.keys > pages)
                        ++failures;
                }
            }
            const KeyId ids = index.idCount();
            index.visit(ids > 500 ? ids - 500 : 0, ids, KeyIndex::root,
                        [&](KeyId, std::string_view key) {
                            if (!key.starts_with(":1:users::"))
                                ++failures;
                        });
        } while (growing);
    };
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back(read);
    for (int user = 0; user < users; ++user) {
        std::vector<QByteArray> keys;
        for (int page = 0; page < pages; ++page)
            keys.push_back(userKey(user, page));
        index.add(viewsOf(keys));
        if (user % 2 == 0)
            index.remove(std::span(keys).first(2));
    }
    growing = false;
    for (std::thread &reader : readers)
        reader.join();
    QCOMPARE(failures.load(), 0);
    QCOMPARE(index.keyCount(), users * pages - users);
}

QTEST_GUILESS_MAIN(TestKeyIndexReaders)
#include "tst_keyindexreaders.moc"
