// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/codec/resultcodec.h"

using namespace Cachelens;

struct Connection { };

// expect: a function that returns nothing leaves nothing to cache: return a value
constexpr bool nothing = Detail::CheckedResult<void>::valid;

// expect: a result of this type cannot be cached: specialize Cachelens::ResultCodec for it
// expect: CheckedResult<std::vector<Connection
constexpr bool unknown = Detail::CheckedResult<std::vector<Connection>>::valid;

// expect: or return a type that owns its contents
constexpr bool view = Detail::CheckedResult<std::string_view>::valid;
