// SPDX-License-Identifier: MIT
#include "core/key/keycomparison.h"

#include "core/key/keybuilder.h"

#include <QByteArrayList>
#include <QString>

#include <algorithm>

namespace Cachelens {

namespace {

using What = ComparedPart::What;
using Hint = ComparedPart::Hint;
using Source = KeyReading::Source;

QByteArray withoutSpace(QByteArray text)
{
    text.removeIf([](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
    return text;
}

QByteArrayList sortedItems(const QByteArray &text)
{
    QByteArrayList items = text.split(',');
    std::sort(items.begin(), items.end());
    return items;
}

Hint hintOf(const ComparedPart &part)
{
    if (part.same())
        return Hint::None;
    if (!part.left || !part.right)
        return Hint::Absent;
    const QByteArray &left = *part.left;
    const QByteArray &right = *part.right;
    if (QString::fromUtf8(left).compare(QString::fromUtf8(right), Qt::CaseInsensitive) == 0)
        return Hint::Case;
    if (withoutSpace(left) == withoutSpace(right))
        return Hint::Space;
    if (left.contains(',') && sortedItems(left) == sortedItems(right))
        return Hint::Order;
    return Hint::None;
}

ComparedPart part(What what, std::optional<QByteArray> left, std::optional<QByteArray> right)
{
    ComparedPart compared;
    compared.what = what;
    compared.left = std::move(left);
    compared.right = std::move(right);
    compared.hint = hintOf(compared);
    return compared;
}

bool isSamePart(const FieldReading &a, const FieldReading &b)
{
    // A guess knows arguments only, not which field wrote them.
    return a.argument == b.argument && (a.field == b.field || !a.argument.isEmpty());
}

/// A key that another constructor wrote (a constant has grown, a field was added) has a suffix that
/// the known one cannot name: its pieces are named by what stands in front of their colons.
void nameSuffix(KeyReading *reading)
{
    const bool named = std::any_of(reading->fields.begin(), reading->fields.end(),
                                   [](const FieldReading &field) { return !field.partition; });
    if (named || reading->suffixHashed || reading->suffix.isEmpty())
        return;
    for (qsizetype begin = 0; begin <= reading->suffix.size();) {
        qsizetype end = reading->suffix.indexOf("::", begin);
        end = end < 0 ? reading->suffix.size() : end;
        const QByteArray piece = reading->suffix.sliced(begin, end - begin);
        const qsizetype colon = piece.indexOf(':');
        FieldReading &field = reading->fields.emplace_back();
        field.argument = colon < 0 ? QByteArray() : piece.first(colon);
        field.field = field.argument;
        field.value = piece.sliced(colon + 1);
        begin = end + 2;
    }
}

/// Those of the left key, then what only the right one has.
void addFields(const KeyReading &left, const KeyReading &right, std::vector<ComparedPart> *parts)
{
    std::vector<const FieldReading *> others;
    for (const FieldReading &field : right.fields)
        others.push_back(&field);
    const auto add
        = [parts](const FieldReading &named, const FieldReading *a, const FieldReading *b) {
              const auto text = [](const FieldReading *field) {
                  return field ? std::optional(field->value) : std::nullopt;
              };
              ComparedPart &field = parts->emplace_back(part(What::Field, text(a), text(b)));
              field.field = named.field;
              field.argument = named.argument;
              field.partition = named.partition;
          };
    for (const FieldReading &field : left.fields) {
        const auto same
            = std::find_if(others.begin(), others.end(),
                           [&field](const FieldReading *o) { return isSamePart(*o, field); });
        const FieldReading *other = same == others.end() ? nullptr : *same;
        add(field, &field, other);
        if (other)
            others.erase(same);
    }
    for (const FieldReading *other : others)
        add(*other, nullptr, other);
}

} // namespace

std::vector<ComparedPart> compareKeys(const KeyReader &reader, QByteArrayView left,
                                      QByteArrayView right)
{
    KeyReading a = reader.read(left);
    KeyReading b = reader.read(right);
    if (a.source == Source::Foreign || b.source == Source::Foreign)
        return {part(What::Whole, left.toByteArray(), right.toByteArray())};

    nameSuffix(&a);
    nameSuffix(&b);
    std::vector<ComparedPart> parts;
    parts.push_back(part(What::ClientPrefix, a.clientPrefix, b.clientPrefix));
    parts.push_back(
        part(What::Version, QByteArray::number(a.version), QByteArray::number(b.version)));
    parts.push_back(part(What::Namespace, a.nameSpace, b.nameSpace));
    parts.push_back(part(What::Function, a.function, b.function));
    addFields(a, b, &parts);
    if (a.suffixHashed || b.suffixHashed) {
        const auto digest = [](const KeyReading &reading) {
            return reading.suffixHashed ? std::optional(reading.suffix) : std::nullopt;
        };
        parts.push_back(part(What::Digest, digest(a), digest(b)));
    }
    const bool all = std::all_of(parts.begin(), parts.end(),
                                 [](const ComparedPart &compared) { return compared.same(); });
    // The parts are what a reading makes of a key: the keys themselves have the last word.
    if (all && left != right)
        parts.push_back(part(What::Whole, left.toByteArray(), right.toByteArray()));
    return parts;
}

QByteArray completedKey(const KeyReader &reader, const QByteArray &written,
                        const QByteArray &clientPrefix, int version)
{
    if (reader.read(written).source != Source::Foreign)
        return written;
    const QByteArray completed = redisKey(clientPrefix, version, written);
    return reader.read(completed).source == Source::Foreign ? written : completed;
}

} // namespace Cachelens
