// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/value.h"

namespace Cachelens::Testing {

class RedisServer;

/// One key of tests/data/restflow-live.jsonl.
struct FixtureKey {
    QByteArray key;
    QByteArray type;
    QByteArray value; ///< of a string
    QByteArray dump; ///< of others, for RESTORE
    Value expect;

    [[nodiscard]] bool isForeign() const { return expect.find("foreign") != nullptr; }
};

[[nodiscard]] std::vector<FixtureKey> restflowFixture();
/// Loads them all, with an expiry of an hour where they had one.
void loadRestflowFixture(const RedisServer &server, const std::vector<FixtureKey> &keys);

} // namespace Cachelens::Testing
