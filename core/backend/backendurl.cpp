// SPDX-License-Identifier: MIT
#include "core/backend/backendurl.h"

#include <algorithm>
#include <optional>

namespace Cachelens {

namespace {

// sun_path holds 108 bytes with its final NUL; longer paths would be cut off silently.
constexpr qsizetype longestSocketPath = 107;

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

std::optional<QByteArray> percentDecoded(QByteArrayView text)
{
    QByteArray decoded;
    decoded.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size())
            return std::nullopt;
        const int high = hexDigit(text[i + 1]);
        const int low = hexDigit(text[i + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        decoded += char(high * 16 + low);
        i += 2;
    }
    return decoded;
}

bool isNumber(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The input as an error may show it. Works on any text, also on one that does not parse: whatever
/// stands where a password could is left out.
QByteArray withoutPassword(QByteArrayView input)
{
    QByteArray text = input.toByteArray();
    const qsizetype scheme = text.indexOf("://");
    const qsizetype from = scheme < 0 ? 0 : scheme + 3;
    const qsizetype at = text.lastIndexOf('@');
    const qsizetype colon = text.indexOf(':', from);
    const qsizetype slash = text.indexOf('/', from);
    const qsizetype hostEnd = slash < 0 ? text.size() : slash;
    if (colon >= 0 && colon < at) {
        text.replace(colon + 1, at - colon - 1, "***");
    } else if (scheme >= 0 && colon >= 0 && colon < hostEnd && text[from] != '[') {
        // Where the host was forgotten the password stands in place of the port.
        const qsizetype last = text.lastIndexOf(':', hostEnd - 1) + 1;
        if (const auto word = text.sliced(last, hostEnd - last); !isNumber(word))
            text.replace(last, word.size(), "***");
    }
    const QByteArray parameter = "password=";
    const qsizetype secret = text.toLower().indexOf(parameter);
    if (secret >= 0)
        text.replace(secret + parameter.size(), text.size(), "***");
    return text;
}

Error invalid(QByteArrayView input, QByteArray reason)
{
    return {.code = Error::Code::InvalidInput,
            .attempt = "read the URL",
            .subject = withoutPassword(input),
            .reason = std::move(reason)};
}

std::optional<int> number(QByteArrayView text, int least, int most)
{
    if (text.isEmpty() || text.size() > 9 || !isNumber(text))
        return std::nullopt;
    int value = 0;
    for (const char c : text)
        value = value * 10 + (c - '0');
    if (value < least || value > most)
        return std::nullopt;
    return value;
}

/// Each reads its part into `url` and gives the reason when it cannot; none when it could.
using Complaint = std::optional<QByteArray>;

Complaint readUser(QByteArrayView text, BackendUrl &url)
{
    const qsizetype colon = text.indexOf(':');
    const auto user = percentDecoded(colon < 0 ? text : text.first(colon));
    const auto password = percentDecoded(colon < 0 ? QByteArrayView() : text.sliced(colon + 1));
    if (!user || !password)
        return "a % in the user or password is not followed by two hexadecimal digits";
    url.user = *user;
    url.password = *password;
    return std::nullopt;
}

Complaint readHost(QByteArrayView text, BackendUrl &url)
{
    QByteArrayView host = text;
    QByteArrayView port;
    bool hasPort = false;
    if (text.startsWith('[')) {
        const qsizetype close = text.indexOf(']');
        if (close < 0)
            return "the [ in front of the host has no ]";
        host = text.sliced(1, close - 1);
        const QByteArrayView rest = text.sliced(close + 1);
        hasPort = rest.startsWith(':');
        if (!rest.isEmpty() && !hasPort)
            return "only a port may stand behind the ]";
        if (host.isEmpty())
            return "there is no host between [ and ]";
        port = hasPort ? rest.sliced(1) : rest;
    } else if (const qsizetype colon = text.indexOf(':'); colon >= 0) {
        hasPort = true;
        host = text.first(colon);
        port = text.sliced(colon + 1);
        if (port.contains(':'))
            return "an IPv6 address stands in brackets: redis://[::1]:6379";
    }
    if (!host.isEmpty()) {
        const auto decoded = percentDecoded(host);
        if (!decoded || decoded->contains('\0') || decoded->contains(' '))
            return "the host is not a name or an address";
        url.host = *decoded;
    }
    if (hasPort) {
        const auto value = number(port, 1, 65535);
        if (!value)
            return "the port is not a number from 1 to 65535";
        url.port = *value;
    }
    return std::nullopt;
}

Complaint readDatabase(QByteArrayView text, BackendUrl &url)
{
    const auto value = number(text, 0, 999'999'999);
    if (!value)
        return "the database is not a number from 0 on";
    url.database = *value;
    return std::nullopt;
}

Complaint readRedis(QByteArrayView rest, BackendUrl &url)
{
    const qsizetype slash = rest.indexOf('/');
    QByteArrayView authority = slash < 0 ? rest : rest.first(slash);
    const QByteArrayView database = slash < 0 ? QByteArrayView() : rest.sliced(slash + 1);
    if (const qsizetype at = authority.lastIndexOf('@'); at >= 0) {
        if (const auto complaint = readUser(authority.first(at), url))
            return complaint;
        authority = authority.sliced(at + 1);
    } else if (database.contains('@')) {
        return "a / in the user or password is written %2F";
    }
    if (const auto complaint = readHost(authority, url))
        return complaint;
    return database.isEmpty() ? std::nullopt : readDatabase(database, url);
}

Complaint readUnix(QByteArrayView rest, BackendUrl &url)
{
    const qsizetype slash = rest.indexOf('/');
    if (slash < 0)
        return "the path of the socket does not begin with /: unix:///run/redis.sock";
    if (slash > 0) {
        if (rest[slash - 1] != '@')
            return "the path of the socket does not begin with /: unix:///run/redis.sock";
        if (const auto complaint = readUser(rest.first(slash - 1), url))
            return complaint;
    }
    QByteArrayView path = rest.sliced(slash);
    QByteArrayView query;
    const qsizetype mark = path.indexOf('?');
    if (mark >= 0) {
        query = path.sliced(mark + 1);
        path = path.first(mark);
    }
    const auto decoded = percentDecoded(path);
    if (!decoded)
        return "a % in the path is not followed by two hexadecimal digits";
    if (decoded->size() < 2 || decoded->contains('\0'))
        return "there is no path of a socket";
    if (decoded->size() > longestSocketPath)
        return "the path of a socket may be 107 bytes long";
    url.path = *decoded;
    if (mark < 0)
        return std::nullopt;
    if (!query.startsWith("db="))
        return "only ?db=N may stand behind the path";
    return readDatabase(query.sliced(3), url);
}

QByteArray encoded(const QByteArray &text, const char *alsoPlain)
{
    return text.toPercentEncoding(alsoPlain);
}

} // namespace

Result<BackendUrl> BackendUrl::parse(QByteArrayView text)
{
    BackendUrl url;
    if (text == "memory:") {
        url.scheme = Scheme::Memory;
        return url;
    }
    const qsizetype separator = text.indexOf("://");
    const QByteArray scheme = text.first(qMax(separator, 0)).toByteArray().toLower();
    const QByteArrayView rest = separator < 0 ? QByteArrayView() : text.sliced(separator + 3);
    Complaint complaint;
    if (scheme == "redis" || scheme == "rediss") {
        url.scheme = scheme == "redis" ? Scheme::Redis : Scheme::RedisTls;
        complaint = readRedis(rest, url);
    } else if (scheme == "unix") {
        url.scheme = Scheme::Unix;
        complaint = readUnix(rest, url);
    } else {
        complaint = "it begins with none of redis://, rediss://, unix:// and memory:";
    }
    if (complaint)
        return failure(invalid(text, *complaint));
    return url;
}

QByteArray BackendUrl::description() const
{
    const QByteArray who = user.isEmpty() ? QByteArray() : encoded(user, "") + '@';
    switch (scheme) {
    case Scheme::Memory:
        return "memory:";
    case Scheme::Unix: {
        QByteArray text = "unix://" + who + encoded(path, "/:@");
        if (database != 0)
            text += "?db=" + QByteArray::number(database);
        return text;
    }
    case Scheme::Redis:
    case Scheme::RedisTls:
        break;
    }
    const QByteArray address
        = host.contains(':') ? '[' + encoded(host, ":") + ']' : encoded(host, "");
    return (scheme == Scheme::RedisTls ? "rediss://" : "redis://") + who + address + ':'
        + QByteArray::number(port) + '/' + QByteArray::number(database);
}

} // namespace Cachelens
