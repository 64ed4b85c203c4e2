// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrytable/entryorder.h"

#include "widgets/style/naturalorder.h"

#include <QBitArray>

#include <algorithm>
#include <span>
#include <unordered_map>

namespace Cachelens {

namespace {

/// What a row is sorted by: a stretch of one common buffer.
struct SortKey {
    std::size_t begin = 0;
    quint32 length = 0;
    KeyId id = 0;
};

/// How much all texts have in common at their beginnings, without a number that has begun there.
std::size_t commonBeginning(std::string_view buffer, const std::vector<SortKey> &keys)
{
    if (keys.empty())
        return 0;
    std::string_view common = buffer.substr(keys.front().begin, keys.front().length);
    for (const SortKey &key : keys) {
        const auto text = buffer.substr(key.begin, key.length);
        const auto [end, other]
            = std::mismatch(common.begin(), common.end(), text.begin(), text.end());
        common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
    }
    while (!common.empty() && common.back() >= '0' && common.back() <= '9')
        common.remove_suffix(1);
    return common.size();
}

void sortByColumn(const KeyIndex &index, std::vector<KeyId> &ids, const EntryOrder &order)
{
    static constexpr std::size_t portion = 10'000;
    std::string buffer;
    std::vector<SortKey> keys;
    keys.reserve(ids.size());
    for (std::size_t from = 0; from < ids.size(); from += portion) {
        const auto now = std::span(ids).subspan(from, std::min(portion, ids.size() - from));
        const auto texts = index.keys(now);
        for (std::size_t i = 0; i < now.size(); ++i) {
            const QByteArray text = order.column.kind == EntryColumn::Kind::Field
                ? fieldText(order.column, index.reader().read(texts[i]))
                : texts[i];
            keys.push_back({buffer.size(), static_cast<quint32>(text.size()), now[i]});
            buffer.append(text.constData(), static_cast<std::size_t>(text.size()));
        }
    }
    const std::size_t common = commonBeginning(buffer, keys);
    const auto textOf = [&](const SortKey &key) {
        return std::string_view(buffer).substr(key.begin + common, key.length - common);
    };
    const bool descending = order.direction == Qt::DescendingOrder;
    std::sort(keys.begin(), keys.end(), [&](const SortKey &a, const SortKey &b) {
        const auto result = naturalOrder(textOf(a), textOf(b));
        if (result != 0)
            return descending ? result > 0 : result < 0;
        return a.id < b.id;
    });
    std::transform(keys.begin(), keys.end(), ids.begin(),
                   [](const SortKey &key) { return key.id; });
}

QBitArray setOf(const std::vector<KeyId> &ids, KeyId end)
{
    QBitArray set(static_cast<qsizetype>(end));
    for (const KeyId id : ids)
        set.setBit(static_cast<qsizetype>(id));
    return set;
}

KeyId endOf(const std::vector<KeyId> &ids)
{
    const auto last = std::max_element(ids.begin(), ids.end());
    return last == ids.end() ? 0 : *last + 1;
}

void orderAsShown(std::vector<KeyId> &ids, const std::vector<KeyId> &shown)
{
    const KeyId end = std::max(endOf(ids), endOf(shown));
    const QBitArray found = setOf(ids, end);
    const QBitArray old = setOf(shown, end);
    std::vector<KeyId> ordered;
    ordered.reserve(ids.size());
    std::copy_if(shown.begin(), shown.end(), std::back_inserter(ordered),
                 [&](KeyId id) { return found.testBit(static_cast<qsizetype>(id)); });
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(ordered),
                 [&](KeyId id) { return !old.testBit(static_cast<qsizetype>(id)); });
    ids = std::move(ordered);
}

void putBack(std::vector<KeyId> &ids, const std::vector<GoneRow> &gone)
{
    std::unordered_map<KeyId, std::vector<KeyId>> behind;
    std::vector<KeyId> rows;
    rows.reserve(ids.size() + gone.size());
    // One that was behind another that is gone follows that one.
    const auto append = [&](auto &self, KeyId id) -> void {
        rows.push_back(id);
        if (const auto followers = behind.extract(id)) {
            for (const KeyId follower : followers.mapped())
                self(self, follower);
        }
    };
    std::vector<KeyId> first;
    for (const GoneRow &row : gone) {
        if (std::find(ids.begin(), ids.end(), row.id) != ids.end())
            continue; // it has come back
        if (row.behind)
            behind[*row.behind].push_back(row.id);
        else
            first.push_back(row.id);
    }
    for (const KeyId id : first)
        append(append, id);
    for (const KeyId id : ids)
        append(append, id);
    ids = std::move(rows);
}

} // namespace

std::vector<KeyId> arrangeEntries(const KeyIndex &index, std::vector<KeyId> found,
                                  const EntryOrder &order, const std::vector<KeyId> &shown,
                                  const std::vector<GoneRow> &gone)
{
    switch (order.by) {
    case EntryOrder::By::Index:
        std::sort(found.begin(), found.end());
        break;
    case EntryOrder::By::Column:
        sortByColumn(index, found, order);
        break;
    case EntryOrder::By::Shown:
        orderAsShown(found, shown);
        break;
    }
    if (!gone.empty())
        putBack(found, gone);
    return found;
}

} // namespace Cachelens
