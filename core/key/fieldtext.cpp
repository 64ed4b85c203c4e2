// SPDX-License-Identifier: MIT
#include "core/key/fieldtext.h"

#include "core/value/appendbytes.h"
#include "core/value/keytext.h"
#include "core/value/pythonstr.h"
#include "core/value/unambiguoustext.h"

#include <algorithm>

namespace Cachelens {

QByteArray constantText(const KeyField &field, const KeySpec &key)
{
    QByteArray text;
    appendName(text, field.constantKey, key);
    if (key.unambiguous)
        appendUnambiguousText(text, field.constantValue, field.sortLists);
    else
        text += pythonStr(field.constantValue);
    return text;
}

QByteArray constantKeyText(const KeyField &field, const KeySpec &key)
{
    if (!field.hashValue)
        return constantText(field, key);
    if (key.unambiguous)
        return QCryptographicHash::hash(constantText(field, key), key.hash).toHex();
    QByteArray text = field.constantKey + ':';
    appendKeyText(text, Value::string(pythonStr(field.constantValue)),
                  {field.sortLists, true, key.hash});
    return QCryptographicHash::hash(text, key.hash).toHex();
}

void appendName(QByteArray &out, QByteArrayView name, const KeySpec &key)
{
    if (key.unambiguous)
        appendUnambiguousName(out, name);
    else
        appendBytes(out, name);
    appendBytes(out, ":");
}

QByteArray requestValueName(const KeyField &field)
{
    QByteArray name = field.path;
    return name.replace('.', '_');
}

bool takesArgument(const KeyField &field, const QByteArray &name)
{
    if (field.type == KeyField::Type::ViewKwargs
        && (name == "self" || name == "cls" || name == "request")) {
        return false;
    }
    return field.everything
        || std::find(field.names.begin(), field.names.end(), name) != field.names.end();
}

void sortFields(std::vector<KeyField> *fields)
{
    std::stable_sort(fields->begin(), fields->end(),
                     [](const KeyField &a, const KeyField &b) { return a.name < b.name; });
}

size_t digestLength(QCryptographicHash::Algorithm hash)
{
    return static_cast<size_t>(QCryptographicHash::hashLength(hash)) * 2;
}

qsizetype codePoints(QByteArrayView utf8)
{
    return std::count_if(utf8.begin(), utf8.end(),
                         [](char c) { return (static_cast<quint8>(c) & 0xc0) != 0x80; });
}

} // namespace Cachelens
