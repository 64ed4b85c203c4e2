// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/benchcache.h"

#include "tests/bench/figures.h"

#include <hiredis/hiredis.h>

#include <cstdio>
#include <stdexcept>

namespace Cachelens::Testing {

namespace {

constexpr int unlinkBatch = 1000;
constexpr int bigUsers = 100'000; // partitions of one function

struct ReplyDeleter {
    void operator()(void *reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, ReplyDeleter>;

Reply checked(void *reply)
{
    Reply owned(static_cast<redisReply *>(reply));
    if (!owned || owned->type == REDIS_REPLY_ERROR)
        throw std::runtime_error(owned ? owned->str : "no reply");
    return owned;
}

/// A million keys as drf-restflow writes them, 66 bytes on average: one function with a hundred
/// thousand partitions, one with few, and one, with a fifth of the keys, that is deleted.
std::vector<QByteArray> makeKeys(int count)
{
    std::vector<QByteArray> keys;
    keys.reserve(static_cast<size_t>(count));
    const int doomed = count / 5;
    for (int i = 0; i < doomed; ++i) {
        keys.push_back(BenchCache::doomedPrefix() + "tenant:" + QByteArray::number(i / 10)
                       + "::v:1::" + QByteArray::number(i % 10));
    }
    for (int i = doomed; i < count; i += 2) {
        const int call = (i - doomed) / 2;
        const QByteArray page = QByteArray::number(call / bigUsers);
        const QByteArray user = QByteArray::number(100'000 + call % bigUsers);
        keys.push_back(BenchCache::widePrefix() + "user_id:" + user + "::page:" + page + "||v:1");
        keys.push_back(":1:catalog::app.views.ProductView.get::tenant:"
                       + QByteArray::number(call % 1000) + "::slug:item-" + user + page);
    }
    return keys;
}

} // namespace

void BenchCache::ContextDeleter::operator()(redisContext *context) const
{
    redisFree(context);
}

BenchCache::BenchCache(int count)
    : m_keys(makeKeys(count)), m_context(redisConnectUnix(m_server.socketPath().constData()))
{
    if (!m_context || m_context->err)
        throw std::runtime_error("no connection to the server");
    fill(m_keys);
    double bytes = 0;
    for (const QByteArray &key : m_keys)
        bytes += static_cast<double>(key.size());
    std::fprintf(stderr, "%d keys of %.1f bytes\n\n", count, bytes / count);
}

QByteArray BenchCache::doomedPrefix()
{
    return ":1:reports::app.reports.ReportView.daily_totals::";
}

QByteArray BenchCache::widePrefix()
{
    return ":1:users::app.services.get_user_payload::";
}

QByteArray BenchCache::catalogJson()
{
    return R"({"catalog": 1, "functions": [
        {"id": "app.services.get_user_payload", "params": [{"name": "user_id"}, {"name": "page"}],
         "key": {"namespace": "users", "fields": [
            {"name": "a", "type": "args", "arguments": "user_id", "partition": true},
            {"name": "b", "type": "args", "arguments": "page"}]}},
        {"id": "app.reports.ReportView.daily_totals", "params": [{"name": "tenant"}],
         "key": {"namespace": "reports", "fields": [
            {"name": "a", "type": "args", "arguments": "tenant", "partition": true}]}},
        {"id": "app.views.ProductView.get", "params": [{"name": "tenant"}, {"name": "slug"}],
         "key": {"namespace": "catalog", "fields": [
            {"name": "a", "type": "args", "arguments": "tenant", "partition": true},
            {"name": "b", "type": "args", "arguments": "slug"}]}}]})";
}

Catalog BenchCache::catalog()
{
    auto catalog = Catalog::fromJson(catalogJson(), "bench");
    if (!catalog)
        throw std::runtime_error(catalog.error().message().constData());
    return *catalog;
}

std::vector<QByteArray> BenchCache::doomed() const
{
    return {m_keys.begin(), m_keys.begin() + qsizetype(m_keys.size() / 5)};
}

void BenchCache::fill(const std::vector<QByteArray> &keys) const
{
    const QByteArray value(180, 'v');
    size_t waiting = 0;
    for (size_t i = 0; i < keys.size(); ++i) {
        const char *arguments[] = {"SET", keys[i].constData(), value.constData()};
        const size_t sizes[] = {3, size_t(keys[i].size()), size_t(value.size())};
        redisAppendCommandArgv(m_context.get(), 3, arguments, sizes);
        if (++waiting < 1000 && i + 1 < keys.size())
            continue;
        for (; waiting > 0; --waiting) {
            void *reply = nullptr;
            if (redisGetReply(m_context.get(), &reply) != REDIS_OK)
                throw std::runtime_error("the server did not take the keys");
            checked(reply);
        }
    }
}

void BenchCache::set(const QByteArray &key, const QByteArray &value) const
{
    checked(redisCommand(m_context.get(), "SET %b %b", key.constData(), size_t(key.size()),
                         value.constData(), size_t(value.size())));
}

double BenchCache::bareScan() const
{
    QElapsedTimer timer;
    timer.start();
    QByteArray cursor = "0";
    size_t seen = 0;
    do {
        const Reply reply
            = checked(redisCommand(m_context.get(), "SCAN %s COUNT 1000", cursor.constData()));
        cursor = reply->element[0]->str;
        seen += reply->element[1]->elements;
    } while (cursor != "0");
    if (seen < m_keys.size())
        throw std::runtime_error("the plain loop missed keys");
    return milliseconds(timer);
}

double BenchCache::bareUnlink(const std::vector<QByteArray> &keys) const
{
    QElapsedTimer timer;
    timer.start();
    for (size_t from = 0; from < keys.size(); from += unlinkBatch) {
        const size_t to = std::min(keys.size(), from + unlinkBatch);
        std::vector<const char *> arguments{"UNLINK"};
        std::vector<size_t> sizes{6};
        for (size_t i = from; i < to; ++i) {
            arguments.push_back(keys[i].constData());
            sizes.push_back(static_cast<size_t>(keys[i].size()));
        }
        checked(redisCommandArgv(m_context.get(), static_cast<int>(arguments.size()),
                                 arguments.data(), sizes.data()));
    }
    return milliseconds(timer);
}

double BenchCache::barePatternDelete(const QByteArray &pattern) const
{
    QElapsedTimer timer;
    timer.start();
    QByteArray cursor = "0";
    do {
        const Reply page
            = checked(redisCommand(m_context.get(), "SCAN %s MATCH %b COUNT 10", cursor.constData(),
                                   pattern.constData(), size_t(pattern.size())));
        cursor = page->element[0]->str;
        const redisReply *keys = page->element[1];
        for (size_t i = 0; i < keys->elements; ++i)
            checked(redisCommand(m_context.get(), "DEL %b", keys->element[i]->str,
                                 keys->element[i]->len));
    } while (cursor != "0");
    return milliseconds(timer);
}

} // namespace Cachelens::Testing
