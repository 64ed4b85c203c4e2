// SPDX-License-Identifier: MIT
#pragma once

#include "core/result.h"

#include <QByteArray>

namespace Cachelens {

/// Where a cache is. A value; parse() fails as InvalidInput. Syntax: docs/command-line.md.
///   redis://[user:password@]host[:port][/db]   unix:///path?db=N   memory:
/// and rediss:// for TLS, which is recognized and not supported yet.
struct BackendUrl {
    enum class Scheme { Redis, RedisTls, Unix, Memory };
    Scheme scheme = Scheme::Redis;
    QByteArray host = "127.0.0.1"; ///< without the brackets of an IPv6 address
    int port = 6379;
    QByteArray path = {}; ///< of the Unix socket
    int database = 0;
    QByteArray user = {}; ///< empty: the default user
    QByteArray password = {}; ///< never in description() or an error

    [[nodiscard]] static Result<BackendUrl> parse(QByteArrayView text);
    /// The URL without its password. parse() reads it back to the same but for the password.
    [[nodiscard]] QByteArray description() const;
    bool operator==(const BackendUrl &) const = default;
};

} // namespace Cachelens
