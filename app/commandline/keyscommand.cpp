// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/arguments.h"
#include "app/commandline/commandline.h"
#include "app/commandline/entryreport.h"
#include "app/commandline/keylookup.h"
#include "app/connections/cacheaccess.h"
#include "core/keyspace/keyquery.h"
#include "widgets/key/displaykey.h"

#include <string>
#include <unordered_set>

namespace Cachelens {

namespace {

struct Filter {
    KeyPredicate matches; ///< null: every key
    std::optional<QByteArray> nameSpace;
    std::optional<QByteArray> function;

    [[nodiscard]] bool readsKeys() const { return nameSpace || function; }
    [[nodiscard]] bool accepts(const KeyReading &reading) const
    {
        return reading.source != KeyReading::Source::Foreign
            && (!nameSpace || reading.nameSpace == *nameSpace)
            && (!function || reading.function == *function);
    }
};

class Lister {
public:
    Lister(const KeyReader &reader, Filter filter, bool json, Console &console)
        : m_reader(reader), m_filter(std::move(filter)), m_json(json), m_console(console)
    {
    }

    /// False when nobody reads any more.
    bool add(std::span<const std::string_view> keys)
    {
        for (const std::string_view key : keys) {
            if ((!m_filter.matches || m_filter.matches(key)) && m_seen.emplace(key).second)
                list(QByteArray(key.data(), static_cast<qsizetype>(key.size())));
        }
        return m_console.flush();
    }

private:
    void list(const QByteArray &key)
    {
        if (!m_json && !m_filter.readsKeys()) {
            m_console.writeLine(displayKey(key).toUtf8());
            return;
        }
        const KeyReading reading = m_reader.read(key);
        if (m_filter.readsKeys() && !m_filter.accepts(reading))
            return;
        if (m_json) {
            ValueMap object;
            appendKey(object, key);
            appendReading(object, reading);
            m_console.writeLine(toJsonLine(std::move(object)));
        } else {
            m_console.writeLine(displayKey(key).toUtf8());
        }
    }

    const KeyReader &m_reader;
    const Filter m_filter;
    const bool m_json;
    Console &m_console;
    std::unordered_set<std::string> m_seen; // a scan may name a key more than once
};

} // namespace

int runKeys(const QList<QByteArray> &given, Console &console)
{
    Arguments arguments("keys", "Lists a cache's keys as they are found.");
    arguments.positional("URL",
                         "Where the cache is: redis://[user:password@]host[:port][/db], "
                         "rediss://..., unix:///path?db=N, or memory: for the demo.");
    arguments.listOption("catalog", "FILE", "What is known of the functions; may be repeated.");
    arguments.option("namespace", "N", "Only keys of functions in this namespace.");
    arguments.option("function", "F", "Only keys of this function.");
    arguments.option("prefix", "P", "Only keys that begin with exactly this.");
    arguments.option("match", "GLOB", "Only keys that match: * ? [a-z], \\ in front of a literal.");
    arguments.flag("json", "One JSON object a line.");
    if (const auto end = arguments.parse(given, console))
        return *end;

    const auto url = BackendUrl::parse(*arguments.at(0));
    if (!url)
        return arguments.wrong(url.error().message(), console);
    Filter filter;
    filter.nameSpace = arguments.value("namespace");
    filter.function = arguments.value("function");
    if (const auto glob = arguments.value("match")) {
        KeyQuery query;
        query.pattern = *glob;
        query.syntax = KeyQuery::Syntax::Glob;
        query.caseSensitive = true;
        auto predicate = compilePattern(query);
        if (!predicate)
            return arguments.wrong(predicate.error().message(), console);
        filter.matches = std::move(*predicate);
    }
    const auto catalog = loadCatalogs(arguments.values("catalog"), *url);
    if (!catalog) {
        console.error(catalog.error().message());
        return Failed;
    }

    const KeyReader reader = catalog->keyReader();
    Lister lister(reader, std::move(filter), arguments.isSet("json"), console);
    const OpenedCache cache
        = openCache(withPasswordFromEnvironment(*url), std::make_shared<SystemClock>());
    ScanRequest request;
    request.prefix = arguments.value("prefix").value_or(QByteArray());
    const auto listed
        = listKeys(*cache.backend, request,
                   [&lister](std::span<const std::string_view> keys) { return lister.add(keys); });
    if (!listed) {
        console.flush();
        console.error(listed.error().message());
        return Failed;
    }
    return console.finish();
}

} // namespace Cachelens
