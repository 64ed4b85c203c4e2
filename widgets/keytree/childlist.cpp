// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/keytree/childlist.h"

#include "widgets/style/naturalorder.h"

#include <algorithm>
#include <tuple>

namespace Cachelens {

namespace {

std::string_view view(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

bool inOrder(const NodeInfo &a, const NodeInfo &b)
{
    const bool aLast = a.kind == NodeKind::OtherKeys;
    const bool bLast = b.kind == NodeKind::OtherKeys;
    if (aLast != bLast)
        return bLast;
    if (const auto order = naturalOrder(view(a.label), view(b.label)); order != 0)
        return order < 0;
    return std::tuple(view(a.cache), a.id) < std::tuple(view(b.cache), b.id);
}

/// In portions, so that whoever writes to the index never waits long.
std::vector<NodeInfo> infosWithKeys(const KeyIndex &index, std::span<const NodeId> ids)
{
    static constexpr std::size_t portion = 2000;
    std::vector<NodeInfo> infos;
    infos.reserve(ids.size());
    while (!ids.empty()) {
        const auto now = ids.first(std::min(portion, ids.size()));
        for (NodeInfo &info : index.nodes(now)) {
            if (info.keys > 0)
                infos.push_back(std::move(info));
        }
        ids = ids.subspan(now.size());
    }
    return infos;
}

ChildList listOf(const KeyIndex &index, const ChildListRequest &request)
{
    const auto ids = index.children(request.node);
    ChildList list;
    list.node = request.node;
    list.shown = infosWithKeys(index, ids);
    std::sort(list.shown.begin(), list.shown.end(), inOrder);
    list.total = std::ssize(list.shown);
    qsizetype count = std::min(request.limit, list.total);
    if (!request.keep.empty()) {
        for (qsizetype i = list.total; i > count; --i) {
            const auto name = NodeName::of(list.shown[static_cast<std::size_t>(i - 1)]);
            if (std::find(request.keep.begin(), request.keep.end(), name) != request.keep.end())
                count = i;
        }
    }
    list.shown.erase(list.shown.begin() + count, list.shown.end());
    list.shown.shrink_to_fit();
    return list;
}

} // namespace

std::vector<ChildList> listChildren(const KeyIndex &index,
                                    std::span<const ChildListRequest> requests)
{
    std::vector<ChildList> lists;
    for (const ChildListRequest &request : requests) {
        const NodeInfo parent = index.node(request.node);
        if (parent.children == request.knownChildren && parent.keys >= request.knownKeys)
            continue;
        ChildList list = listOf(index, request);
        list.knownChildren = parent.children;
        list.knownKeys = parent.keys;
        lists.push_back(std::move(list));
    }
    return lists;
}

} // namespace Cachelens
