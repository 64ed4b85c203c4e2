// SPDX-License-Identifier: MIT
#include "core/key/fieldwriter.h"

#include "core/key/fieldtext.h"
#include "core/value/appendbytes.h"
#include "core/value/pythonstr.h"
#include "core/value/unambiguoustext.h"

#include <QList>

#include <algorithm>
#include <map>

namespace Cachelens {

namespace {

constexpr char missing[] = "__restflow:missing__";
constexpr char missingStep[] = "missing"; // in an unambiguous key, where it is no value's text

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

const Value *requestAmong(const BoundArguments &bound)
{
    const auto it = std::find_if(bound.begin(), bound.end(), [](const Value *value) {
        return value && value->type() == Value::Type::Request;
    });
    return it == bound.end() ? nullptr : *it;
}

} // namespace

ValueMap queryParamsFor(const KeyField &field, const Value &request)
{
    std::map<QByteArray, ValueList> byName;
    const Value *params = request.find("query_params");
    if (!params || !params->isSequence())
        return {};
    for (const Value &pair : params->items()) {
        if (!pair.isSequence() || pair.items().size() != 2 || !pair.items()[0].isString())
            continue;
        const QByteArray name = pair.items()[0].toByteArray();
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
        std::sort(values.begin(), values.end(),
                  [](const Value &a, const Value &b) { return pythonStr(a) < pythonStr(b); });
        result.emplace_back(Value::string(name), Value::list(std::move(values)));
    }
    return result;
}

FieldWriter::FieldWriter(const KeyField &field, const KeyedFunction &function)
    : m_field(&field),
      m_key(&function.key), m_options{field.sortLists, field.hashValue, function.key.hash},
      m_path(splitPath(field.path))
{
    switch (field.type) {
    case KeyField::Type::Constant:
        m_constant = constantKeyText(field, function.key);
        break;
    case KeyField::Type::Args:
    case KeyField::Type::ViewKwargs:
        takeArguments(function.parameters);
        break;
    case KeyField::Type::RequestValue:
        m_requestName = requestValueName(field);
        break;
    case KeyField::Type::QueryParams:
        break;
    }
}

void FieldWriter::takeArguments(const std::vector<Parameter> &parameters)
{
    std::map<QByteArray, qsizetype> positions;
    for (size_t i = 0; i < parameters.size(); ++i) {
        if (takesArgument(*m_field, parameters[i].name))
            positions.emplace(parameters[i].name, qsizetype(i));
    }
    for (const auto &[name, position] : positions) {
        Taken taken{position, {}};
        appendName(taken.name, name, *m_key);
        m_taken.push_back(std::move(taken));
    }
}

bool FieldWriter::append(QByteArray &out, const BoundArguments &bound) const
{
    const qsizetype begin = out.size();
    if (m_field->type == KeyField::Type::Constant) {
        appendBytes(out, m_constant);
    } else if (m_options.hashValue) {
        QByteArray text;
        appendMap(text, bound, m_options);
        if (!text.isEmpty() || !m_key->unambiguous)
            out += QCryptographicHash::hash(text, m_options.hash).toHex();
    } else {
        appendMap(out, bound, m_options);
    }
    if (out.size() > begin)
        return true;
    if (m_key->unambiguous)
        out += noText;
    return false;
}

void FieldWriter::appendUnhashed(QByteArray &out, const BoundArguments &bound) const
{
    KeyTextOptions options = m_options;
    options.hashValue = false;
    const qsizetype begin = out.size();
    appendMap(out, bound, options);
    if (m_key->unambiguous && out.size() == begin)
        out += noText;
}

/// The field's map, in which the whole is not hashed yet.
void FieldWriter::appendMap(QByteArray &out, const BoundArguments &bound,
                            const KeyTextOptions &options) const
{
    switch (m_field->type) {
    case KeyField::Type::Constant:
        out += constantText(*m_field, *m_key);
        break;
    case KeyField::Type::Args:
    case KeyField::Type::ViewKwargs:
        appendArguments(out, bound, options);
        break;
    case KeyField::Type::RequestValue:
        appendRequestValue(out, bound, options);
        break;
    case KeyField::Type::QueryParams:
        appendQueryParams(out, bound, options);
        break;
    }
}

void FieldWriter::appendValue(QByteArray &out, const Value &value,
                              const KeyTextOptions &options) const
{
    if (m_key->unambiguous)
        appendUnambiguousText(out, value, options.sortLists);
    else
        appendKeyText(out, value, options);
}

void FieldWriter::appendArguments(QByteArray &out, const BoundArguments &bound,
                                  const KeyTextOptions &options) const
{
    bool first = true;
    for (const Taken &taken : m_taken) {
        const Value *value = bound[taken.parameter];
        if (!value)
            continue;
        if (!first)
            out += "||";
        first = false;
        appendBytes(out, taken.name);
        value = follow(value, m_path);
        if (m_field->normalizer)
            appendValue(out, normalized(*m_field, value ? *value : Value::string(missing)),
                        options);
        else if (value)
            appendValue(out, *value, options);
        else if (m_key->unambiguous)
            out += missingStep;
        else
            appendKeyText(out, Value::string(missing), options);
    }
}

void FieldWriter::appendRequestValue(QByteArray &out, const BoundArguments &bound,
                                     const KeyTextOptions &options) const
{
    const Value *request = requestAmong(bound);
    if (!request)
        return;
    const Value *value = follow(request, m_path);
    appendName(out, m_requestName, *m_key);
    if (!m_key->unambiguous)
        appendKeyText(out, Value::string(value ? pythonStr(*value) : QByteArray(missing)), options);
    else if (value)
        appendValue(out, *value, options);
    else
        out += missingStep;
}

void FieldWriter::appendQueryParams(QByteArray &out, const BoundArguments &bound,
                                    const KeyTextOptions &options) const
{
    const Value *request = requestAmong(bound);
    if (!request)
        return;
    bool first = true;
    for (const auto &[name, value] : queryParamsFor(*m_field, *request)) {
        if (!first)
            out += "||";
        first = false;
        appendName(out, name.text(), *m_key);
        appendValue(out, value, options);
    }
}

} // namespace Cachelens
