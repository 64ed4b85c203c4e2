// SPDX-License-Identifier: MIT
#pragma once

#include "core/payload/picklegraph.h"
#include "core/value/value.h"

#include <optional>
#include <span>

namespace Cachelens {

/// The classes that mean more than their name. Names are Python 3's; Python 2's are translated.
enum class PickledClass : quint8 {
    Other,
    Unlooked, ///< not yet looked up
    Bytes,
    ByteArray,
    Dict,
    FrozenSet,
    GetAttr,
    List,
    Object,
    Set,
    Tuple, // builtins
    Reconstructor,
    NewObj,
    NewObjEx, // copyreg
    Encode, // _codecs
    Date,
    Time,
    DateTime,
    TimeDelta,
    TimeZone, // datetime
    Decimal,
    Uuid,
    ModelUnpickle, // Django
    UtcZone, ///< several libraries' class of the one zone
    NamedZone, ///< zoneinfo
    PytzZone, ///< pytz: name, offset, ...
    MinutesZone, ///< several libraries' fixed offset
    OffsetZone, ///< dateutil: name, timedelta
};

/// An instance as its class made it, whichever way the pickle spelled that.
struct PickledInstance {
    using Id = PickleGraph::Id;
    PickledClass type = PickledClass::Other;
    Id callable = PickleGraph::none;
    std::span<const Id> args;
    Id oddArgs = PickleGraph::none; ///< arguments that are no tuple
    Id kwargs = PickleGraph::none;
    Id state = PickleGraph::none;
};

/// Reads the types that Value has of its own out of what a pickle would have called. Never
/// recursive beyond a fixed few levels; nothing takes more time than the text it copies.
class PickleTypes {
public:
    using Graph = PickleGraph;
    using Id = PickleGraph::Id;
    using Kind = PickleGraph::Kind;

    explicit PickleTypes(const Graph &graph)
        : m_graph(graph), m_looked(graph.classes.size(), PickledClass::Unlooked)
    {
    }

    [[nodiscard]] PickledInstance instance(const Graph::Object &object);
    /// A date, time, timedelta, decimal, UUID, bytes or bytearray; none for anything else, and for
    /// arguments that make no such value.
    [[nodiscard]] std::optional<Value> scalar(const PickledInstance &instance);
    /// A time or datetime without its zone, when the zone's offset cannot be told.
    [[nodiscard]] std::optional<Value> withoutZone(const PickledInstance &instance);
    /// How many bytes of text scalar() would copy.
    [[nodiscard]] quint64 textLength(const PickledInstance &instance) const;
    /// Dotted; empty for what has no name.
    [[nodiscard]] QByteArray className(Id callable, int depth = 0);
    /// The class of an instance; Django's models by the name of their class.
    [[nodiscard]] QByteArray className(const PickledInstance &instance);

private:
    [[nodiscard]] const Graph::Node &node(Id id) const { return m_graph.nodes[id]; }
    [[nodiscard]] PickledClass look(Id callable);
    [[nodiscard]] std::optional<PickledInstance> instanceOf(Id id);
    [[nodiscard]] std::optional<QByteArrayView> textOf(Id id) const;
    [[nodiscard]] std::optional<qint64> intOf(Id id) const;
    [[nodiscard]] std::optional<QByteArray> bytesOf(Id id);
    /// Those of a date or time; none when there are more than they can be.
    [[nodiscard]] std::optional<QByteArray> fewBytesOf(Id id);
    [[nodiscard]] std::optional<Id> member(Id dict, QByteArrayView name) const;
    [[nodiscard]] std::optional<QByteArray> latin1Of(std::span<const Id> args) const;
    [[nodiscard]] std::optional<TimeDelta> timeDeltaOf(Id id);
    [[nodiscard]] std::optional<TimeDelta> timeDelta(const PickledInstance &instance) const;
    [[nodiscard]] std::optional<qint32> offsetOf(Id zone);
    [[nodiscard]] std::optional<Value> uuid(const PickledInstance &instance) const;

    const Graph &m_graph;
    std::vector<PickledClass> m_looked;
};

} // namespace Cachelens
