// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demofunctions.h"

#include "core/cached/cachedfunction.h"

namespace Cachelens {

using namespace Cachelens::Literals;
using namespace std::chrono_literals;

namespace {

using Data = std::shared_ptr<const DemoData>;
using std::string;

struct ProfileKey : KeyConstructor {
    ProfileKey()
    {
        nameSpace("users");
        version(2);
        field("user", ArgsKeyField("user_id").partition());
        field("schema", ConstantKeyField("v", "3"));
        field("locale", ArgsKeyField("locale"));
    }
};

struct AddressesKey : KeyConstructor {
    AddressesKey()
    {
        nameSpace("users");
        field("user", ArgsKeyField("user_id").partition());
        field("page", ArgsKeyField("page"));
    }
};

struct ProductKey : KeyConstructor {
    ProductKey()
    {
        nameSpace("catalog");
        field("sku", ArgsKeyField("sku").partition());
        field("currency", ArgsKeyField("currency"));
    }
};

struct SearchKey : KeyConstructor {
    SearchKey()
    {
        nameSpace("catalog");
        field("query", ArgsKeyField("query"));
        field("sort", ArgsKeyField("sort"));
        field("page", ArgsKeyField("page"));
    }
};

struct OrdersKey : KeyConstructor {
    OrdersKey()
    {
        nameSpace("orders");
        field("user", ArgsKeyField("user_id").partition());
        field("status", ArgsKeyField("status"));
        field("page", ArgsKeyField("page"));
    }
};

struct OrderKey : KeyConstructor {
    OrderKey()
    {
        nameSpace("orders");
        field("order", ArgsKeyField("order_id").partition());
    }
};

/// Many tenants make a long key: then it is hashed.
struct SalesKey : KeyConstructor {
    SalesKey()
    {
        nameSpace("reports");
        hashSuffixLongerThan(60);
        field("region", ArgsKeyField("region").partition());
        field("day", ArgsKeyField("day"));
        field("tenants", ArgsKeyField("tenants").sortLists());
    }
};

struct FlagsKey : KeyConstructor {
    FlagsKey() { field("environment", ArgsKeyField("environment").partition()); }
};

InvalidationRule rule(const char *model, const char *parameter, const char *attribute)
{
    InvalidationRule rule;
    rule.model = model;
    rule.fieldMapping = {{parameter, attribute}};
    return rule;
}

InvalidationRule profileRule()
{
    InvalidationRule made = rule("auth.User", "user_id", "id");
    made.watchFields = {"email", "first_name", "last_name"};
    return made;
}

InvalidationRule productRule()
{
    InvalidationRule made = rule("catalog.Product", "sku", "sku");
    made.watchFields = {"price", "title"};
    made.rewarm = true;
    return made;
}

InvalidationRule alsoWhenCreated(InvalidationRule made)
{
    made.triggerOnCreate = true;
    return made;
}

auto declareProfile(Cache &cache, const Data &data)
{
    return CachedFunction(
        cache, "shop.users.services.get_profile", parameters("user_id"_p, "locale"_p = "en"),
        [data](int user, const string &locale) { return data->profile(user, locale); },
        {.key = ProfileKey(), .ttl = 300s, .rules = {profileRule()}});
}

auto declareAddresses(Cache &cache, const Data &data)
{
    return CachedFunction(
        cache, "shop.users.services.list_addresses", parameters("user_id"_p, "page"_p = 1),
        [data](int user, int page) { return data->addresses(user, page); },
        {.key = AddressesKey(),
         .ttl = 900s,
         .rules = {alsoWhenCreated(rule("users.Address", "user_id", "user_id"))}});
}

auto declareProduct(Cache &cache, const Data &data)
{
    return CachedFunction(
        cache, "shop.catalog.products.get_product", parameters("sku"_p, "currency"_p = "EUR"),
        [data](const string &sku, const string &currency) { return data->product(sku, currency); },
        {.key = ProductKey(), .ttl = 600s, .rules = {productRule()}});
}

auto declareSearch(Cache &cache, const Data &data)
{
    return CachedFunction(cache, "shop.catalog.search.search_products",
                          parameters("query"_p, "sort"_p = "relevance", "page"_p = 1),
                          [data](const string &query, const string &sort, int page) {
                              return data->search(query, sort, page);
                          },
                          {.key = SearchKey(), .ttl = 60s, .staleFor = 90s});
}

auto declareOrders(Cache &cache, const Data &data)
{
    return CachedFunction(cache, "shop.orders.services.list_orders",
                          parameters("user_id"_p, "status"_p = std::nullopt, "page"_p = 1),
                          [data](int user, const std::optional<string> &status, int page) {
                              return data->ordersOf(user, status, page);
                          },
                          {.key = OrdersKey(),
                           .ttl = 180s,
                           .rules = {alsoWhenCreated(rule("orders.Order", "user_id", "user_id"))}});
}

auto declareOrderTotal(Cache &cache, const Data &data)
{
    return CachedFunction(cache, "shop.orders.services.order_total", parameters("order_id"_p),
                          [data](int order) { return data->orderTotal(order); },
                          {.key = OrderKey(), .ttl = 1800s});
}

auto declareDailySales(Cache &cache, const Data &data)
{
    return CachedFunction(
        cache, "shop.reports.views.ReportView.daily_sales",
        parameters("region"_p, "day"_p, "tenants"_p = std::vector<string>()),
        [data](const string &region, const string &day, const std::vector<string> &tenants) {
            return data->dailySales(region, day, tenants);
        },
        {.key = SalesKey(), .ttl = 120s, .staleFor = 60s});
}

auto declareExchangeRate(Cache &cache, const Data &data)
{
    return CachedFunction(
        cache, "shop.pricing.exchange_rate", parameters("base"_p, "quote"_p),
        [data](const string &base, const string &quote) { return data->exchangeRate(base, quote); },
        {.ttl = 90s});
}

auto declareFeatureFlags(Cache &cache, const Data &data)
{
    return CachedFunction(
        cache, "shop.settings.feature_flags", parameters("environment"_p),
        [data](const string &environment) { return data->featureFlags(environment); },
        {.key = FlagsKey(), .ttl = std::nullopt});
}

template <auto declare>
using Declared = decltype(declare(std::declval<Cache &>(), std::declval<const Data &>()));

const char *const locales[]{"en", "de", "fr", "pt-BR"};
const char *const currencies[]{"EUR", "USD", "GBP", "JPY"};
const char *const queries[]{"desk lamp", "oak chair",  "mug*",        "gift::under-20",
                            "tee kanne", "headphones", "caf\xc3\xa9", "backpack 30 l"};
const char *const sorts[]{"relevance", "price", "newest"};
const char *const states[]{"open", "paid", "shipped", "returned", "cancelled"};
const char *const regions[]{"eu", "us", "apac", "latam"};
const char *const environments[]{"production", "staging", "preview"};

} // namespace

struct DemoFunctions::Private {
    Private(Cache &shopCache, const Data &data, quint32 seed)
        : cache(shopCache), profile(declareProfile(cache, data)),
          addresses(declareAddresses(cache, data)), product(declareProduct(cache, data)),
          search(declareSearch(cache, data)), orders(declareOrders(cache, data)),
          orderTotal(declareOrderTotal(cache, data)), dailySales(declareDailySales(cache, data)),
          exchangeRate(declareExchangeRate(cache, data)),
          featureFlags(declareFeatureFlags(cache, data)), random(DemoRandom(seed).of("customers"))
    {
    }

