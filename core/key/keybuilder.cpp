// SPDX-License-Identifier: MIT
#include "core/key/keybuilder.h"

#include "core/key/fieldtext.h"
#include "core/value/keytext.h"

#include <QList>
#include <QVarLengthArray>

#include <algorithm>
#include <map>

namespace Cachelens {

namespace {

constexpr char separator[] = "::";
constexpr char missing[] = "__restflow:missing__";

/// The values of a call's arguments, by the position of their parameter; null where there is none.
using Bound = QVarLengthArray<const Value *, 16>;

/// What of a field does not depend on the call.
struct FieldPlan {
    const KeyField *field = nullptr;
    KeyTextOptions text;
    std::vector<size_t> parameters; ///< Args, ViewKwargs: in the byte order of their names
    std::vector<QByteArray> path; ///< the steps of the field's path
    QByteArray requestKey; ///< RequestValue
    QByteArray constant; ///< Constant: its whole text
    QByteArray plainConstant; ///< the same before hashing
};

Error misfit(const KeyedFunction &function, const QByteArray &reason)
{
    return {Error::Code::InvalidInput, "bind the arguments of", function.id, reason, false};
}

std::vector<QByteArray> splitPath(const QByteArray &path)
{
    std::vector<QByteArray> steps;
    if (!path.isEmpty()) {
        for (const QByteArray &step : path.split('.'))
            steps.push_back(step);
    }
    return steps;
}

/// Null when a step is missing.
const Value *follow(const Value *value, const std::vector<QByteArray> &steps)
{
    for (const QByteArray &step : steps) {
        value = value->find(step);
        if (!value)
            return nullptr;
    }
    return value;
}

Value normalized(const KeyField &field, const Value &value)
{
    try {
        if (std::optional<Value> other = field.normalizer(value))
            return std::move(*other);
    } catch (...) { // NOLINT(bugprone-empty-catch): a failure keeps the value
    }
    return value;
}

const Value *requestAmong(const Bound &bound)
{
    const auto it = std::find_if(bound.begin(), bound.end(), [](const Value *value) {
        return value && value->type() == Value::Type::Request;
    });
    return it == bound.end() ? nullptr : *it;
}

/// `query_params` as a map: one value as itself, several as a sorted list.
ValueMap queryMap(const Value &request, const KeyField &field)
{
    std::map<QByteArray, ValueList> byName;
    const Value *params = request.find("query_params");
    if (!params || !params->isSequence())
        return {};
    for (const Value &pair : params->items()) {
        if (!pair.isSequence() || pair.items().size() != 2 || !pair.items()[0].isString())
            continue;
        const QByteArray &name = pair.items()[0].text();
        if (field.everything
            || std::find(field.names.begin(), field.names.end(), name) != field.names.end()) {
            byName[name].push_back(pair.items()[1]);
        }
    }
    ValueMap result;
    for (auto &[name, values] : byName) {
        if (values.size() == 1) {
            result.emplace_back(Value::string(name), std::move(values.front()));
            continue;
        }
        std::sort(values.begin(), values.end(), [](const Value &a, const Value &b) {
            return a.isString() && b.isString() && a.text() < b.text();
        });
        result.emplace_back(Value::string(name), Value::list(std::move(values)));
    }
    return result;
}

void stripTrailingSeparators(QByteArray &out, qsizetype begin)
{
    while (out.size() - begin >= 2 && out.endsWith(separator))
        out.chop(2);
}

/// The text of a field that takes arguments, straight from the bound ones.
void appendArguments(QByteArray &out, const FieldPlan &plan, const KeyedFunction &function,
                     const Bound &bound, const KeyTextOptions &options)
{
    bool first = true;
    for (const size_t parameter : plan.parameters) {
        const Value *value = bound[static_cast<qsizetype>(parameter)];
        if (!value)
            continue;
        if (!first)
            out += "||";
        first = false;
        out += function.parameters[parameter].name;
        out += ':';
        value = follow(value, plan.path);
        if (plan.field->normalizer)
            appendKeyText(out, normalized(*plan.field, value ? *value : Value::string(missing)),
                          options);
        else if (value)
            appendKeyText(out, *value, options);
        else
            appendKeyText(out, Value::string(missing), options);
    }
}

void appendRequestValue(QByteArray &out, const FieldPlan &plan, const Bound &bound,
                        const KeyTextOptions &options)
{
    const Value *request = requestAmong(bound);
    if (!request)
        return;
    const Value *value = follow(request, plan.path);
    out += plan.requestKey;
    out += ':';
    appendKeyText(out, Value::string(value ? pythonStr(*value) : QByteArray(missing)), options);
}

/// A field's text, in which the whole is not hashed yet.
void appendMap(QByteArray &out, const FieldPlan &plan, const KeyedFunction &function,
               const Bound &bound, const KeyTextOptions &options)
{
    switch (plan.field->type) {
    case KeyField::Type::Constant:
        break; // known beforehand
    case KeyField::Type::Args:
    case KeyField::Type::ViewKwargs:
        appendArguments(out, plan, function, bound, options);
        break;
    case KeyField::Type::RequestValue:
        appendRequestValue(out, plan, bound, options);
        break;
    case KeyField::Type::QueryParams:
        if (const Value *request = requestAmong(bound)) {
            const ValueMap map = queryMap(*request, *plan.field);
            bool first = true;
            for (const auto &[name, value] : map) {
                if (!first)
                    out += "||";
                first = false;
                out += name.text();
                out += ':';
                appendKeyText(out, value, options);
            }
        }
        break;
    }
}

void appendField(QByteArray &out, const FieldPlan &plan, const KeyedFunction &function,
                 const Bound &bound)
{
    if (plan.field->type == KeyField::Type::Constant) {
        out += plan.constant;
    } else if (plan.text.hashValue) {
        QByteArray text;
        appendMap(text, plan, function, bound, plan.text);
        out += QCryptographicHash::hash(text, plan.text.hash).toHex();
    } else {
        appendMap(out, plan, function, bound, plan.text);
    }
}

} // namespace

struct KeyBuilder::Plan {
    KeyedFunction function;
    QByteArray functionPrefix;
    std::vector<FieldPlan> partition;
    std::vector<FieldPlan> suffix;

