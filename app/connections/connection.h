// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/backendurl.h"
#include "core/keyspace/operation.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

namespace Cachelens {

/// A cache that somebody works with, as it is remembered. Knows no password.
struct Connection {
    QString name; ///< empty: the URL stands for it
    BackendUrl url; ///< its password is empty
    bool readOnly = false;
    bool production = false; ///< deleting more than one key needs the name typed
    QString label; ///< "STAGING": what to see at once; may be empty
    QStringList catalogs; ///< files
    int keysPerSecond = 0; ///< how fast its keys are listed at most; 0: as fast as it answers
    QDateTime lastUsed; ///< invalid: never

    /// The embedded demo: nothing to protect, nothing to configure.
    [[nodiscard]] static Connection demo();
    /// A connection to this URL of which no more is known.
    [[nodiscard]] static Connection to(BackendUrl url);

    [[nodiscard]] bool isDemo() const { return url.scheme == BackendUrl::Scheme::Memory; }
    /// The name, or the URL without its password.
    [[nodiscard]] QString title() const;
    /// What stands in the status bar: PRODUCTION, or the label.
    [[nodiscard]] QString environment() const;
    [[nodiscard]] ConnectionPolicy policy() const;
    bool operator==(const Connection &) const = default;
};

} // namespace Cachelens
