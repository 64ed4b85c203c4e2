// SPDX-License-Identifier: GPL-3.0-or-later
// The examples of docs/library.md, as one program: what is shown there stands here word for word.
#include <core/cached/asynccachedfunction.h>
#include <core/cached/cachedfunction.h>

#include <cstdio>
#include <string>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace std::chrono_literals;

struct PageKey : KeyConstructor {
    PageKey()
    {
        nameSpace("users");
        field("user", ArgsKeyField("user_id").partition());
        field("number", ArgsKeyField("number"));
    }
};

std::string pageFromTheDatabase(int user, int number)
{
    std::printf("rendering page %d of %d\n", number, user);
    return "page " + std::to_string(number);
}

auto cachedPage(Cache &cache)
{
    return CachedFunction(
        cache, "shop.users.page", parameters("user_id"_p, "number"_p = 1), pageFromTheDatabase,
        {.key = PageKey(),
         .ttl = 10min,
         .rules
         = {{.model = "auth.User", .fieldMapping = {{"user_id", "id"}}, .watchFields = {"name"}}}});
}

class Site {
public:
    explicit Site(Cache &cache) : m_page(cachedPage(cache)) { }
    std::string show(int user) const { return m_page(user); }

private:
    decltype(cachedPage(std::declval<Cache &>())) m_page;
};

class Log : public CacheObserver {
public:
    void called(const CallEvent &event) override
    {
        std::printf("%s %s\n", event.function.constData(), name(event.metadata.status));
    }
    void removed(const RemovalEvent &event) override
    {
        std::printf("%s: %lld gone\n", name(event.cause),
                    static_cast<long long>(event.removal.entries));
    }
    void errorOccurred(const Error &error) override { std::puts(error.message().constData()); }
};

int main()
{
    const auto opened = Cache::open("memory:");
    if (!opened)
        return 1;
    Cache &cache = **opened;
    std::puts(Site(cache).show(41).c_str());

    const auto page = cachedPage(cache);
    const Subscription watching = cache.observe(std::make_shared<Log>());

    page(42);
    page("number"_p = 1, "user_id"_p = 42);
    const auto renewed = page.refreshWithMetadata(42);
    std::printf("%s\n", name(renewed.metadata.status));

    const Value user = Value::map({{Value::string("id"), Value(42)}});
    cache.saved("auth.User", user, {.updateFields = {{"name"}}});
    std::printf("%s\n", page.getCacheOnly(42) ? "still there" : "gone");

    const AsyncCachedFunction rate(
        cache, "shop.rates.rate", parameters("currency"_p),
        [](const std::string &) { return QtFuture::makeReadyFuture(1.1); }, {.ttl = 1min});
    rate("USD").then([](double value) { std::printf("%.1f\n", value); }).waitForFinished();
}
