// SPDX-License-Identifier: MIT
#include "core/key/keywarning.h"

#include "core/key/fieldtext.h"
#include "core/key/fieldwriter.h"
#include "core/key/keyreader.h"
#include "core/value/isotext.h"
#include "core/value/keytext.h"

#include <QByteArrayList>

#include <algorithm>
#include <cmath>

namespace Cachelens {

namespace {

using Kind = KeyWarning::Kind;

struct Argument {
    QByteArray name;
    const Value *value = nullptr;
};

/// Every argument of a call that fits, defaults applied.
std::vector<Argument> bind(const KeyedFunction &function, const Call &call)
{
    std::vector<Argument> bound;
    for (size_t i = 0; i < function.parameters.size(); ++i) {
        const Parameter &parameter = function.parameters[i];
        const auto named
            = std::find_if(call.kwargs.begin(), call.kwargs.end(), [&parameter](const auto &given) {
                  return given.first == parameter.name;
              });
        const Value *value = i < call.args.size() ? &call.args[i]
            : named != call.kwargs.end()          ? &named->second
                                                  : &*parameter.defaultValue;
        bound.push_back({parameter.name, value});
    }
    return bound;
}

bool takesArguments(const KeyField &field)
{
    return field.type == KeyField::Type::Args || field.type == KeyField::Type::ViewKwargs;
}

bool takesRequest(const KeyField &field)
{
    return field.type == KeyField::Type::RequestValue || field.type == KeyField::Type::QueryParams;
}

const Value *valueAt(const Value *value, const QByteArray &path)
{
    if (path.isEmpty())
        return value;
    for (const QByteArray &step : path.split('.')) {
        value = value->find(step);
        if (!value)
            break;
    }
    return value;
}

/// What of a value's text would be read as something between values; empty: nothing.
QByteArray separatorIn(const Value &value)
{
    if (value.isSequence()) {
        for (const Value &item : value.items()) {
            QByteArray text;
            appendKeyText(text, item);
            if (text.contains(','))
                return ",";
        }
    }
    QByteArray text;
    appendKeyText(text, value);
    if (text.contains("::"))
        return "::";
    // A map's own text has these between its members.
    if (!value.isMap() && text.contains("||"))
        return "||";
    return text.endsWith(':') || text.startsWith(':') ? QByteArray(":") : QByteArray();
}

bool namesWhatVaries(const QByteArray &name)
{
    static const QByteArrayList words{"now", "timestamp", "nonce", "random"};
    static const QByteArrayList names{"request_id", "trace_id", "correlation_id", "span_id"};
    const QByteArrayList parts = name.toLower().split('_');
    return names.contains(name.toLower())
        || std::any_of(parts.begin(), parts.end(),
                       [](const QByteArray &part) { return words.contains(part); });
}

bool isExactMoment(const Time &time)
{
    return time.second != 0 || time.microsecond != 0;
}

/// Whether a value looks like one that no two calls have in common.
bool looksUnrepeatable(const Value &value)
{
    constexpr double aroundNow = 1.4e9; // seconds of 2014 to 2039
    constexpr double notSoon = 2.2e9;
    switch (value.type()) {
    case Value::Type::DateTime:
        return isExactMoment(value.dateTime().time);
    case Value::Type::String: {
        const auto moment = dateTimeFromIso(value.text());
        return (moment && isExactMoment(moment->time)) || value.text().contains(" at 0x");
    }
    case Value::Type::Float:
        return value.toFloat() > aroundNow && value.toFloat() < notSoon
            && value.toFloat() != std::floor(value.toFloat());
    case Value::Type::Int: {
        const auto milliseconds = static_cast<double>(value.toInt());
        return milliseconds > aroundNow * 1e3 && milliseconds < notSoon * 1e3;
    }
    case Value::Type::Object: // stands in a key by its address, or nearly
    case Value::Type::Request:
        return true;
    default:
        return false;
    }
}

class WarningList {
public:
    WarningList(const KeyBuilder &builder, const Call &call, const BuiltKey &built)
        : m_builder(builder), m_function(builder.function()), m_built(built),
          m_bound(bind(m_function, call))
    {
    }

    std::vector<KeyWarning> take()
    {
        for (const KeyField &field : m_function.key.fields) {
            if (takesArguments(field))
                lookAtValues(field);
            else if (takesRequest(field))
                lookAtRequest(field);
        }
        lookForIgnoredArguments();
        if (!m_function.key.unambiguous) {
            lookForOtherReading();
            lookForOtherTypes();
        }
        lookAtPartition();
        return std::move(m_warnings);
    }

private:
    void lookAtValues(const KeyField &field)
    {
        for (const Argument &argument : m_bound) {
            if (!takesArgument(field, argument.name))
                continue;
            const Value *value = valueAt(argument.value, field.path);
            if (!value) {
                m_warnings.push_back(
                    {Kind::MissingStep, field.name, argument.name, field.path, {}});
                continue;
            }
            lookAtValue(field, argument.name, *value);
        }
    }