    /// Mostly the customer takes what the cache has.
    template <typename Function, typename... Args>
    CallMetadata call(const Function &function, const Args &...args)
    {
        const int dice = random.below(100);
        if (dice < 4)
            return function.refreshWithMetadata(args...).metadata;
        if (dice < 6) {
            (void)function.bypassCache(args...);
            return {};
        }
        return function.getWithMetadata(args...).metadata;
    }

    [[nodiscard]] int user() { return 1 + random.popular(DemoData::users); }
    [[nodiscard]] string sku() { return DemoData::sku(random.popular(DemoData::products)); }
    CallMetadata callOrders();
    CallMetadata callDailySales();
    void save();

    Cache &cache;
    Declared<declareProfile> profile;
    Declared<declareAddresses> addresses;
    Declared<declareProduct> product;
    Declared<declareSearch> search;
    Declared<declareOrders> orders;
    Declared<declareOrderTotal> orderTotal;
    Declared<declareDailySales> dailySales;
    Declared<declareExchangeRate> exchangeRate;
    Declared<declareFeatureFlags> featureFlags;
    DemoRandom random;
};

DemoFunctions::DemoFunctions(Cache &cache, std::shared_ptr<const DemoData> data, quint32 seed)
    : d(std::make_unique<Private>(cache, data, seed))
{
}

DemoFunctions::~DemoFunctions() = default;

int DemoFunctions::below(int end)
{
    return d->random.below(end);
}

CallMetadata DemoFunctions::Private::callOrders()
{
    const int customer = user();
    std::optional<string> status;
    if (random.below(3) == 0)
        status = random.popularOf(states);
    return call(orders, customer, status, 1 + random.popular(2));
}

CallMetadata DemoFunctions::Private::callDailySales()
{
    const string region = random.popularOf(regions);
    const int day = 101 + random.popular(28);
    std::vector<string> tenants;
    for (int i = random.popular(6); i > 0; --i)
        tenants.push_back("tenant-" + std::to_string(random.below(40)));
    return call(dailySales, region, "2026-06-" + std::to_string(day).substr(1), tenants);
}

/// Somebody saves a row, and the rules throw away what is wrong now.
void DemoFunctions::Private::save()
{
    const auto row = [](const char *attribute, Value value) {
        return Value::map({{Value::string(attribute), std::move(value)}});
    };
    switch (random.below(3)) {
    case 0:
        cache.saved("auth.User", row("id", Value(user())), {.updateFields = {{"email"}}});
        break;
    case 1:
        cache.saved("orders.Order", row("user_id", Value(user())), {.created = true});
        break;
    default:
        cache.saved("catalog.Product", row("sku", Value::string(QByteArray::fromStdString(sku()))),
                    {.updateFields = {{"price"}}});
        break;
    }
}

std::optional<CallMetadata> DemoFunctions::serveCustomer()
{
    Private &shop = *d;
    DemoRandom &random = shop.random;
    const int dice = random.below(100);
    if (dice < 2) {
        shop.save();
        return std::nullopt;
    }
    if (dice < 24) {
        const int user = shop.user();
        return shop.call(shop.profile, user, string(random.popularOf(locales)));
    }
    if (dice < 34) {
        const int user = shop.user();
        return shop.call(shop.addresses, user, 1 + random.popular(2));
    }
    if (dice < 56) {
        const string sku = shop.sku();
        return shop.call(shop.product, sku, string(random.popularOf(currencies)));
    }
    if (dice < 68) {
        const string query = random.popularOf(queries);
        const string sort = random.popularOf(sorts);
        return shop.call(shop.search, query, sort, 1 + random.popular(4));
    }
    if (dice < 82)
        return shop.callOrders();
    if (dice < 89)
        return shop.call(shop.orderTotal, 5000 + random.popular(DemoData::orders));
    if (dice < 94)
        return shop.callDailySales();
    if (dice < 98) {
        const int base = random.popular(4);
        const int quote = (base + 1 + random.popular(3)) % 4;
        return shop.call(shop.exchangeRate, string(currencies[base]), string(currencies[quote]));
    }
    return shop.call(shop.featureFlags, string(random.popularOf(environments)));
}

} // namespace Cachelens
