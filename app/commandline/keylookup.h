// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/cachebackend.h"

#include <functional>
#include <span>
#include <string_view>

namespace Cachelens {

/// Gives every key of a pass to `sink`, slice by slice, until it says that it has had enough.
[[nodiscard]] Result<void>
listKeys(CacheBackend &backend, const ScanRequest &request,
         const std::function<bool(std::span<const std::string_view> keys)> &sink);

/// The key that an argument means: the one of these bytes, or, when there is none, the one that
/// displayKey() shows like that, for a NUL cannot stand in an argument. Fails when there are both.
[[nodiscard]] Result<QByteArray> keyMeant(CacheBackend &backend, const QByteArray &given);

} // namespace Cachelens