    void lookAtRequest(const KeyField &field)
    {
        const auto request = std::ranges::find_if(m_bound, [](const Argument &argument) {
            return argument.value->type() == Value::Type::Request;
        });
        if (request == m_bound.end())
            return;
        if (field.type == KeyField::Type::QueryParams) {
            for (const auto &[name, value] : queryParamsFor(field, *request->value))
                lookAtValue(field, name.toByteArray(), value);
        } else if (const Value *value = valueAt(request->value, field.path)) {
            lookAtValue(field, field.path, *value);
        } else {
            m_warnings.push_back({Kind::MissingStep, field.name, request->name, field.path, {}});
        }
    }

    void lookAtValue(const KeyField &field, const QByteArray &name, const Value &value)
    {
        if (looksUnrepeatable(value) || namesWhatVaries(name)) {
            QByteArray text;
            appendKeyText(text, value);
            m_warnings.push_back({Kind::VariesEveryCall, field.name, name, text, {}});
        }
        if (m_function.key.unambiguous || field.hashValue)
            return;
        if (const QByteArray found = separatorIn(value); !found.isEmpty())
            m_warnings.push_back({Kind::SeparatorInValue, field.name, name, found, {}});
    }

    void lookForIgnoredArguments()
    {
        const auto &fields = m_function.key.fields;
        const bool readsRequest = std::any_of(fields.begin(), fields.end(), takesRequest);
        for (const Argument &argument : m_bound) {
            const bool taken
                = std::any_of(fields.begin(), fields.end(), [&argument](const KeyField &field) {
                      return takesArguments(field) && takesArgument(field, argument.name);
                  });
            const bool instance = argument.name == "self" || argument.name == "cls";
            const bool request = argument.value->type() == Value::Type::Request && readsRequest;
            if (!taken && !instance && !request)
                m_warnings.push_back({Kind::IgnoredArgument, {}, argument.name, {}, {}});
        }
    }

    /// Keeps a call that gets the same key.
    bool keepIfShared(Call other, const QByteArray &field, const QByteArray &argument)
    {
        const auto built = m_builder.build(other);
        if (!built || built->key != m_built.key)
            return false;
        m_warnings.push_back({Kind::SharedKey, field, argument, {}, std::move(other)});
        return true;
    }

    [[nodiscard]] Call named() const
    {
        Call call;
        for (const Argument &argument : m_bound)
            call.kwargs.emplace_back(argument.name, *argument.value);
        return call;
    }

    /// A value that holds what separates fields: the key reads back as another call's.
    void lookForOtherReading()
    {
        const KeyReader reader({m_function});
        Call other = named();
        bool differs = false;
        for (const FieldReading &read : reader.read(redisKey({}, 1, m_built.key)).fields) {
            const auto field
                = std::find_if(m_function.key.fields.begin(), m_function.key.fields.end(),
                               [&read](const KeyField &known) { return known.name == read.field; });
            if (field == m_function.key.fields.end() || !takesArguments(*field) || field->hashValue
                || !field->path.isEmpty())
                continue;
            for (auto &[name, value] : other.kwargs) {
                QByteArray text;
                appendKeyText(text, value, {field->sortLists});
                if (name != read.argument || text == read.value)
                    continue;
                value = Value::string(read.value);
                differs = true;
            }
        }
        if (differs)
            keepIfShared(std::move(other), {}, {});
    }

    /// A text that says what a value of another type says.
    void lookForOtherTypes()
    {
        for (size_t i = 0; i < m_bound.size(); ++i) {
            const Value &value = *m_bound[i].value;
            if (!value.isString())
                continue;
            const QByteArrayView text = value.text();
            std::optional<Value> other;
            bool isNumber = false;
            if (text == "True" || text == "False")
                other = Value(text == "True");
            else if (text == "null")
                other = Value();
            else if (const qint64 integer = text.toLongLong(&isNumber); isNumber)
                other = Value(integer);
            if (!other)
                continue;
            Call call = named();
            call.kwargs[i].second = *other;
            keepIfShared(std::move(call), {}, m_bound[i].name);
        }
    }

    void lookAtPartition()
    {
        const auto &fields = m_function.key.fields;
        const bool wanted = std::any_of(fields.begin(), fields.end(),
                                        [](const KeyField &field) { return field.partition; });
        if (wanted && m_built.partition.isEmpty())
            m_warnings.push_back({Kind::WholeFunction, {}, {}, {}, {}});
    }

    const KeyBuilder &m_builder;
    const KeyedFunction &m_function;
    const BuiltKey &m_built;
    const std::vector<Argument> m_bound;
    std::vector<KeyWarning> m_warnings;
};

} // namespace

std::vector<KeyWarning> keyWarnings(const KeyBuilder &builder, const Call &call,
                                    const BuiltKey &built)
{
    return WarningList(builder, call, built).take();
}

} // namespace Cachelens
