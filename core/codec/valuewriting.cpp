// SPDX-License-Identifier: MIT
#include "core/codec/valuewriting.h"

#include "core/value/keytext.h"

namespace Cachelens::Detail {

void sortItems(ValueList *items)
{
    const bool integers = std::all_of(items->begin(), items->end(), [](const Value &item) {
        return item.type() == Value::Type::Int;
    });
    if (integers) {
        std::sort(items->begin(), items->end(),
                  [](const Value &a, const Value &b) { return a.toInt() < b.toInt(); });
        return;
    }
    std::vector<std::pair<QByteArray, Value>> named;
    named.reserve(items->size());
    for (Value &item : *items) {
        QByteArray text;
        appendKeyText(text, item);
        named.emplace_back(std::move(text), std::move(item));
    }
    std::stable_sort(named.begin(), named.end(),
                     [](const auto &a, const auto &b) { return a.first < b.first; });
    for (size_t i = 0; i < named.size(); ++i)
        (*items)[i] = std::move(named[i].second);
}

} // namespace Cachelens::Detail
