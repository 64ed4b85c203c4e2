// SPDX-License-Identifier: MIT
#include "core/key/keyspec.h"

namespace Cachelens {

KeySpec KeySpec::defaultSpec()
{
    KeyField field;
    field.name = "default";
    KeySpec spec;
    spec.fields.push_back(std::move(field));
    return spec;
}

} // namespace Cachelens