    explicit Plan(KeyedFunction f);
    FieldPlan planOf(const KeyField &field) const;

    enum class Fit { Whole, Partial };
    /// `bound` points into the call and the defaults.
    [[nodiscard]] std::optional<Error> bind(const Call &call, Fit fit, Bound *bound) const;
    [[nodiscard]] qsizetype parameterNamed(QByteArrayView name) const;
    /// Appends the texts of some fields; trailing separators are stripped.
    void appendFields(QByteArray &out, const std::vector<FieldPlan> &fields,
                      const Bound &bound) const;
    void appendPartition(QByteArray &out, const Bound &bound) const;
};

KeyBuilder::Plan::Plan(KeyedFunction f) : function(std::move(f))
{
    KeySpec &key = function.key;
    sortFields(&key.fields);
    if (!key.nameSpace.isEmpty())
        functionPrefix = key.nameSpace + separator;
    functionPrefix += (key.keyIdentifier.isEmpty() ? function.id : key.keyIdentifier) + separator;
    for (const KeyField &field : key.fields)
        (field.partition ? partition : suffix).push_back(planOf(field));
}

FieldPlan KeyBuilder::Plan::planOf(const KeyField &field) const
{
    FieldPlan plan;
    plan.field = &field;
    plan.text = {field.sortLists, field.hashValue, function.key.hash};
    plan.path = splitPath(field.path);
    switch (field.type) {
    case KeyField::Type::Constant:
        plan.plainConstant = constantText(field);
        plan.constant = constantKeyText(field, function.key.hash);
        break;
    case KeyField::Type::Args:
    case KeyField::Type::ViewKwargs:
        for (size_t i = 0; i < function.parameters.size(); ++i) {
            if (takesArgument(field, function.parameters[i].name))
                plan.parameters.push_back(i);
        }
        std::sort(plan.parameters.begin(), plan.parameters.end(), [this](size_t a, size_t b) {
            return function.parameters[a].name < function.parameters[b].name;
        });
        break;
    case KeyField::Type::RequestValue:
        plan.requestKey = requestValueName(field);
        break;
    case KeyField::Type::QueryParams:
        break;
    }
    return plan;
}

qsizetype KeyBuilder::Plan::parameterNamed(QByteArrayView name) const
{
    const auto &parameters = function.parameters;
    const auto it = std::find_if(parameters.begin(), parameters.end(),
                                 [name](const Parameter &p) { return p.name == name; });
    return it == parameters.end() ? -1 : it - parameters.begin();
}

std::optional<Error> KeyBuilder::Plan::bind(const Call &call, Fit fit, Bound *bound) const
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

void KeyBuilder::Plan::appendFields(QByteArray &out, const std::vector<FieldPlan> &fields,
                                    const Bound &bound) const
{
    const qsizetype begin = out.size();
    bool first = true;
    for (const FieldPlan &field : fields) {
        if (!first)
            out += separator;
        first = false;
        appendField(out, field, function, bound);
    }
    stripTrailingSeparators(out, begin);
}

void KeyBuilder::Plan::appendPartition(QByteArray &out, const Bound &bound) const
{
    const qsizetype begin = out.size();
    appendFields(out, partition, bound);
    if (out.size() > begin)
        out += separator;
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
    Bound bound;
    if (std::optional<Error> error = plan.bind(call, Plan::Fit::Whole, &bound))
        return failure(std::move(*error));

    BuiltKey built;
    QByteArray &key = built.key;
    key.reserve(plan.functionPrefix.size() + 96);
    key += plan.functionPrefix;
    plan.appendPartition(key, bound);
    const qsizetype prefixEnd = key.size();
    plan.appendFields(key, plan.suffix, bound);

    const KeySpec &spec = plan.function.key;
    const QByteArrayView suffix = QByteArrayView(key).sliced(prefixEnd);
    if (spec.hashSuffixOnOverflow && suffix.size() > spec.maxKeySuffixLength
        && codePoints(suffix) > spec.maxKeySuffixLength) {
        const QByteArray hash = QCryptographicHash::hash(suffix, spec.hash).toHex();
        key.truncate(prefixEnd);
        key += hash;
    }
    built.prefix = key.first(prefixEnd);
    if (prefixEnd > plan.functionPrefix.size()) {
        built.partition
            = key.sliced(plan.functionPrefix.size(), prefixEnd - plan.functionPrefix.size() - 2);
    }
    built.suffix = key.sliced(prefixEnd);
    return built;
}

Result<QByteArray> KeyBuilder::partialPrefix(const Call &call) const
{
    Bound bound;
    if (std::optional<Error> error = m_plan->bind(call, Plan::Fit::Partial, &bound))
        return failure(std::move(*error));
    QByteArray prefix = m_plan->functionPrefix;
    m_plan->appendPartition(prefix, bound);
    return prefix;
}

Result<std::vector<FieldContribution>> KeyBuilder::contributions(const Call &call) const
{
    const Plan &plan = *m_plan;
    Bound bound;
    if (std::optional<Error> error = plan.bind(call, Plan::Fit::Whole, &bound))
        return failure(std::move(*error));
    std::vector<FieldContribution> result;
    for (const auto *fields : {&plan.partition, &plan.suffix}) {
        for (const FieldPlan &field : *fields) {
            FieldContribution contribution;
            contribution.field = field.field->name;
            contribution.partition = field.field->partition;
            appendField(contribution.text, field, plan.function, bound);
            contribution.unhashed = field.plainConstant;
            if (field.field->type != KeyField::Type::Constant) {
                KeyTextOptions plain = field.text;
                plain.hashValue = false;
                appendMap(contribution.unhashed, field, plan.function, bound, plain);
            }
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
