// SPDX-License-Identifier: MIT
#include "core/key/keybuilder.h"

#include "core/key/fieldtext.h"
#include "core/key/fieldwriter.h"
#include "core/value/appendbytes.h"

#include <algorithm>

namespace Cachelens {

namespace {

constexpr char separator[] = "::";

Error misfit(const KeyedFunction &function, const QByteArray &reason)
{
    return {.code = Error::Code::InvalidInput,
            .attempt = "bind the arguments of",
            .subject = function.id,
            .reason = reason};
}

void stripTrailingSeparators(QByteArray &out, qsizetype begin)
{
    while (out.size() - begin >= 2 && out.back() == ':' && out.at(out.size() - 2) == ':')
        out.chop(2);
}

} // namespace

struct KeyBuilder::Plan {
    KeyedFunction function;
    QByteArray functionPrefix;
    std::vector<FieldWriter> partition;
    std::vector<FieldWriter> suffix;

    explicit Plan(KeyedFunction f);

    enum class Fit { Whole, Partial };
    /// `bound` points into the call and the defaults.
    [[nodiscard]] std::optional<Error> bind(const Call &call, Fit fit, BoundArguments *bound) const;
    [[nodiscard]] qsizetype parameterNamed(QByteArrayView name) const;
    /// Appends the texts of some fields; trailing separators are stripped. In an unambiguous key
    /// every field has a text, and stripped are the last fields of a partial call that have none.
    void appendFields(QByteArray &out, const std::vector<FieldWriter> &fields,
                      const BoundArguments &bound, Fit fit) const;
    void appendPartition(QByteArray &out, const BoundArguments &bound, Fit fit) const;
    qsizetype appendTail(QByteArray &out, const BoundArguments &bound) const;
};

KeyBuilder::Plan::Plan(KeyedFunction f) : function(std::move(f))
{
    KeySpec &key = function.key;
    sortFields(&key.fields);
    if (!key.nameSpace.isEmpty())
        functionPrefix = key.nameSpace + separator;
    functionPrefix += (key.keyIdentifier.isEmpty() ? function.id : key.keyIdentifier) + separator;
    for (const KeyField &field : key.fields)
        (field.partition ? partition : suffix).emplace_back(field, function);
}

qsizetype KeyBuilder::Plan::parameterNamed(QByteArrayView name) const
{
    const auto &parameters = function.parameters;
    const auto it = std::find_if(parameters.begin(), parameters.end(),
                                 [name](const Parameter &p) { return p.name == name; });
    return it == parameters.end() ? -1 : it - parameters.begin();
}

std::optional<Error> KeyBuilder::Plan::bind(const Call &call, Fit fit, BoundArguments *bound) const
{
    const auto &parameters = function.parameters;
    if (call.args.size() > parameters.size()) {
        return misfit(function,
                      "takes " + QByteArray::number(qsizetype(parameters.size())) + " arguments, "
                          + QByteArray::number(qsizetype(call.args.size())) + " were given");
    }
    bound->resize(static_cast<qsizetype>(parameters.size()));
    std::fill(bound->begin(), bound->end(), nullptr);
    for (size_t i = 0; i < call.args.size(); ++i)
        (*bound)[static_cast<qsizetype>(i)] = &call.args[i];
    for (const auto &[name, value] : call.kwargs) {
        const qsizetype parameter = parameterNamed(name);
        if (parameter < 0)
            return misfit(function, "there is no argument '" + name + '\'');
        if ((*bound)[parameter])
            return misfit(function, "argument '" + name + "' is given twice");
        (*bound)[parameter] = &value;
    }
    for (size_t i = 0; i < parameters.size(); ++i) {
        const Value *&value = (*bound)[static_cast<qsizetype>(i)];
        if (value)
            continue;
        if (parameters[i].defaultValue)
            value = &*parameters[i].defaultValue;
        else if (fit == Fit::Whole)
            return misfit(function, "argument '" + parameters[i].name + "' is missing");
    }
    return std::nullopt;
}

void KeyBuilder::Plan::appendFields(QByteArray &out, const std::vector<FieldWriter> &fields,
                                    const BoundArguments &bound, Fit fit) const
{
    const qsizetype begin = out.size();
    qsizetype end = begin;
    bool first = true;
    for (const FieldWriter &field : fields) {
        if (!first)
            appendBytes(out, separator);
        first = false;
        if (field.append(out, bound))
            end = out.size();
    }
    if (!function.key.unambiguous)
        stripTrailingSeparators(out, begin);
    else if (fit == Fit::Partial)
        out.truncate(end);
}

void KeyBuilder::Plan::appendPartition(QByteArray &out, const BoundArguments &bound, Fit fit) const
{
    const qsizetype begin = out.size();
    appendFields(out, partition, bound, fit);
    if (out.size() > begin)
        appendBytes(out, separator);
}

/// The key behind the function's prefix; where in `out` the suffix begins.
qsizetype KeyBuilder::Plan::appendTail(QByteArray &out, const BoundArguments &bound) const
{
    appendPartition(out, bound, Fit::Whole);
    const qsizetype suffixBegin = out.size();
    appendFields(out, suffix, bound, Fit::Whole);
    const KeySpec &spec = function.key;
    if (!spec.hashSuffixOnOverflow || out.size() - suffixBegin <= spec.maxKeySuffixLength)
        return suffixBegin;
    const QByteArrayView text = QByteArrayView(out).sliced(suffixBegin);
    if (codePoints(text) > spec.maxKeySuffixLength) {
        const QByteArray hash = QCryptographicHash::hash(text, spec.hash).toHex();
        out.truncate(suffixBegin);
        out += hash;
    }
    return suffixBegin;
}

KeyBuilder::KeyBuilder(KeyedFunction function)
    : m_plan(std::make_shared<const Plan>(std::move(function)))
{
}

const QByteArray &KeyBuilder::functionPrefix() const
{
    return m_plan->functionPrefix;
}

const KeyedFunction &KeyBuilder::function() const
{
    return m_plan->function;
}

Result<BuiltKey> KeyBuilder::build(const Call &call) const
{
    const Plan &plan = *m_plan;
    BoundArguments bound;
    if (std::optional<Error> error = plan.bind(call, Plan::Fit::Whole, &bound))
        return failure(std::move(*error));

    BuiltKey built;
    QByteArray &key = built.key;
    key.reserve(plan.functionPrefix.size() + 96);
    key += plan.functionPrefix;
    const qsizetype prefixEnd = plan.appendTail(key, bound);
    built.prefix = key.first(prefixEnd);
    if (prefixEnd > plan.functionPrefix.size()) {
        built.partition
            = key.sliced(plan.functionPrefix.size(), prefixEnd - plan.functionPrefix.size() - 2);
    }
    built.suffix = key.sliced(prefixEnd);
    return built;
}

void KeyBuilder::appendTail(QByteArray &out, std::span<const Value> arguments) const
{
    BoundArguments bound(qsizetype(arguments.size()));
    for (size_t i = 0; i < arguments.size(); ++i)
        bound[qsizetype(i)] = &arguments[i];
    m_plan->appendTail(out, bound);
}

Result<QByteArray> KeyBuilder::partialPrefix(const Call &call) const
{
    BoundArguments bound;
    if (std::optional<Error> error = m_plan->bind(call, Plan::Fit::Partial, &bound))
        return failure(std::move(*error));
    QByteArray prefix = m_plan->functionPrefix;
    m_plan->appendPartition(prefix, bound, Plan::Fit::Partial);
    return prefix;
}

bool KeyBuilder::isPartitionOnly() const
{
    return m_plan->suffix.empty() && !m_plan->partition.empty();
}

Result<std::vector<FieldContribution>> KeyBuilder::contributions(const Call &call) const
{
    const Plan &plan = *m_plan;
    BoundArguments bound;
    if (std::optional<Error> error = plan.bind(call, Plan::Fit::Whole, &bound))
        return failure(std::move(*error));
    std::vector<FieldContribution> result;
    for (const auto *fields : {&plan.partition, &plan.suffix}) {
        for (const FieldWriter &field : *fields) {
            FieldContribution contribution;
            contribution.field = field.field().name;
            contribution.partition = field.field().partition;
            field.append(contribution.text, bound);
            field.appendUnhashed(contribution.unhashed, bound);
            result.push_back(std::move(contribution));
        }
    }
    return result;
}

QByteArray redisKey(QByteArrayView clientPrefix, int version, QByteArrayView key)
{
    QByteArray result;
    result.reserve(clientPrefix.size() + key.size() + 12);
    result.append(clientPrefix);
    result += ':';
    result += QByteArray::number(version);
    result += ':';
    result.append(key);
    return result;
}

} // namespace Cachelens
