// SPDX-License-Identifier: MIT
#include "core/key/keyconstructor.h"

#include <algorithm>

namespace Cachelens {

void KeyConstructor::field(QByteArray name, KeyField field)
{
    field.name = std::move(name);
    const auto other
        = std::find_if(m_spec.fields.begin(), m_spec.fields.end(),
                       [&field](const KeyField &known) { return known.name == field.name; });
    if (other == m_spec.fields.end())
        m_spec.fields.push_back(std::move(field));
    else
        *other = std::move(field);
}

DefaultKeyConstructor::DefaultKeyConstructor()
{
    for (const KeyField &each : KeySpec::defaultSpec().fields)
        field(each.name, each);
}

InlineKeyConstructor::InlineKeyConstructor(
    std::initializer_list<std::pair<QByteArray, KeyField>> fields, QByteArray nameSpaceName)
{
    nameSpace(std::move(nameSpaceName));
    for (const auto &[name, each] : fields)
        field(name, each);
}

AnyKeyConstructor::AnyKeyConstructor()
{
    static const auto instance = std::make_shared<const DefaultKeyConstructor>();
    m_constructor = instance;
}

} // namespace Cachelens
