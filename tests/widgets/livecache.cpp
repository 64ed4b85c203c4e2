// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/livecache.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <stdexcept>

namespace Cachelens::Testing {

using std::chrono::milliseconds;

namespace {

// The entries were written at 2026-11-22T07:45:48Z.
constexpr milliseconds halfAMinuteLater{1'795'333'580'000};

} // namespace

LiveCache::LiveCache(SessionOptions options)
    : clock(std::make_shared<ManualClock>(WallTime(halfAMinuteLater))),
      memory(std::make_shared<MemoryBackend>(clock)), held(std::make_shared<HeldBackend>(memory))
{
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/restflow-live.jsonl"));
    if (!file.open(QIODevice::ReadOnly))
        throw std::runtime_error("no restflow-live.jsonl");
    while (!file.atEnd()) {
        const QJsonObject entry = QJsonDocument::fromJson(file.readLine()).object();
        if (entry[QLatin1String("type")].toString() != QLatin1String("string"))
            continue; // the embedded backend holds strings only
        const auto bytes = [&entry](QLatin1String name) {
            return QByteArray::fromBase64(entry[name].toString().toLatin1());
        };
        const qint64 ttl = entry[QLatin1String("ttl_ms")].toInteger();
        keys.push_back(bytes(QLatin1String("key")));
        const auto set = memory->set(keys.back(), bytes(QLatin1String("value")),
                                     ttl < 0 ? std::nullopt : std::optional(milliseconds(ttl)));
        if (!set)
            throw std::runtime_error(set.error().message().toStdString());
    }
    session = std::make_unique<Session>(held, clock, std::move(options));
}

QByteArray LiveCache::userKey(const QByteArray &user, int page)
{
    return usersPrefix + "user_id:" + user + "::page:" + QByteArray::number(page) + "::v:1";
}

Catalog liveCatalog()
{
    const auto catalog = Catalog::fromFile(CACHELENS_TEST_DATA "/restflow-live.catalog.json");
    if (!catalog)
        throw std::runtime_error(catalog.error().message().toStdString());
    return *catalog;
}

} // namespace Cachelens::Testing
