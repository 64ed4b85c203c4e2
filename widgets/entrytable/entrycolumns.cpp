// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrytable/entrycolumns.h"

#include "widgets/key/displaykey.h"

#include <QCoreApplication>

namespace Cachelens {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Cachelens::EntryColumn)
};

/// The columns that a field's contribution is spread over.
std::vector<EntryColumn> columnsOf(const KeyField &field, const CatalogFunction &function)
{
    std::vector<QByteArray> arguments = field.names;
    if (field.everything && field.type == KeyField::Type::Args) {
        arguments.clear();
        for (const Parameter &parameter : function.keyed.parameters)
            arguments.push_back(parameter.name);
    }
    std::vector<EntryColumn> columns;
    switch (field.type) {
    case KeyField::Type::Constant:
        break; // the same in every row
    case KeyField::Type::RequestValue:
        columns.push_back({EntryColumn::Kind::Field, field.name, {}});
        break;
    case KeyField::Type::Args:
    case KeyField::Type::ViewKwargs:
    case KeyField::Type::QueryParams:
        for (const QByteArray &argument : arguments)
            columns.push_back({EntryColumn::Kind::Field, field.name, argument});
        if (arguments.empty())
            columns.push_back({EntryColumn::Kind::Field, field.name, {}});
        break;
    }
    return columns;
}

} // namespace

QString EntryColumn::id() const
{
    switch (kind) {
    case Kind::Key:
        return QStringLiteral("key");
    case Kind::Field:
        return QStringLiteral("field ") + displayKey(field) + u' ' + displayKey(argument);
    case Kind::NextCall:
        return QStringLiteral("next call");
    case Kind::WrittenBy:
        return QStringLiteral("written by");
    case Kind::Age:
        return QStringLiteral("age");
    case Kind::Ttl:
        return QStringLiteral("ttl");
    case Kind::Size:
        return QStringLiteral("size");
    }
    return {};
}

QString EntryColumn::title() const
{
    switch (kind) {
    case Kind::Key:
        return Tr::tr("Key");
    case Kind::Field:
        return displayKey(argument.isEmpty() ? field : argument);
    case Kind::NextCall:
        return Tr::tr("Next call");
    case Kind::WrittenBy:
        return Tr::tr("Written by");
    case Kind::Age:
        return Tr::tr("Age");
    case Kind::Ttl:
        return Tr::tr("TTL");
    case Kind::Size:
        return Tr::tr("Size");
    }
    return {};
}

std::vector<EntryColumn> entryColumns(NodeKind node, const CatalogFunction *function)
{
    using Kind = EntryColumn::Kind;
    std::vector<EntryColumn> columns;
    if (function) {
        for (const KeyField &field : function->keyed.key.fields) {
            if (field.partition && node == NodeKind::Partition)
                continue;
            for (EntryColumn &column : columnsOf(field, *function))
                columns.push_back(std::move(column));
        }
    }
    if (columns.empty())
        columns.push_back({Kind::Key, {}, {}});
    for (const Kind kind : {Kind::NextCall, Kind::WrittenBy, Kind::Age, Kind::Ttl, Kind::Size})
        columns.push_back({kind, {}, {}});
    return columns;
}

QByteArray fieldText(const EntryColumn &column, const KeyReading &reading)
{
    if (reading.suffixHashed && !reading.suffix.isEmpty() && reading.fields.empty())
        return reading.suffix;
    QByteArray text;
    for (const FieldReading &part : reading.fields) {
        const bool mine = part.field == column.field
            && (column.argument.isEmpty() || part.argument.isEmpty()
                || part.argument == column.argument);
        if (!mine)
            continue;
        if (!text.isEmpty())
            text += ", ";
        if (column.argument.isEmpty() && !part.argument.isEmpty())
            text += part.argument + ':';
        text += part.value;
    }
    return text;
}

} // namespace Cachelens
