// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/key/rediscli.h"

#include "core/backend/backendurl.h"
#include "widgets/key/displaykey.h"

namespace Cachelens {

namespace {

/// In single quotes for a POSIX shell, unless nothing in it needs them.
QByteArray shellQuoted(const QByteArray &word)
{
    static constexpr QByteArrayView plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789_./:@%+,-";
    bool isPlain = !word.isEmpty();
    for (const char c : word)
        isPlain = isPlain && plain.contains(c);
    if (isPlain)
        return word;
    QByteArray inner = word;
    inner.replace('\'', "'\\''");
    return '\'' + inner + '\'';
}

/// As redis-cli reads a word back with --quoted-input; only characters that can be seen.
QByteArray redisQuoted(QByteArrayView bytes)
{
    return '"' + displayKey(bytes).toUtf8().replace('"', "\\\"") + '"';
}

/// What shows a value of the kind, in front of and behind the key.
std::pair<QByteArray, QByteArray> showCommand(KeyType type)
{
    switch (type) {
    case KeyType::List:
        return {"LRANGE", " 0 99"};
    case KeyType::Set:
        return {"SMEMBERS", {}};
    case KeyType::SortedSet:
        return {"ZRANGE", " 0 99 WITHSCORES"};
    case KeyType::Hash:
        return {"HGETALL", {}};
    case KeyType::Stream:
        return {"XRANGE", " - + COUNT 100"};
    case KeyType::Other:
        return {"TYPE", {}};
    case KeyType::None:
    case KeyType::String:
        break;
    }
    return {"GET", {}};
}

QByteArray connectionArguments(const BackendUrl &url, bool usesPassword)
{
    QByteArray out;
    if (url.scheme == BackendUrl::Scheme::Unix)
        out += " -s " + shellQuoted(url.path);
    else
        out += " -h " + shellQuoted(url.host) + " -p " + QByteArray::number(url.port);
    if (url.scheme == BackendUrl::Scheme::RedisTls)
        out += " --tls";
    if (!url.user.isEmpty())
        out += " --user " + shellQuoted(url.user);
    if (!url.user.isEmpty() || !url.password.isEmpty() || usesPassword)
        out += " --askpass";
    if (url.database != 0)
        out += " -n " + QByteArray::number(url.database);
    return out;
}

} // namespace

QString redisCliLine(const QByteArray &connection, QByteArrayView key, KeyType type,
                     bool usesPassword)
{
    const auto url = BackendUrl::parse(connection);
    if (!url || url->scheme == BackendUrl::Scheme::Memory)
        return {};
    const QByteArray seen = key.toByteArray().replace('\\', "\\\\");
    const bool plain = !key.isEmpty() && displayKey(key).toUtf8() == seen;
    const auto [command, rest] = showCommand(type);
    QByteArray line = "redis-cli" + connectionArguments(*url, usesPassword);
    if (!plain)
        line += " --quoted-input";
    line += ' ' + command + ' ';
    line += shellQuoted(plain ? key.toByteArray() : redisQuoted(key)) + rest;
    return QString::fromUtf8(line);
}

} // namespace Cachelens
