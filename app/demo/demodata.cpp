// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demodata.h"

namespace Cachelens {

namespace {

const char *const firstNames[]{"Ada",    "Grace",      "Linus",        "Barbara",
                               "Edsger", "Zo\xc3\xab", "Bj\xc3\xb8rn", "\xe7\xbe\x8e\xe5\x92\xb2"};
const char *const lastNames[]{"Hopper",
                              "Meyer",
                              "Tanaka",
                              "O'Neill",
                              "Garc\xc3\xad"
                              "a",
                              "Novak",
                              "Dubois",
                              "Singh"};
const char *const cities[]{"Berlin", "Lyon",    "Porto", "Krak\xc3\xb3w",
                           "Osaka",  "Bristol", "Turin", "Graz"};
const char *const goods[]{"Lamp",     "Desk",       "Teapot", "Notebook",
                          "Backpack", "Headphones", "Chair",  "Mug"};
const char *const looks[]{"walnut", "oak",  "red",       "matt black",
                          "large",  "tiny", "hand-made", "second-hand"};
const char *const orderStates[]{"open", "paid", "shipped", "returned", "cancelled"};

Value text(const QByteArray &utf8)
{
    return Value::string(utf8);
}

Value text(const char *utf8)
{
    return Value::string(utf8);
}

Value text(const std::string &utf8)
{
    return Value::string(QByteArray::fromStdString(utf8));
}

using Members = std::initializer_list<std::pair<const char *, Value>>;

Value object(Members members)
{
    ValueMap entries;
    for (const auto &[name, value] : members)
        entries.emplace_back(Value::string(name), value);
    return Value::map(std::move(entries));
}

Value money(DemoRandom &random)
{
    return Value::decimal(QByteArray::number(random.below(300) + 1) + '.'
                          + QByteArray::number(100 + random.below(100)).mid(1));
}

DateTime someTime(DemoRandom &random)
{
    DateTime at;
    at.date = {2026, static_cast<quint8>(1 + random.below(6)),
               static_cast<quint8>(1 + random.below(28))};
    at.time
        = {static_cast<quint8>(random.below(24)), static_cast<quint8>(random.below(60)),
           static_cast<quint8>(random.below(60)), static_cast<quint32>(random.below(1'000'000)), 0};
    return at;
}

} // namespace

DemoData::DemoData(quint32 seed, std::shared_ptr<const Clock> clock, Work work)
    : m_random(seed), m_clock(std::move(clock)), m_work(std::move(work))
{
}

DemoRandom DemoData::now(const DemoRandom &row) const
{
    return row.of(m_clock->now().time_since_epoch().count());
}

void DemoData::work(DemoRandom &random, int fromMs, int toMs) const
{
    m_work(std::chrono::milliseconds(fromMs + random.below(toMs - fromMs + 1)));
}

std::string DemoData::sku(int product)
{
    return "SKU-" + std::to_string(1000 + product);
}

QByteArray DemoData::title(const std::string &sku) const
{
    DemoRandom row = m_random.of("title").of(sku);
    const QByteArray good = row.oneOf(goods);
    return good + ", " + row.oneOf(looks);
}

Value DemoData::profile(int user, const std::string &locale) const
{
    DemoRandom row = m_random.of("profile").of(user);
    DemoRandom changing = now(row);
    work(changing, 3, 9);
    const QByteArray first = row.oneOf(firstNames);
    const QByteArray last = row.oneOf(lastNames);
    return object({
        {"id", Value(user)},
        {"first_name", text(first)},
        {"last_name", text(last)},
        {"email", text("user" + QByteArray::number(user) + "@example.org")},
        {"joined", Value(someTime(row))},
        {"is_staff", Value(user % 40 == 0)},
        {"groups",
         Value::list(user % 3 == 0 ? ValueList{text("customers"), text("press")}
                                   : ValueList{text("customers")})},
        {"preferences",
         object({{"newsletter", Value(changing.below(2) == 0)},
                 {"theme", text(changing.below(3) == 0 ? "light" : "dark")},
                 {"locale", text(locale)}})},
        {"unread_messages", Value(changing.below(12))},
    });
}

Value DemoData::addresses(int user, int page) const
{
    DemoRandom row = m_random.of("addresses").of(user).of(page);
    DemoRandom changing = now(row);
    work(changing, 3, 12);
    ValueList found;
    const int count = 1 + row.below(3);
    const int chosen = changing.below(count);
    for (int i = 0; i < count; ++i) {
        const QByteArray name = row.oneOf(firstNames);
        found.push_back(object({{"id", Value(row.below(9000))},
                                {"name", text(name + ' ' + row.oneOf(lastNames))},
                                {"city", text(QByteArray(row.oneOf(cities)))},
                                {"is_default", Value(i == chosen)}}));
    }
    return Value::list(std::move(found));
}

Value DemoData::product(const std::string &sku, const std::string &currency) const
{
    DemoRandom row = m_random.of("product").of(sku);
    DemoRandom changing = now(row.of(currency));
    work(changing, 4, 18);
    return object({
        {"sku", text(sku)},
        {"title", text(title(sku))},
        {"currency", text(currency)},
        {"price", money(changing)},
        {"stock", Value(changing.below(400))},
        {"rating", Value(1 + row.below(40) / 10.0)},
        {"dimensions",
         Value::tuple({Value(row.below(90)), Value(row.below(60)), Value(row.below(40))})},
        {"tags", Value::set({text(QByteArray(row.oneOf(looks))), text("shop")})},
        {"available_from", Value(someTime(row).date)},
    });
}

Value DemoData::search(const std::string &query, const std::string &sort, int page) const
{
    DemoRandom row = m_random.of("search").of(query).of(sort).of(page);
    DemoRandom changing = now(row);
    work(changing, 20, 70);
    ValueList hits;
    for (int i = row.below(24); i >= 0; --i) {
        const std::string found = sku(row.below(products));
        // Now and then something else has taken its place.
        const std::string shown = changing.below(12) == 0 ? sku(changing.below(products)) : found;
        hits.push_back(object({{"sku", text(shown)},
                               {"title", text(title(shown))},
                               {"price", money(row)},
                               {"score", Value(row.below(1000) / 1000.0)}}));
    }
    return object({{"count", Value(static_cast<int>(hits.size()))},
                   {"next", Value()},
                   {"results", Value::list(hits)}});
}

Value DemoData::ordersOf(int user, const std::optional<std::string> &status, int page) const
{
    DemoRandom row = m_random.of("orders").of(user).of(status.value_or("")).of(page);
    DemoRandom changing = now(row);
    work(changing, 8, 30);
    ValueList found;
    for (int i = row.below(6); i > 0; --i)
        found.push_back(object({{"id", Value(5000 + row.below(4000))},
                                {"status", text(status.value_or(changing.oneOf(orderStates)))},
                                {"total", money(row)},
                                {"placed_at", Value(someTime(row))}}));
    return Value::list(std::move(found));
}

Value DemoData::orderTotal(int order) const
{
    DemoRandom row = m_random.of("total").of(order);
    DemoRandom changing = now(row);
    work(changing, 2, 6);
    return object({{"net", money(row)},
                   {"tax", money(row)},
                   {"shipping", money(changing)},
                   {"currency", text("EUR")}});
}

Value DemoData::dailySales(const std::string &region, const std::string &day,
                           const std::vector<std::string> &tenants) const
{
    DemoRandom row = m_random.of("sales").of(region).of(day);
    for (const std::string &tenant : tenants)
        row = row.of(tenant);
    DemoRandom changing = now(row);
    work(changing, 60, 160);
    const int current = changing.below(24); // the hour that is still being counted
    ValueMap hours;
    for (int hour = 0; hour < 24; ++hour) {
        DemoRandom &counted = hour == current ? changing : row;
        const int count = counted.below(90);
        hours.emplace_back(Value(hour),
                           object({{"orders", Value(count)}, {"revenue", money(counted)}}));
    }
    return object(
        {{"region", text(region)}, {"day", text(day)}, {"hours", Value::map(std::move(hours))}});
}

double DemoData::exchangeRate(const std::string &base, const std::string &quote) const
{
    DemoRandom row = m_random.of("rate").of(base).of(quote);
    DemoRandom changing = now(row);
    work(changing, 30, 90);
    return 0.5 + row.below(10'000) / 10'000.0 + changing.below(100) / 10'000.0;
}

Value DemoData::featureFlags(const std::string &environment) const
{
    DemoRandom row = m_random.of("flags").of(environment);
    DemoRandom changing = now(row);
    work(changing, 1, 3);
    return object({{"new_checkout", Value(row.below(2) == 0)},
                   {"search_suggestions", Value(true)},
                   {"rollout_percent", Value(changing.below(101))}});
}

} // namespace Cachelens
