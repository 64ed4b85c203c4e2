// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/arguments.h"
#include "app/commandline/commandline.h"
#include "app/commandline/entryreport.h"
#include "app/connections/cacheaccess.h"
#include "core/cached/functionlink.h"
#include "core/cached/keyarguments.h"
#include "core/payload/entrywriter.h"
#include "core/value/valuejson.h"
#include "widgets/key/displaykey.h"

namespace Cachelens {

namespace {

struct Refreshed {
    QByteArray key;
    QByteArray function;
    LinkedAnswer answer;
};

Value milliseconds(std::chrono::microseconds time)
{
    return Value(static_cast<double>(time.count()) / 1000);
}

Value isoValue(const std::optional<WallTime> &time)
{
    return time ? Value::string(isoUtc(*time)) : Value();
}

QByteArray json(const Refreshed &refreshed)
{
    const CallMetadata &call = refreshed.answer.metadata;
    ValueMap metadata;
    append(metadata, "cached_at", isoValue(call.cachedAt));
    append(metadata, "cache_reset_at", isoValue(call.resetAt));
    append(metadata, "cache_status", Value::string(name(call.status)));
    ValueMap object;
    appendKey(object, refreshed.key);
    append(object, "function", bytesValue(refreshed.function));
    append(object, "stored", Value(call.stored));
    append(object, "bytes", Value(call.bytes));
    append(object, "duration_ms", milliseconds(call.duration));
    append(object, "metadata", Value::map(std::move(metadata)));
    append(object, "value", refreshed.answer.value);
    return toJsonLine(std::move(object));
}

QByteArray text(const Refreshed &refreshed)
{
    const CallMetadata &call = refreshed.answer.metadata;
    QByteArray text;
    const auto line = [&text](const char *name, const QByteArray &content) {
        text += QByteArray(name).leftJustified(12) + content + '\n';
    };
    const auto time = [](const std::optional<WallTime> &at) { return at ? isoUtc(*at) : "never"; };
    line("key", displayKey(refreshed.key).toUtf8());
    line("function", displayKey(refreshed.function).toUtf8());
    line("status", name(call.status));
    line("took",
         QByteArray::number(static_cast<double>(call.duration.count()) / 1000, 'f', 1) + " ms");
    if (call.stored) {
        line("bytes", QByteArray::number(call.bytes));
        line("cached at", time(call.cachedAt));
        line("resets at", time(call.resetAt));
    } else {
        line("stored", "no");
    }
    return text + '\n' + valueToJson(refreshed.answer.value, {.indent = 2}).json + '\n';
}

Result<Refreshed> refresh(const BackendUrl &url, const QByteArray &key)
{
    const OpenedCache cache = openCache(url, std::make_shared<SystemClock>());
    if (!cache.functions)
        return failure({Error::Code::Unsupported, "refresh", displayKey(key).toUtf8(),
                        "the functions of " + url.description()
                            + " run elsewhere, and only the service that has them can call them",
                        false});
    const auto catalog = loadCatalogs({}, url);
    if (!catalog)
        return failure(catalog.error());
    const auto call = callOfKey(catalog->keyReader(), key);
    if (!call)
        return failure(call.error());
    auto answer = cache.functions->call(call->function, call->arguments, CallMode::Refresh, key);
    answer.waitForFinished();
    return answer.takeResult().map([&](LinkedAnswer given) {
        return Refreshed{key, call->function, std::move(given)};
    });
}

} // namespace

int runRefresh(const QList<QByteArray> &given, Console &console)
{
    Arguments arguments("refresh",
                        "Runs the function that an entry is of, and overwrites the entry. Only "
                        "the functions of the demo can be called.");
    arguments.positional("URL", "Where the cache is: memory:");
    arguments.positional("KEY", "The key as 'cachelens keys' lists it.");
    arguments.flag("json", "One JSON object in a line.");
    if (const auto end = arguments.parse(given, console))
        return *end;

    const auto url = BackendUrl::parse(*arguments.at(0));
    if (!url)
        return arguments.wrong(url.error().message(), console);
    const auto refreshed = refresh(*url, *arguments.at(1));
    if (!refreshed) {
        console.error(refreshed.error().message());
        return Failed;
    }
    if (arguments.isSet("json"))
        console.writeLine(json(*refreshed));
    else
        console.write(text(*refreshed));
    return console.finish();
}

} // namespace Cachelens
