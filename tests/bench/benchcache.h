// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "tests/support/redisserver.h"

#include <memory>
#include <vector>

struct redisContext;

namespace Cachelens::Testing {

/// A private Redis with many restflow-like keys of 66 bytes on average, and the plain hiredis loops
/// that are the floor of every figure. Whatever goes wrong throws std::runtime_error.
class BenchCache {
public:
    explicit BenchCache(int count);

    /// Of the function with a fifth of the keys, the one that is deleted.
    static QByteArray doomedPrefix();
    /// The function that has a hundred thousand partitions.
    static QByteArray widePrefix();
    /// The catalog of the three functions.
    static QByteArray catalogJson();
    static Catalog catalog();

    [[nodiscard]] const std::vector<QByteArray> &keys() const { return m_keys; }
    /// The keys under doomedPrefix().
    [[nodiscard]] std::vector<QByteArray> doomed() const;
    [[nodiscard]] QByteArray url() const { return m_server.url(); }

    void fill(const std::vector<QByteArray> &keys) const;
    void set(const QByteArray &key, const QByteArray &value) const;
    /// Milliseconds of one pass of SCAN with COUNT 1000.
    [[nodiscard]] double bareScan() const;
    /// Milliseconds of UNLINK in batches of 1,000.
    [[nodiscard]] double bareUnlink(const std::vector<QByteArray> &keys) const;
    /// Milliseconds of SCAN ... MATCH with COUNT 10 and a DEL of what it finds, as drf-restflow
    /// deletes a pattern.
    [[nodiscard]] double barePatternDelete(const QByteArray &pattern) const;

private:
    struct ContextDeleter {
        void operator()(redisContext *context) const;
    };

    RedisServer m_server;
    const std::vector<QByteArray> m_keys;
    std::unique_ptr<redisContext, ContextDeleter> m_context;
};

} // namespace Cachelens::Testing
