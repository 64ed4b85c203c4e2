// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/decodelimits.h"
#include "core/payload/picklegraph.h"
#include "core/payload/pickletypes.h"
#include "core/result.h"
#include "core/value/value.h"

#include <limits>
#include <optional>

namespace Cachelens {

/// Makes values of a pickle's graph. What is shared stays shared. Where a node occurs inside itself
/// stands Value::cycle(), wherever the walk came in.
class PickleConverter {
public:
    using Graph = PickleGraph;
    using Id = PickleGraph::Id;
    using Kind = PickleGraph::Kind;

    /// `memory` is for what is noted while converting; it lives longer than the converter.
    PickleConverter(const Graph &graph, qsizetype pickledBytes, const DecodeLimits &limits,
                    std::pmr::memory_resource *memory);

    [[nodiscard]] Result<Value> convert(Id root);

private:
    static constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

    /// A node that is referred to from several places.
    struct Shared {
        Value value;
        int height = 0; ///< containers inside one another
        bool done = false;
        bool circular = false; ///< refers to itself
        std::size_t openAt = nowhere; ///< where it stands among those being converted
        Id circle; ///< one of those it goes in circles with, see circleOf()
        Id openInCircle = 0; ///< of circleOf(): how many of that circle are being converted
    };

    // Each gives false when it has set m_error.
    bool convert(Id id, Value &out);
    bool convertShared(Id id, Value &out);
    bool convertContent(Id id, Value &out);
    bool convertTuple(std::span<const Id> ids, ValueList &out);
    bool convertItems(const Graph::Items &items, ValueList &out);
    bool convertEntries(const Graph::Items &items, ValueMap &out);
    bool className(Id callable, QByteArray &out);
    bool convertClass(Id callable, Value &out);
    bool convertText(const Graph::Node &node, Value &out);
    bool convertLong(QByteArray decimal, Value &out);
    bool convertObject(Id id, Value &out);
    bool convertContainer(const PickledInstance &instance, Value &out, bool &known);
    bool convertInstance(const Graph::Object &object, const PickledInstance &instance, Value &out);
    bool convertAttribute(const char *name, Id id, Object &object);

    /// Text is copied once for each time it is written, unless calls and circles multiply it.
    bool charge(quint64 textBytes);
    bool enter(std::size_t items);
    void leave() { --m_depth; }
    bool failLimit(const char *limit, qint64 value);

    Id sharedAt(Id id);
    Id circleOf(Id shared);
    void open(Id shared);
    void close();
    /// All that are open from that place inwards go in one circle.
    void joinFrom(std::size_t place);

    const Graph &m_graph;
    const DecodeLimits &m_limits;
    PickleTypes m_types;
    std::pmr::vector<Id> m_sharedAt; ///< by node: where in m_shared
    std::pmr::vector<Shared> m_shared;
    std::pmr::vector<Id> m_open; ///< the shared nodes on the way from the root, outermost first
    std::pmr::vector<std::size_t> m_runs; ///< where in m_open those of one circle begin
    std::size_t m_recursTo = nowhere; ///< the outermost of them that has recurred just now
    int m_depth = 0;
    int m_deepest = 0;
    qsizetype m_values = 0;
    quint64 m_textLeft;
    std::pmr::vector<QByteArray> m_classNames; ///< by class
    std::optional<Error> m_error;
};

} // namespace Cachelens
