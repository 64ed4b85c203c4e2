// SPDX-License-Identifier: MIT
#include "core/invalidation/rulejobjson.h"

#include "core/value/valuejson.h"

#include <algorithm>
#include <array>
#include <limits>

namespace Cachelens {

namespace {

using Action = RuleVerdict::Action;

constexpr int FormatVersion = 1;
constexpr std::array<std::pair<Action, const char *>, 3> actions{
    {{Action::DeleteByPrefix, "delete_by_prefix"},
     {Action::Refresh, "refresh"},
     {Action::Custom, "invalidator"}}};

Value text(const QByteArray &bytes)
{
    return bytes.isValidUtf8() ? Value::string(bytes) : Value::bytes(bytes);
}

void append(ValueMap &object, const char *name, Value value)
{
    object.emplace_back(Value::string(name), std::move(value));
}

Result<Value> runToValue(const RuleRun &run)
{
    ValueMap object;
    append(object, "function", text(run.function));
    append(object, "rule", text(run.rule));
    const auto action = std::find_if(actions.begin(), actions.end(),
                                     [&](const auto &each) { return each.first == run.action; });
    append(object, "action", Value::string(action->second));
    ValueMap arguments;
    for (const auto &[name, value] : run.arguments)
        arguments.emplace_back(text(name), value);
    append(object, "arguments", Value::map(std::move(arguments)));
    ValueList prefixes;
    for (const QByteArray &prefix : run.prefixes)
        prefixes.push_back(text(prefix));
    append(object, "prefixes", Value::list(std::move(prefixes)));
    append(object, "function_prefix", text(run.functionPrefix));
    append(object, "version", Value(run.version));
    if (run.action == Action::Custom) {
        append(object, "invalidator", text(run.invalidator));
        auto signal = valueFromJson(signalToJson(run.signal), "the signal");
        if (!signal)
            return signal;
        append(object, "signal", std::move(*signal));
    }
    return Value::map(std::move(object));
}

tl::unexpected<Error> undecodable(QByteArray reason)
{
    return failure({Error::Code::Undecodable, "read", "the job", std::move(reason), false});
}

/// The members of an object, and the first thing that is wrong with them.
class Members {
public:
    explicit Members(const Value &object) : m_object(object) { }

    QByteArray text(const char *name)
    {
        const Value *value = m_object.find(name);
        if (value && isText(*value))
            return value->toByteArray();
        note(name);
        return {};
    }
    int integer(const char *name)
    {
        const Value *value = m_object.find(name);
        if (value && value->type() == Value::Type::Int && value->toInt() >= 0
            && value->toInt() <= std::numeric_limits<int>::max())
            return int(value->toInt());
        note(name);
        return 0;
    }
    std::vector<QByteArray> texts(const char *name)
    {
        std::vector<QByteArray> found;
        const Value *list = m_object.find(name);
        if (!list || list->type() != Value::Type::List) {
            note(name);
            return found;
        }
        for (const Value &item : list->items()) {
            if (isText(item))
                found.push_back(item.toByteArray());
            else
                note(name);
        }
        return found;
    }
    std::vector<std::pair<QByteArray, Value>> values(const char *name)
    {
        std::vector<std::pair<QByteArray, Value>> found;
        const Value *map = m_object.find(name);
        if (!map || !map->isMap()) {
            note(name);
            return found;
        }
        for (const auto &[key, value] : map->entries()) {
            if (isText(key))
                found.emplace_back(key.toByteArray(), value);
            else
                note(name);
        }
        return found;
    }
    void note(const char *name)
    {
        if (m_wrong.isEmpty())
            m_wrong = name;
    }
    [[nodiscard]] const QByteArray &wrong() const { return m_wrong; }

private:
    static bool isText(const Value &value)
    {
        return value.isString() || value.type() == Value::Type::Bytes;
    }

    const Value &m_object;
    QByteArray m_wrong;
};

Result<RuleRun> runFromValue(const Value &value)
{
    if (!value.isMap())
        return undecodable("a run is no object");
    Members members(value);
    RuleRun run;
    run.function = members.text("function");
    run.rule = members.text("rule");
    const QByteArray named = members.text("action");
    const auto action = std::find_if(actions.begin(), actions.end(),
                                     [&](const auto &each) { return named == each.second; });
    if (action != actions.end())
        run.action = action->first;
    else
        members.note("action");
    run.arguments = members.values("arguments");
    run.prefixes = members.texts("prefixes");
    run.functionPrefix = members.text("function_prefix");
    run.version = members.integer("version");
    // What is removed by them must be of the function: a prefix of nothing would be all there is.
    if (!run.prefixes.empty() && run.functionPrefix.isEmpty())
        members.note("function_prefix");
    for (const QByteArray &prefix : run.prefixes) {
        if (!prefix.startsWith(run.functionPrefix))
            members.note("prefixes");
    }
    if (run.action == Action::Custom) {
        run.invalidator = members.text("invalidator");
        const Value *told = value.find("signal");
        auto signal = signalFromJson(told ? valueToJson(*told).json : QByteArray("null"), "signal");
        if (signal)
            run.signal = std::move(*signal);
        else
            members.note("signal");
    }
    if (!members.wrong().isEmpty())
        return undecodable("'" + members.wrong() + "' of a run is missing or not as it should be");
    return run;
}

} // namespace

Result<QByteArray> ruleJobToJson(const RuleJob &job)
{
    ValueList runs;
    for (const RuleRun &run : job) {
        auto value = runToValue(run);
        if (!value)
            return failure(std::move(value.error()));
        runs.push_back(std::move(*value));
    }
    ValueMap object;
    append(object, "job", Value(FormatVersion));
    append(object, "runs", Value::list(std::move(runs)));
    JsonText json = valueToJson(Value::map(std::move(object)));
    if (json.truncated)
        return failure({Error::Code::LimitExceeded, "write", "the job", "it is too large", false});
    return std::move(json.json);
}

Result<RuleJob> ruleJobFromJson(QByteArrayView json)
{
    const auto value = valueFromJson(json, "the job");
    if (!value)
        return undecodable(value.error().reason);
    const Value *version = value->find("job");
    if (!version || version->type() != Value::Type::Int)
        return undecodable("it does not say its version");
    if (version->toInt() != FormatVersion)
        return failure({Error::Code::Unsupported, "read", "the job",
                        "it is of version " + QByteArray::number(version->toInt())
                            + " of the format; version 1 is known here",
                        false});
    const Value *runs = value->find("runs");
    if (!runs || runs->type() != Value::Type::List || runs->items().empty())
        return undecodable("it has no runs");
    RuleJob job;
    for (const Value &each : runs->items()) {
        auto run = runFromValue(each);
        if (!run)
            return failure(std::move(run.error()));
        job.push_back(std::move(*run));
    }
    return job;
}

} // namespace Cachelens
