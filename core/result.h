// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <tl/expected.hpp>

#include <utility>

namespace Cachelens {

/// What went wrong with something that can be expected to fail. A value: it travels between
/// threads. Text is UTF-8 and never holds a password.
struct Error {
    enum class Code {
        InvalidInput, ///< what was asked for makes no sense; `subject` names the input
        NotFound, ///< the key, file or function is not there
        Undecodable, ///< bytes that no decoder understands
        LimitExceeded, ///< a decoder or job stopped at one of its limits; `reason` says which
        Unsupported, ///< the backend cannot do this at all
        Forbidden, ///< the connection's own policy (read-only, production) said no
        Canceled, ///< stopped on request
        Timeout, ///< a deadline passed
        Unreachable, ///< no connection could be made, or it broke
        NotAuthenticated, ///< NOAUTH: the server wants a password
        WrongPassword, ///< WRONGPASS
        PermissionDenied, ///< NOPERM: the user may not run this command or see this key
        Loading, ///< LOADING: the server reads its data from disk
        ReadOnlyServer, ///< READONLY: the server is a replica
        OutOfMemory, ///< OOM: the server is above maxmemory
        Misconfigured, ///< MISCONF: the server cannot persist and refuses writes
        ServerError, ///< any other error reply
        Io, ///< a local file or pipe
    };

    Code code = Code::InvalidInput;
    QByteArray attempt; ///< what was tried, as a verb phrase: "connect", "decode the entry"
    QByteArray subject; ///< on what: a URL without its password, a key, a file and line
    QByteArray reason; ///< why it failed, in the words of whoever refused
    bool retryable = false; ///< whether the same call can succeed later without a change
    bool maybeDone = false; ///< of a write: it was sent, and what came of it is not known

    /// One sentence for a person: "Could not connect to redis://shop:6379: connection refused".
    [[nodiscard]] QByteArray message() const;

    bool operator==(const Error &) const = default;
};

template <typename T> using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

inline QByteArray Error::message() const
{
    QByteArray text = "Could not " + attempt;
    if (!subject.isEmpty())
        text += ' ' + subject;
    if (!reason.isEmpty())
        text += ": " + reason;
    return text;
}

} // namespace Cachelens
