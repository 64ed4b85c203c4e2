// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/binding.h"
#include "core/codec/resultcodec.h"

using namespace Cachelens;
using namespace Cachelens::Literals;

const auto p = parametersFor<int, int>(parameters("user_id"_p, "page"_p = 1));
const auto q = parametersFor<bool>(parameters("all"_p));
const auto bound = bindArguments<int, int>(p, 7, "page"_p = 2);

const auto flag = bindArguments<bool>(q, true);

const Call prefix = bindPartially<int, int>(p, "page"_p = 2);

constexpr bool valid = Detail::CheckedResult<std::vector<int>>::valid;
