// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/democalls.h"

#include <QFile>

#include <array>
#include <stdexcept>

namespace Cachelens {

namespace {

using Texts = std::array<QByteArray, 8>;

const Texts firstNames{"Ada",    "Grace",      "Linus",        "Barbara",
                       "Edsger", "Zo\xc3\xab", "Bj\xc3\xb8rn", "\xe7\xbe\x8e\xe5\x92\xb2"};
const Texts lastNames{"Hopper",
                      "Meyer",
                      "Tanaka",
                      "O'Neill",
                      "Garc\xc3\xad"
                      "a",
                      "Novak",
                      "Dubois",
                      "Singh"};
const Texts cities{"Berlin", "Lyon", "Porto", "Krak\xc3\xb3w", "Osaka", "Bristol", "Turin", "Graz"};
const Texts goods{"Lamp", "Desk", "Teapot", "Notebook", "Backpack", "Headphones", "Chair", "Mug"};
const Texts looks{"walnut", "oak",  "red",       "matt black",
                  "large",  "tiny", "hand-made", "second-hand"};
const Texts queries{"desk lamp", "oak chair",  "mug*",        "gift::under-20",
                    "tee kanne", "headphones", "caf\xc3\xa9", "backpack 30 l"};
const std::array<QByteArray, 4> currencies{"EUR", "USD", "GBP", "JPY"};
const std::array<QByteArray, 4> regions{"eu", "us", "apac", "latam"};
const std::array<QByteArray, 5> orderStates{"open", "paid", "shipped", "returned", "cancelled"};
const std::array<QByteArray, 4> locales{"en", "de", "fr", "pt-BR"};
const std::array<QByteArray, 3> sorts{"relevance", "price", "newest"};
const std::array<QByteArray, 3> environments{"production", "staging", "preview"};

Value text(const QByteArray &utf8)
{
    return Value::string(utf8);
}

using Members = std::initializer_list<std::pair<const char *, Value>>;

Value object(Members members)
{
    ValueMap entries;
    for (const auto &[name, value] : members)
        entries.emplace_back(Value::string(name), value);
    return Value::map(std::move(entries));
}

QByteArray skuOf(int product)
{
    return "SKU-" + QByteArray::number(1000 + product);
}

} // namespace

Catalog demoCatalog()
{
    QFile file(QStringLiteral(":/demo-catalog.json"));
    if (!file.open(QIODevice::ReadOnly))
        throw std::logic_error("the demo's catalog is not in the program");
    auto catalog = Catalog::fromJson(file.readAll(), "demo-catalog.json");
    if (!catalog)
        throw std::logic_error(catalog.error().message().toStdString());
    return *catalog;
}

DemoCalls::DemoCalls(quint32 seed) : m_catalog(demoCatalog()), m_random(seed)
{
}

int DemoCalls::below(int end)
{
    return static_cast<int>(m_random() % static_cast<quint32>(end));
}

const QByteArray &DemoCalls::oneOf(std::span<const QByteArray> choices)
{
    return choices[static_cast<size_t>(below(static_cast<int>(choices.size())))];
}

Value DemoCalls::money()
{
    return Value::decimal(QByteArray::number(below(300) + 1) + '.'
                          + QByteArray::number(100 + below(100)).mid(1));
}

DateTime DemoCalls::recently()
{
    DateTime at;
    at.date = {2026, static_cast<quint8>(1 + below(6)), static_cast<quint8>(1 + below(28))};
    at.time = {static_cast<quint8>(below(24)), static_cast<quint8>(below(60)),
               static_cast<quint8>(below(60)), static_cast<quint32>(below(1'000'000)), 0};
    return at;
}

DemoCall DemoCalls::callOf(const char *function, std::vector<Value> args, Value result)
{
    DemoCall call;
    call.function = m_catalog.find(function);
    if (!call.function)
        throw std::logic_error(std::string("not in the demo's catalog: ") + function);
    call.call.args = std::move(args);
    call.result = std::move(result);
    return call;
}

DemoCall DemoCalls::next()
{
    const int dice = below(100);
    if (dice < 24)
        return profile();
    if (dice < 34)
        return addresses();
    if (dice < 56)
        return product();
    if (dice < 68)
        return search();
    if (dice < 82)
        return orders();
    if (dice < 89)
        return orderTotal();
    if (dice < 95)
        return dailySales();
    return dice < 99 ? exchangeRate() : featureFlags();
}

DemoCall DemoCalls::profile()
{
    const int user = 1 + below(240);
    const QByteArray &first = oneOf(firstNames);
    const QByteArray &last = oneOf(lastNames);
    const Value result = object({
        {"id", Value(user)},
        {"first_name", text(first)},
        {"last_name", text(last)},
        {"email", text("user" + QByteArray::number(user) + "@example.org")},
        {"joined", Value(recently())},
        {"is_staff", Value(user % 40 == 0)},
        {"groups",
         Value::list(user % 3 == 0 ? ValueList{text("customers"), text("press")}
                                   : ValueList{text("customers")})},
        {"preferences", object({{"newsletter", Value(user % 2 == 0)}, {"theme", text("dark")}})},
    });
    return callOf("shop.users.services.get_profile", {Value(user), text(oneOf(locales))}, result);
}

DemoCall DemoCalls::addresses()
{
    ValueList found;
    for (int i = below(3); i >= 0; --i)
        found.push_back(object({{"id", Value(below(9000))},
                                {"name", text(oneOf(firstNames) + ' ' + oneOf(lastNames))},
                                {"city", text(oneOf(cities))},
                                {"is_default", Value(i == 0)}}));
    return callOf("shop.users.services.list_addresses",
                  {Value(1 + below(240)), Value(1 + below(2))}, Value::list(std::move(found)));
}

DemoCall DemoCalls::product()
{
    const int product = below(160);
    const Value result = object({
        {"sku", text(skuOf(product))},
        {"title", text(oneOf(goods) + ", " + oneOf(looks))},
        {"price", money()},
        {"stock", Value(below(400))},
        {"rating", Value(1 + below(40) / 10.0)},
        {"dimensions", Value::tuple({Value(below(90)), Value(below(60)), Value(below(40))})},
        {"tags", Value::set({text(oneOf(looks)), text("shop")})},
        {"available_from", Value(recently().date)},
    });
    return callOf("shop.catalog.products.get_product",
                  {text(skuOf(product)), text(oneOf(currencies))}, result);
}

DemoCall DemoCalls::search()
{
    ValueList hits;
    for (int i = below(24); i >= 0; --i)
        hits.push_back(object({{"sku", text(skuOf(below(160)))},
                               {"title", text(oneOf(goods) + ", " + oneOf(looks))},
                               {"price", money()},
                               {"score", Value(below(1000) / 1000.0)}}));
    const Value result = object({{"count", Value(static_cast<int>(hits.size()))},
                                 {"next", Value()},
                                 {"results", Value::list(hits)}});
    DemoCall call = callOf("shop.catalog.search.search_products",
                           {text(oneOf(queries)), text(oneOf(sorts)), Value(1 + below(4))}, result);
    call.grace = std::chrono::seconds(90);
    return call;
}

DemoCall DemoCalls::orders()
{
    ValueList found;
    for (int i = below(6); i > 0; --i)
        found.push_back(object({{"id", Value(5000 + below(4000))},
                                {"status", text(oneOf(orderStates))},
                                {"total", money()},
                                {"placed_at", Value(recently())}}));
    const bool all = below(3) == 0;
    return callOf(
        "shop.orders.services.list_orders",
        {Value(1 + below(240)), all ? Value() : text(oneOf(orderStates)), Value(1 + below(2))},
        Value::list(std::move(found)));
}

DemoCall DemoCalls::orderTotal()
{
    return callOf("shop.orders.services.order_total", {Value(5000 + below(400))},
                  object({{"net", money()}, {"tax", money()}, {"currency", text("EUR")}}));
}

DemoCall DemoCalls::dailySales()
{
    const Date day{2026, 6, static_cast<quint8>(1 + below(28))};
    ValueList tenants;
    for (int i = below(6); i > 0; --i)
        tenants.push_back(text("tenant-" + QByteArray::number(below(40))));
    ValueMap hours;
    for (int hour = 0; hour < 24; ++hour)
        hours.emplace_back(Value(hour),
                           object({{"orders", Value(below(90))}, {"revenue", money()}}));
    DemoCall call = callOf("shop.reports.views.ReportView.daily_sales",
                           {text(oneOf(regions)), Value(day), Value::list(std::move(tenants))},
                           object({{"day", Value(day)}, {"hours", Value::map(std::move(hours))}}));
    call.grace = std::chrono::seconds(60);
    return call;
}

DemoCall DemoCalls::exchangeRate()
{
    return callOf("shop.pricing.exchange_rate", {text(oneOf(currencies)), text(oneOf(currencies))},
                  Value(0.5 + below(10000) / 10000.0));
}

DemoCall DemoCalls::featureFlags()
{
    return callOf("shop.settings.feature_flags", {text(oneOf(environments))},
                  object({{"new_checkout", Value(below(2) == 0)},
                          {"search_suggestions", Value(true)},
                          {"rollout_percent", Value(below(101))}}));
}

} // namespace Cachelens
