// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/binding.h"

using namespace Cachelens;
using namespace Cachelens::Literals;

const auto p = parametersFor<int, int>(parameters("user_id"_p, "page"_p = 1));
const auto q = parametersFor<bool>(parameters("all"_p));

// expect: the function has no parameter of this name: use a name that parameters(...) declares
// expect: pgae
const auto unknown = bindArguments<int, int>(p, 7, "pgae"_p = 2);

// expect: an argument is given twice: give each one by position or by name, once
// expect: user_id
const auto twice = bindArguments<int, int>(p, 7, "user_id"_p = 8);

// expect: an argument is given twice: give each one by position or by name, once
const auto namedTwice = bindArguments<int, int>(p, 7, "page"_p = 1, "page"_p = 2);

// expect: an argument by position stands behind one by name: move those by position to the front
const auto behind = bindArguments<int, int>(p, "user_id"_p = 7, 2);

// expect: an argument is missing: give the parameter a value in the call, or a default
// expect: CheckedPresence<Cachelens::RequiredParameter<Cachelens::FixedString<8>{"user_id"}>
const auto missing = bindArguments<int, int>(p, "page"_p = 2);

// expect: more arguments are given than the function has parameters: remove the last ones
const auto tooMany = bindArguments<int, int>(p, 1, 2, 3);

// expect: an argument does not convert to the type of its parameter: pass a value of the parameter's type
const auto text = bindArguments<int, int>(p, "seven");

// expect: a floating-point number is not taken for an integer
const auto fraction = bindArguments<int, int>(p, 7.5);

// expect: only a bool for a bool
const auto flag = bindArguments<bool>(q, 1);

// expect: a name was given without a value: write "page"_p = 2
const auto noValue = bindArguments<int, int>(p, 7, "page"_p);

// expect: the function has no parameter of this name
// expect: sort
const Call prefix = bindPartially<int, int>(p, "sort"_p = 2);
