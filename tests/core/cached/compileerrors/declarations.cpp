// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/binding.h"

using namespace Cachelens;
using namespace Cachelens::Literals;

struct Connection { };

// expect: the function takes more parameters than names are declared: declare one name for each
const auto tooFew = parametersFor<int, int>(parameters("user_id"_p));

// expect: more names are declared than the function takes parameters: declare one name for each
const auto tooMany = parametersFor<int>(parameters("user_id"_p, "page"_p = 1));

// expect: two parameters have the same name: give each parameter a name of its own
const auto twice = parameters("page"_p, "size"_p, "page"_p = 1);

// expect: a parameter without a default stands behind one that has a default: give it a default
const auto behind = parameters("page"_p = 1, "user_id"_p);

// expect: a parameter's name is an identifier
const auto notAName = parameters("user id"_p);

// expect: parameters() takes names: write "user_id"_p, or "page"_p = 1
const auto text = parameters("user_id");

// expect: a parameter of this type cannot be part of a key: specialize Cachelens::KeyArgument for it
// expect: CheckedParameter<Connection>
const auto unkeyable = parametersFor<Connection>(parameters("connection"_p));

// expect: a default does not convert to the type of its parameter
const auto wrongDefault = parametersFor<int>(parameters("page"_p = "first"));
