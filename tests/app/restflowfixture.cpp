// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/restflowfixture.h"

#include "core/value/valuejson.h"
#include "tests/app/program.h"
#include "tests/support/redisserver.h"

#include <QFile>

#include <stdexcept>

namespace Cachelens::Testing {

std::vector<FixtureKey> restflowFixture()
{
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/restflow-live.jsonl"));
    if (!file.open(QIODevice::ReadOnly))
        throw std::runtime_error("no restflow-live.jsonl");
    std::vector<FixtureKey> keys;
    for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
        const auto object = valueFromJson(line.trimmed(), "restflow-live.jsonl");
        if (!object)
            throw std::runtime_error(object.error().message().toStdString());
        keys.push_back({QByteArray::fromBase64(textOf(*object, "key")), textOf(*object, "type"),
                        QByteArray::fromBase64(textOf(*object, "value")),
                        QByteArray::fromBase64(textOf(*object, "dump")), *object->find("expect")});
    }
    return keys;
}

void loadRestflowFixture(const RedisServer &server, const std::vector<FixtureKey> &keys)
{
    std::vector<RespCommand> commands;
    for (const FixtureKey &key : keys) {
        if (key.type != "string") {
            commands.push_back({"RESTORE", key.key, "0", key.dump});
            continue;
        }
        commands.push_back({"SET", key.key, key.value});
        const Value *ttl = key.expect.find("ttl");
        if (ttl && !ttl->isNone())
            commands.push_back({"PEXPIRE", key.key, "3600000"});
    }
    for (const Resp &reply : server.pipeline(commands)) {
        if (reply.isError())
            throw std::runtime_error(reply.bytes.toStdString());
    }
}

} // namespace Cachelens::Testing
