// SPDX-License-Identifier: MIT
#include "core/payload/pickletypes.h"

#include <algorithm>
#include <array>

namespace Cachelens {

namespace {

struct Known {
    QByteArrayView name;
    PickledClass type;
};

constexpr auto knownTypes = std::to_array<Known>({
    {"builtins.bytes", PickledClass::Bytes},
    {"builtins.bytearray", PickledClass::ByteArray},
    {"builtins.dict", PickledClass::Dict},
    {"builtins.frozenset", PickledClass::FrozenSet},
    {"builtins.getattr", PickledClass::GetAttr},
    {"builtins.list", PickledClass::List},
    {"builtins.object", PickledClass::Object},
    {"builtins.set", PickledClass::Set},
    {"builtins.tuple", PickledClass::Tuple},
    {"copyreg._reconstructor", PickledClass::Reconstructor},
    {"copyreg.__newobj__", PickledClass::NewObj},
    {"copyreg.__newobj_ex__", PickledClass::NewObjEx},
    {"_codecs.encode", PickledClass::Encode},
    {"datetime.date", PickledClass::Date},
    {"datetime.time", PickledClass::Time},
    {"datetime.datetime", PickledClass::DateTime},
    {"datetime.timedelta", PickledClass::TimeDelta},
    {"datetime.timezone", PickledClass::TimeZone},
    {"decimal.Decimal", PickledClass::Decimal},
    {"uuid.UUID", PickledClass::Uuid},
    {"django.db.models.base.model_unpickle", PickledClass::ModelUnpickle},
    {"pytz._UTC", PickledClass::UtcZone},
    {"django.utils.timezone.UTC", PickledClass::UtcZone},
    {"dateutil.tz.tz.tzutc", PickledClass::UtcZone},
    {"dateutil.tz.tz.tzoffset", PickledClass::OffsetZone},
    {"zoneinfo.ZoneInfo._unpickle", PickledClass::NamedZone},
    {"backports.zoneinfo.ZoneInfo._unpickle", PickledClass::NamedZone},
    {"pytz._p", PickledClass::PytzZone},
    {"pytz.FixedOffset", PickledClass::MinutesZone},
    {"psycopg2.tz.FixedOffsetTimezone", PickledClass::MinutesZone},
});

struct Renamed {
    QByteArrayView from;
    QByteArrayView to;
};

/// Modules that Python 3 calls otherwise; pickles of protocol 0 to 2 have the old names.
constexpr auto renamedModules = std::to_array<Renamed>({
    {"__builtin__", "builtins"},
    {"exceptions", "builtins"},
    {"copy_reg", "copyreg"},
    {"Queue", "queue"},
    {"cPickle", "pickle"},
});

constexpr auto renamedBuiltins = std::to_array<Renamed>({
    {"unicode", "str"},
    {"long", "int"},
    {"xrange", "range"},
    {"unichr", "chr"},
});

/// Django's own applications: a pickled model has the application's label in place of its module.
constexpr auto djangoApps = std::to_array<QByteArrayView>(
    {"admin", "auth", "contenttypes", "flatpages", "redirects", "sessions", "sites"});

constexpr int deepestName = 8; ///< getattr() in getattr()
constexpr qsizetype longestAttribute = 256;
constexpr quint32 largestState = 16; ///< attributes of the instances that are looked into

QByteArrayView renamed(QByteArrayView name, std::span<const Renamed> table)
{
    const auto found = std::find_if(table.begin(), table.end(),
                                    [name](const Renamed &r) { return r.from == name; });
    return found == table.end() ? name : found->to;
}

} // namespace

PickledClass PickleTypes::look(Id callable)
{
    if (callable == Graph::none)
        return PickledClass::Other;
    const Graph::Node &what = node(callable);
    if (what.kind != Kind::Class && what.kind != Kind::Object)
        return PickledClass::Other;
    PickledClass *cached = what.kind == Kind::Class ? &m_looked[what.word] : nullptr;
    if (cached != nullptr && *cached != PickledClass::Unlooked)
        return *cached;
    const QByteArray name = className(callable);
    const auto found = std::find_if(knownTypes.begin(), knownTypes.end(),
                                    [&name](const Known &k) { return k.name == name; });
    const PickledClass type = found == knownTypes.end() ? PickledClass::Other : found->type;
    if (cached != nullptr)
        *cached = type;
    return type;
}

QByteArray PickleTypes::className(Id callable, int depth)
{
    if (callable == Graph::none || depth > deepestName)
        return {};
    const Graph::Node &what = node(callable);
    if (what.kind == Kind::Class) {
        const Graph::ClassName &name = m_graph.classes[what.word];
        const QByteArrayView module = renamed(name.module, renamedModules);
        const bool builtin = module == QByteArrayView("builtins");
        QByteArray dotted = module.toByteArray();
        dotted += '.';
        dotted += builtin ? renamed(name.name, renamedBuiltins) : name.name;
        return dotted;
    }
    // Before protocol 4 a class inside a class, or a method, is getattr(class, name).
    if (what.kind != Kind::Object)
        return {};
    const Graph::Object &call = m_graph.objects[what.word];
    if (call.made != Graph::Made::Called || node(call.callable).kind != Kind::Class
        || look(call.callable) != PickledClass::GetAttr)
        return {};
    const PickledInstance getattr = instance(call);
    if (getattr.args.size() != 2)
        return {};
    const auto attribute = textOf(getattr.args[1]);
    QByteArray outer = className(getattr.args[0], depth + 1);
    if (!attribute || attribute->size() > longestAttribute || outer.isEmpty())
        return {};
    outer += '.';
    outer += *attribute;
    return outer;
}

QByteArray PickleTypes::className(const PickledInstance &instance)
{
    const bool model = instance.type == PickledClass::ModelUnpickle && !instance.args.empty();
    if (!model)
        return className(instance.callable);
    const Graph::Node &which = node(instance.args[0]);
    if (which.kind == Kind::Class)
        return className(instance.args[0]);
    if (which.kind != Kind::Tuple || which.length != 2)
        return className(instance.callable);
    const auto app = textOf(m_graph.pool[which.word]);
    const auto modelName = textOf(m_graph.pool[which.word + 1]);
    if (!app || !modelName)
        return className(instance.callable);
    QByteArray name;
    if (std::find(djangoApps.begin(), djangoApps.end(), *app) != djangoApps.end())
        name = "django.contrib." + app->toByteArray() + ".models.";
    else
        name = app->toByteArray() + '.';
    name += *modelName;
    return name;
}

PickledInstance PickleTypes::instance(const Graph::Object &object)
{
    PickledInstance made;
    made.callable = object.callable;
    made.kwargs = object.kwargs;
    made.state = object.state;
    const Graph::Node &args = node(object.args);
    if (args.kind == Kind::Tuple)
        made.args = std::span(m_graph.pool).subspan(args.word, args.length);
    else
        made.oddArgs = object.args;
    made.type = look(made.callable);

    // copyreg makes an instance of its first argument.
    if (made.type == PickledClass::Reconstructor && made.args.size() == 3) {
        made.callable = made.args[0];
        const bool plain = look(made.args[1]) == PickledClass::Object;
        made.args = plain ? std::span<const Id>() : made.args.subspan(2);
        made.type = look(made.callable);
    } else if (made.type == PickledClass::NewObj && !made.args.empty()) {
        made.callable = made.args[0];
        made.args = made.args.subspan(1);
        made.type = look(made.callable);
    } else if (made.type == PickledClass::NewObjEx && made.args.size() == 3
               && node(made.args[1]).kind == Kind::Tuple) {
        const Graph::Node &inner = node(made.args[1]);
        made.callable = made.args[0];
        made.kwargs = made.args[2];
        made.args = std::span(m_graph.pool).subspan(inner.word, inner.length);
        made.type = look(made.callable);
    }
    return made;
}

std::optional<PickledInstance> PickleTypes::instanceOf(Id id)
{
    const Graph::Node &what = node(id);
    if (what.kind != Kind::Object || m_graph.objects[what.word].made == Graph::Made::Persistent)
        return std::nullopt;
    return instance(m_graph.objects[what.word]);
}

std::optional<QByteArrayView> PickleTypes::textOf(Id id) const
{
    const Graph::Node &what = node(id);
    if (what.kind != Kind::Text && what.kind != Kind::OldText)
        return std::nullopt;
    return m_graph.text(what);
}

std::optional<qint64> PickleTypes::intOf(Id id) const
{
    if (node(id).kind != Kind::Int)
        return std::nullopt;
    return static_cast<qint64>(node(id).word);
}

std::optional<PickleTypes::Id> PickleTypes::member(Id dict, QByteArrayView name) const
{
    if (dict == Graph::none || node(dict).kind != Kind::Dict
        || node(dict).length > 2 * largestState)
        return std::nullopt;
    std::optional<Id> found;
    bool isKey = true;
    bool wanted = false;
    m_graph.forEach(Graph::items(node(dict)), [&](Id id) {
        if (isKey)
            wanted = textOf(id) == name;
        else if (wanted)
            found = id;
        isKey = !isKey;
        return true;
    });
    return found;
}

} // namespace Cachelens
