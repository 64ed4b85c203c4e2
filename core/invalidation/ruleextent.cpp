// SPDX-License-Identifier: MIT
#include "core/invalidation/ruleextent.h"

#include "core/key/fieldtext.h"

#include <algorithm>

namespace Cachelens {

namespace {

/// How much of a partition field's text a rule fills.
enum class Filled : quint8 {
    Never, ///< no key of the function has a text there
    Always, ///< every key of the function has the same text there
    Wholly,
    Partly,
    Not,
};

Filled filledBy(const KeyField &field, const KeyedFunction &function, const InvalidationRule &rule)
{
    const bool hashesNoText = field.hashValue && !function.key.unambiguous;
    if (field.type == KeyField::Type::Constant)
        return Filled::Always;
    if (field.type == KeyField::Type::QueryParams && hashesNoText)
        return Filled::Wholly; // as in the calls that have no params
    if (field.type != KeyField::Type::Args && field.type != KeyField::Type::ViewKwargs)
        return Filled::Not; // of a request, which no signal has
    const auto isMapped = [&rule](const Parameter &parameter) {
        return std::ranges::find(rule.fieldMapping, parameter.name,
                                 &std::pair<QByteArray, QByteArray>::first)
            != rule.fieldMapping.end();
    };
    int given = 0;
    int taken = 0;
    for (const Parameter &parameter : function.parameters) {
        if (!takesArgument(field, parameter.name))
            continue;
        ++taken;
        given += parameter.defaultValue || isMapped(parameter);
    }
    if (taken == 0)
        return hashesNoText ? Filled::Always : Filled::Never;
    return given == taken ? Filled::Wholly : given > 0 ? Filled::Partly : Filled::Not;
}

bool fits(const KeyBuilder &builder, const InvalidationRule &rule)
{
    Call call;
    for (const auto &[parameter, path] : rule.fieldMapping)
        call.kwargs.emplace_back(parameter, Value());
    return builder.partialPrefix(call).has_value();
}

} // namespace

RuleExtent extentOf(const KeyBuilder &builder, const InvalidationRule &rule)
{
    if (rule.invalidate || !rule.invalidator.isEmpty())
        return RuleExtent::Unknown;
    if (!fits(builder, rule))
        return RuleExtent::Nothing;
    const KeyedFunction &function = builder.function();
    bool filled = false; // with what differs from key to key
    bool open = false; // from here on no text of the prefix
    for (const KeyField &field : function.key.fields) {
        if (!field.partition)
            continue;
        const Filled here = filledBy(field, function, rule);
        if (here == Filled::Never)
            continue;
        // Every key has a text between what the prefix puts side by side.
        if (here == Filled::Partly || (here != Filled::Not && open))
            return RuleExtent::Nothing;
        // The prefix has the hash of no text there.
        if (here == Filled::Not && field.hashValue && !function.key.unambiguous)
            return RuleExtent::Nothing;
        filled = filled || here == Filled::Wholly;
        open = open || here == Filled::Not;
    }
    if (!filled)
        return RuleExtent::WholeFunction;
    return open ? RuleExtent::SeveralPartitions : RuleExtent::Partition;
}

} // namespace Cachelens
