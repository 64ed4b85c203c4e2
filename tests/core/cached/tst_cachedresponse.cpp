// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/cachedresponse.h"
#include "tests/core/cached/cachedworld.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

/// An HTTP request as a service may have it.
struct Request {
    std::vector<std::pair<QByteArray, QByteArray>> query;
};

} // namespace

template <> struct Cachelens::KeyArgument<Request> {
    static Value toValue(const Request &request)
    {
        ValueList pairs;
        for (const auto &[name, value] : request.query)
            pairs.push_back(Value::list({Value::string(name), Value::string(value)}));
        return Value::request(
            {{}, {{Value::string("query_params"), Value::list(std::move(pairs))}}});
    }
};

class TestCachedResponse : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void headersSayWhatIsKnown()
    {
        CallMetadata metadata;
        metadata.status = CacheStatus::Hit;
        metadata.cachedAt = WallTime(1'800'000'000'250ms);
        metadata.resetAt = WallTime(1'800'000'300'000ms);
        const HttpHeaders expected{{"X-Cache-status", "HIT"},
                                   {"X-Cached-at", "2027-01-15T08:00:00.250000+00:00"},
                                   {"X-Cache-reset-at", "2027-01-15T08:05:00+00:00"}};
        QVERIFY(cacheHeaders(metadata) == expected);
        QVERIFY(cacheHeaders({}) == (HttpHeaders{{"X-Cache-status", "BYPASS"}}));
    }

    void aResponseIsTheTupleThatDjangoStores()
    {
        const CachedResponse response{404, {{"Content-Type", "text/plain"}}, "no such page"};
        const Value value = ResultCodec<CachedResponse>::toValue(response);
        QCOMPARE(value,
                 Value::tuple(
                     {Value::bytes("no such page"), Value(404),
                      Value::map({{Value::string("Content-Type"), Value::string("text/plain")}})}));
        QVERIFY(ResultCodec<CachedResponse>::fromValue(value) == response);
        QVERIFY(!ResultCodec<CachedResponse>::fromValue(Value::tuple({Value(1), Value(2)})));
        QVERIFY(!ResultCodec<CachedResponse>::fromValue(Value()));
    }

    void aResponseWithSeveralHeadersOfANameIsNotStored()
    {
        CachedWorld world;
        const auto log = std::make_shared<EventLog>();
        const Subscription observing = world.cache.observe(log);
        const CachedResponse response{200, {{"Set-Cookie", "a=1"}, {"set-cookie", "b=2"}}, "page"};
        const CachedFunction view(world.cache, "shop.views.login", parameters("pk"_p),
                                  [&](int) { return response; });
        for (int call = 0; call < 2; ++call) {
            const auto answer = view.getWithMetadata(7);
            QVERIFY(answer.value == response);
            QCOMPARE(answer.metadata.status, CacheStatus::Miss);
        }
        QCOMPARE(log->troubles().size(), size_t(2));
        QVERIFY(log->troubles()[0].reason.contains("set-cookie"));
    }

    void responsesAreKeyedByQueryAndArgumentsOfTheView()
    {
        CachedWorld world;
        const CachedFunction view(
            world.cache, "shop.views.product", parameters("request"_p, "pk"_p),
            [](const Request &, int pk) {
                return CachedResponse{200, {}, "product " + QByteArray::number(pk)};
            },
            {.key = ResponseKey()});
        const Request german{{{"lang", "de"}}};
        const QByteArray key = view.getCacheKey(german, 7);
        const QByteArray prefix = ":1:ResponseCache::shop.views.product::pk:7::";
        QVERIFY2(key.startsWith(prefix), key.constData());
        QCOMPARE(key.size(), prefix.size() + 64); // SHA-256 in hexadecimal
        QVERIFY(view.getCacheKey(Request{{{"lang", "fr"}}}, 7) != key);
        QCOMPARE(view(german, 7).body, QByteArray("product 7"));
        QCOMPARE(view.getWithMetadata(german, 7).metadata.status, CacheStatus::Hit);
        QCOMPARE(view.deleteByPrefix("pk"_p = 7)->entries, 1);
    }
};

QTEST_GUILESS_MAIN(TestCachedResponse)
#include "tst_cachedresponse.moc"
