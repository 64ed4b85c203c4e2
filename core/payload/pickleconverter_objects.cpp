// SPDX-License-Identifier: MIT
#include "core/payload/pickleconverter.h"

namespace Cachelens {

// The part of PickleConverter that is about instances of classes.

bool PickleConverter::convertClass(Id callable, Value &out)
{
    QByteArray name;
    if (!className(callable, name))
        return false;
    out = Value::classNamed(name);
    return true;
}

bool PickleConverter::convertObject(Id id, Value &out)
{
    const Graph::Object &object = m_graph.objects[m_graph.nodes[id].word];
    if (object.made == Graph::Made::Persistent) {
        PickledInstance reference;
        reference.args = {&object.args, 1};
        return convertInstance(object, reference, out);
    }
    const PickledInstance instance = m_types.instance(object);
    if (object.items.length == 0 && object.entries.length == 0) {
        if (!charge(m_types.textLength(instance)))
            return false;
        if (auto value = m_types.scalar(instance)) {
            out = std::move(*value);
            return true;
        }
        // A class inside a class, or a method.
        if (instance.type == PickledClass::GetAttr && instance.state == Graph::none
            && !m_types.className(id).isEmpty())
            return convertClass(id, out);
        bool known = false;
        if (!convertContainer(instance, out, known))
            return false;
        if (known)
            return true;
    }
    return convertInstance(object, instance, out);
}

/// set([...]) and the like: the containers that have no opcode in the older protocols, and what
/// Django REST framework makes of its own kinds of dict and list.
bool PickleConverter::convertContainer(const PickledInstance &instance, Value &out, bool &known)
{
    known = false;
    const bool plain = instance.args.size() <= 1 && instance.oddArgs == Graph::none
        && instance.kwargs == Graph::none && instance.state == Graph::none;
    if (!plain)
        return true;
    const bool isContainer = instance.type == PickledClass::Set
        || instance.type == PickledClass::FrozenSet || instance.type == PickledClass::List
        || instance.type == PickledClass::Tuple || instance.type == PickledClass::Dict;
    if (!isContainer)
        return true;

    Value from = Value::list({});
    if (instance.type == PickledClass::Dict)
        from = Value::map({});
    if (!instance.args.empty()) {
        const Kind kind = m_graph.nodes[instance.args[0]].kind;
        const bool fits = instance.type == PickledClass::Dict
            ? kind == Kind::Dict
            : kind == Kind::List || kind == Kind::Tuple;
        if (!fits)
            return true;
        if (!convert(instance.args[0], from))
            return false;
    }
    if (from.type() == Value::Type::Cycle)
        return true;
    if (from.isSequence()) {
        m_values += static_cast<qsizetype>(from.items().size());
        if (m_values > m_limits.values)
            return failLimit("values", m_limits.values);
    }
    known = true;
    if (instance.type == PickledClass::Dict)
        out = std::move(from);
    else if (instance.type == PickledClass::Set)
        out = Value::set(from.items());
    else if (instance.type == PickledClass::FrozenSet)
        out = Value::frozenSet(from.items());
    else if (instance.type == PickledClass::List)
        out = Value::list(from.items());
    else
        out = Value::tuple(from.items());
    return true;
}

bool PickleConverter::convertAttribute(const char *name, Id id, Object &object)
{
    return convert(id, object.attributes.emplace_back(Value::string(name), Value()).second);
}

bool PickleConverter::convertInstance(const Graph::Object &object, const PickledInstance &instance,
                                      Value &out)
{
    if (!enter(instance.args.size()))
        return false;
    Object made;
    if (object.made == Graph::Made::Persistent)
        made.className = "persistent_id";
    else if (instance.type != PickledClass::ModelUnpickle) {
        if (!className(instance.callable, made.className))
            return false;
    } else {
        made.className = m_types.className(instance);
        if (!charge(static_cast<quint64>(made.className.size())))
            return false;
    }
    if (made.className.isEmpty() && !convertAttribute("callable", instance.callable, made))
        return false;

    if (instance.oddArgs != Graph::none) {
        if (!convertAttribute("args", instance.oddArgs, made))
            return false;
    } else if (!instance.args.empty()) {
        ValueList args;
        if (!convertTuple(instance.args, args))
            return false;
        if (auto time = m_types.withoutZone(instance))
            args[0] = std::move(*time);
        made.attributes.emplace_back(Value::string("args"), Value::tuple(std::move(args)));
    }
    if (instance.kwargs != Graph::none && !convertAttribute("kwargs", instance.kwargs, made))
        return false;
    if (instance.state != Graph::none && !convertAttribute("state", instance.state, made))
        return false;
    if (object.items.length != 0) {
        ValueList items;
        if (!convertItems(object.items, items))
            return false;
        made.attributes.emplace_back(Value::string("items"), Value::list(std::move(items)));
    }
    if (object.entries.length != 0) {
        ValueMap entries;
        if (!convertEntries(object.entries, entries))
            return false;
        const char *name = object.items.length != 0 ? "entries" : "items";
        made.attributes.emplace_back(Value::string(name), Value::map(std::move(entries)));
    }
    leave();
    out = Value::object(std::move(made));
    return true;
}

} // namespace Cachelens
