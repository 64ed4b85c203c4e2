// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/arguments.h"
#include "app/commandline/commandline.h"
#include "app/commandline/deletionrun.h"
#include "app/commandline/keylookup.h"
#include "app/connections/cacheaccess.h"
#include "core/keyspace/session.h"

#include <set>

namespace Cachelens {

namespace {

// The keys that read back as a function's, each once.
Result<std::vector<QByteArray>> keysOf(CacheBackend &backend, const KeyReader &reader,
                                       const QByteArray &function)
{
    std::set<QByteArray> found;
    const auto listed = listKeys(backend, {}, [&](std::span<const std::string_view> keys) {
        for (const std::string_view key : keys) {
            const QByteArray bytes(key.data(), static_cast<qsizetype>(key.size()));
            const KeyReading reading = reader.read(bytes);
            if (reading.source != KeyReading::Source::Foreign && reading.function == function)
                found.insert(bytes);
        }
        return true;
    });
    if (!listed)
        return failure(listed.error());
    return std::vector<QByteArray>(found.begin(), found.end());
}

Result<DeletionTarget> targetOf(const Arguments &arguments, CacheBackend &backend,
                                const KeyReader &reader)
{
    DeletionTarget target;
    if (const auto given = arguments.value("key")) {
        const auto key = keyMeant(backend, *given);
        if (!key)
            return failure(key.error());
        target.keys = {*key};
        target.title = "key " + readableKey(*key);
    } else if (const auto prefix = arguments.value("prefix")) {
        target.prefixes = {*prefix};
        target.title = "prefix " + *prefix;
    } else {
        const QByteArray function = *arguments.value("function");
        auto keys = keysOf(backend, reader, function);
        if (!keys)
            return failure(keys.error());
        target.keys = std::move(*keys);
        target.title = "function " + function;
    }
    return target;
}

} // namespace

int runDelete(const QList<QByteArray> &given, Console &console)
{
    Arguments arguments("delete",
                        "Deletes one key, the keys that begin with a prefix, or those "
                        "of a function. Asks unless --yes is given.");
    arguments.positional("URL", "Where the cache is, as for 'cachelens keys'.");
    arguments.option("key", "K", "The key as the server has it, or as 'cachelens keys' lists it.");
    arguments.option("prefix", "P",
                     "Keys that begin with exactly these bytes, as the server has them: * is a "
                     "star, and \\\\ are two backslashes.");
    arguments.option("function", "F", "Keys of this function, as 'cachelens keys' reads them.");
    arguments.listOption("catalog", "FILE",
                         "What is known of the functions, for --function; may be repeated.");
    arguments.flag("dry-run", "Shows what would be deleted, and ends.");
    arguments.flag("yes", "Does not ask.");
    arguments.flag("json", "One JSON object in a line.");
    if (const auto end = arguments.parse(given, console))
        return *end;

    const int targets
        = arguments.isSet("key") + arguments.isSet("prefix") + arguments.isSet("function");
    if (targets != 1)
        return arguments.wrong("One of --key, --prefix and --function is needed.", console);
    if (arguments.value("prefix") == QByteArray())
        return arguments.wrong("--prefix must not be empty: that would be every key.", console);
    const auto url = BackendUrl::parse(*arguments.at(0));
    if (!url)
        return arguments.wrong(url.error().message(), console);
    const bool dryRun = arguments.isSet("dry-run");
    const bool yes = arguments.isSet("yes");
    if (!dryRun && !yes && !console.isInteractive())
        return arguments.wrong("Nobody can be asked here: say --yes or --dry-run.", console);

    const auto catalog = loadCatalogs(arguments.values("catalog"), *url);
    if (!catalog) {
        console.error(catalog.error().message());
        return Failed;
    }

    const auto clock = std::make_shared<SystemClock>();
    const OpenedCache cache = openCache(withPasswordFromEnvironment(*url), clock);
    auto target = targetOf(arguments, *cache.backend, catalog->keyReader());
    if (!target) {
        console.error(target.error().message());
        return Failed;
    }
    SessionOptions options;
    options.undoBudget = 0; // the program ends with the deletion: nothing could be undone
    Session session(cache.backend, clock, options);
    return DeletionRun(session, {dryRun, yes, arguments.isSet("json")}, console)
        .run(std::move(*target));
}

} // namespace Cachelens
