// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/redisbackend.h"
#include "core/cached/cachedfunction.h"
#include "core/value/valuejson.h"
#include "tests/support/redisserver.h"

#include <QProcess>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

/// Debian's Python with django-redis, see djangocache.py.
class DjangoCache {
public:
    DjangoCache(const RedisServer &server, const QByteArray &serializer,
                const QByteArray &compressor)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral("/usr/bin/python3"),
                        {QStringLiteral(DJANGO_CACHE),
                         QStringLiteral("unix://") + QString::fromUtf8(server.socketPath()),
                         QString::fromLatin1(serializer), QString::fromLatin1(compressor)});
    }
    ~DjangoCache()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished();
    }

    /// `arguments`: of the call, in JSON.
    Value call(const char *method, const QByteArray &arguments)
    {
        m_process.write(QByteArray("{\"call\": \"") + method + "\", \"args\": " + arguments
                        + "}\n");
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(60000))
                qFatal("Django does not answer; scripts/setup.sh test installs what it needs");
        }
        const auto answer = valueFromJson(m_process.readLine(), "djangocache.py");
        if (!answer)
            qFatal("%s", answer.error().message().constData());
        return *answer->find("answer");
    }

private:
    QProcess m_process;
};

struct PageKey : KeyConstructor {
    PageKey()
    {
        nameSpace("users");
        field("user", ArgsKeyField("user_id").partition());
        field("page", ArgsKeyField("page"));
    }
};

using Page = std::map<std::string, int>;

} // namespace

/// One cache, used by a C++ service and by a Django service through django-redis's own client.
class TestDjangoCache : public QObject {
    Q_OBJECT

    std::unique_ptr<RedisServer> m_server;
    std::unique_ptr<Cache> m_cache;
    std::unique_ptr<DjangoCache> m_django;
    int m_runs = 0;

    auto function()
    {
        QFETCH_GLOBAL(Serializer, serializer);
        QFETCH_GLOBAL(Compressor, compressor);
        FunctionOptions<Page> options{.key = PageKey(), .ttl = 300s};
        options.serializer = serializer;
        options.compressor = compressor;
        options.compressAbove = 20;
        return CachedFunction(
            *m_cache, "shop.page", parameters("user_id"_p, "page"_p = 1),
            [this](int user, int page) {
                Page result{{"user", user}, {"page", page}, {"run", ++m_runs}};
                for (int i = 100; i < 200; ++i) // enough that compressing it pays
                    result["attribute " + std::to_string(i)] = 0;
                return result;
            },
            options);
    }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<Serializer>("serializer");
        QTest::addColumn<QByteArray>("theirs");
        QTest::addColumn<Compressor>("compressor");
        QTest::addColumn<QByteArray>("theirCompressor");
        const QByteArray plain = "identity.IdentityCompressor";
        QTest::newRow("pickle") << Serializer::Pickle << QByteArray("pickle.PickleSerializer")
                                << Compressor::None << plain;
        QTest::newRow("json") << Serializer::Json << QByteArray("json.JSONSerializer")
                              << Compressor::None << plain;
        QTest::newRow("msgpack") << Serializer::MessagePack
                                 << QByteArray("msgpack.MSGPackSerializer") << Compressor::None
                                 << plain;
        QTest::newRow("pickle, zlib") << Serializer::Pickle << QByteArray("pickle.PickleSerializer")
                                      << Compressor::Zlib << QByteArray("zlib.ZlibCompressor");
        QTest::newRow("json, xz") << Serializer::Json << QByteArray("json.JSONSerializer")
                                  << Compressor::Xz << QByteArray("lzma.LzmaCompressor");
    }

    void init()
    {
        QFETCH_GLOBAL(QByteArray, theirs);
        QFETCH_GLOBAL(QByteArray, theirCompressor);
        m_runs = 0;
        m_server = std::make_unique<RedisServer>();
        m_cache = std::move(Cache::open(m_server->url()).value());
        m_django = std::make_unique<DjangoCache>(*m_server, theirs, theirCompressor);
    }

    void djangoReadsWhatIsStoredHere()
    {
        QFETCH_GLOBAL(Compressor, compressor);
        const auto page = function();
        page(42, 2);
        const QByteArray stored = m_server->command({"GET", page.getCacheKey(42, 2)}).bytes;
        QCOMPARE(decodeEntry(stored)->compressor, compressor);
        const Value entry = m_django->call("get", R"(["users::shop.page::user_id:42::page:2"])");
        const Value *value = entry.find("value");
        QVERIFY(value);
        QCOMPARE(value->find("user")->toInt(), 42);
        QCOMPARE(value->find("run")->toInt(), 1);
        QCOMPARE(entry.find("metadata")->find("cache_status")->text(), QByteArray("MISS"));
        const qint64 left
            = m_django->call("ttl", R"(["users::shop.page::user_id:42::page:2"])").toInt();
        QVERIFY2(left > 200 && left <= 300, QByteArray::number(left).constData());
    }

    void whatDjangoStoresIsReadHere()
    {
        const auto page = function();
        m_django->call("set",
                       QByteArray(R"(["users::shop.page::user_id:42::page:2",
            {"value": {"user": 42, "page": 2, "run": 77},
             "metadata": {"cached_at": "2026-11-22T07:45:48.225009+00:00",
                          "cache_reset_at": "2099-11-22T07:50:48.224995+00:00",
                          "cache_status": "MISS"}}, 300])")
                           .simplified());
        const auto read = page.getWithMetadata(42, 2);
        QCOMPARE(read.metadata.status, CacheStatus::Hit);
        QCOMPARE(read.value.at("run"), 77);
        QCOMPARE(m_runs, 0);
    }

    void whatDjangoDeletesByPatternIsGoneHere()
    {
        const auto page = function();
        page(42, 1);
        page(42, 2);
        page(7, 1);
        QCOMPARE(m_django->call("delete_pattern", R"(["users::shop.page::user_id:42::*"])").toInt(),
                 2);
        QVERIFY(!page.getCacheOnly(42, 1));
        QVERIFY(!page.getCacheOnly(42, 2));
        QVERIFY(page.getCacheOnly(7, 1));
        QCOMPARE(page(42, 1).at("run"), 4);
    }

    void whatIsDeletedHereIsGoneForDjango()
    {
        const auto page = function();
        page(42, 1);
        QCOMPARE(page.deleteByPrefix(42)->entries, 1);
        QVERIFY(m_django->call("get", R"(["users::shop.page::user_id:42::page:1"])").isNone());
    }
};

QTEST_GUILESS_MAIN(TestDjangoCache)
#include "tst_djangocache.moc"
