// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/cachebackend.h"
#include "core/key/keyreader.h"
#include "core/payload/entrycodec.h"

namespace Cachelens {

/// Bytes as a JSON value: text where they are UTF-8, else {"$bytes": base64}.
[[nodiscard]] Value bytesValue(const QByteArray &bytes);

// What the command line tells of keys and entries, as members of a JSON object. Source of the
// names: docs/command-line.md.

/// "key" (escaped where it is not UTF-8) and "key_base64".
void appendKey(ValueMap &object, const QByteArray &key);
/// "cache", "namespace", "function", and where a catalog tells them apart "partition" and "suffix".
/// What the key does not have is null.
void appendReading(ValueMap &object, const KeyReading &reading);
/// "serializer" and "compressor", or null for both when it could not be decoded.
void appendEncoding(ValueMap &object, const Result<DecodedEntry> &entry);
/// "metadata", "value" and "restflow"; of what cannot be decoded, "undecodable" with the bytes.
void appendContent(ValueMap &object, const Result<DecodedEntry> &entry, const QByteArray &bytes);

/// A member whose name is plain text.
void append(ValueMap &object, const char *name, Value value);
[[nodiscard]] QByteArray toJsonLine(ValueMap object);

} // namespace Cachelens
