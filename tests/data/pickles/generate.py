#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes pickles.jsonl beside itself: each kind of value in each pickle protocol, with what the
reader must make of it (docs/wire-format.md, "Values as JSON"). Run once; the result is committed.
"""
import base64
import collections
import copyreg
import datetime as dt
import decimal
import enum
import io
import json
import pathlib
import pickle
import sys
import types
import uuid
import zoneinfo

from dateutil import tz


def b64(data):
    return base64.b64encode(data).decode()


def obj(name, **attributes):
    return {"$object": name, **attributes}


def tup(*items):
    return {"$tuple": list(items)}


# Classes of a service, as a pickle names them.
shop = types.ModuleType("shop")
sys.modules["shop"] = shop


def in_shop(thing, name=None):
    thing.__module__ = "shop"
    setattr(shop, name or thing.__name__, thing)
    return thing


@in_shop
class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


@in_shop
class Slots:
    __slots__ = ("a",)

    def __init__(self, a):
        self.a = a


@in_shop
class MyList(list):
    pass


@in_shop
class MyDict(dict):
    pass


@in_shop
class MyStr(str):
    pass


@in_shop
class MyInt(int):
    pass


@in_shop
class Keyed:
    def __new__(cls, a, *, b):
        self = object.__new__(cls)
        return self

    def __getnewargs_ex__(self):
        return (1,), {"b": 2}


@in_shop
class Outer:
    pass


class Inner:
    def __init__(self):
        self.v = 1


Inner.__qualname__ = "Outer.Inner"
Inner.__module__ = "shop"
Outer.Inner = Inner


@in_shop
class Colour(enum.Enum):
    RED = 1


Pair = in_shop(collections.namedtuple("Pair", "a b"))


@in_shop
def helper():
    pass


@in_shop
class Both:
    """A reduction with everything in it."""

    def __reduce__(self):
        return helper, (1,), {"s": 1}, iter([1, 2]), iter([("k", "v")])


@in_shop
class AsDict(dict):
    """As REST framework's ReturnDict does."""

    def __reduce__(self):
        return dict, (dict(self),)


@in_shop
class AsList(list):
    def __reduce__(self):
        return list, (list(self),)


# pytz is named, not needed.
pytz = types.ModuleType("pytz")
sys.modules["pytz"] = pytz


class PytzUtc(dt.tzinfo):
    def utcoffset(self, when):
        return dt.timedelta(0)

    def __reduce__(self):
        return pytz._UTC, ()


class PytzBerlin(dt.tzinfo):
    def utcoffset(self, when):
        return dt.timedelta(hours=1)

    def __reduce__(self):
        return pytz._p, ("Europe/Berlin", 3600, 0, "CET")


class PytzFixed(dt.tzinfo):
    def utcoffset(self, when):
        return dt.timedelta(minutes=-90)

    def __reduce__(self):
        return pytz.FixedOffset, (-90,)


for function in ("_UTC", "_p", "FixedOffset"):
    f = types.FunctionType((lambda *a: None).__code__, {}, function)
    f.__module__, f.__qualname__ = "pytz", function
    setattr(pytz, function, f)

cases = []


def case(name, value, expect, protocols=range(6), pickler=pickle.dumps):
    for protocol in protocols:
        expected = expect(protocol) if callable(expect) else expect
        cases.append({"name": f"{name}/{protocol}", "protocol": protocol,
                      "pickle": b64(pickler(value, protocol)), "expect": expected})


def raw(name, protocol, data, expect):
    cases.append({"name": f"{name}/raw", "protocol": protocol, "pickle": b64(data), "expect": expect})


case("none", None, None)
case("booleans", [True, False], [True, False])
ints = [0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**53]
case("integers", ints, ints)
big = [2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**100, -(10**100), 2**2100]
case("big integers", big, [{"$int": str(i)} for i in big])
case("floats", [1.5, -0.25, 1e300, 5e-324], [1.5, -0.25, 1e300, 5e-324])
case("odd floats", [1.0, float("inf"), float("-inf"), float("nan"), -0.0],
     [{"$float": t} for t in ("1.0", "inf", "-inf", "nan", "-0.0")])
texts = ["", "plain", "é", "名前", "😀", "line\nbreak", "back\\slash", "\\u0041", "q'uo\"te", "\0\x1a\r", "x" * 300]
case("text", texts, texts)
case("half a surrogate pair", "a\ud800b", "a\ufffdb")
blobs = [b"", b"abc", bytes(range(256)), b"y" * 300]
case("bytes", blobs, [{"$bytes": b64(b)} for b in blobs])
case("bytearray", [bytearray(b) for b in blobs], [{"$bytearray": b64(b)} for b in blobs])
case("lists", [[], [1], [[2], [3, [4]]]], [[], [1], [[2], [3, [4]]]])
case("long list", list(range(2500)), list(range(2500)))
case("tuples", [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
     [tup(), tup(1), tup(1, 2), tup(1, 2, 3), tup(1, 2, 3, 4)])
case("dicts", {"a": 1, "b": {"c": []}}, {"a": 1, "b": {"c": []}})
case("other keys", {1: "a", (2, "b"): None, None: True},
     {"$dict": [[1, "a"], [tup(2, "b"), None], [None, True]]})
case("sets", [set(), {3}, frozenset(), frozenset([4])],
     [{"$set": []}, {"$set": [3]}, {"$frozenset": []}, {"$frozenset": [4]}])
case("date", dt.date(2026, 2, 28), {"$date": "2026-02-28"})
case("ends of time", [dt.date.min, dt.date.max], [{"$date": "0001-01-01"}, {"$date": "9999-12-31"}])
case("datetimes",
     [dt.datetime(2026, 11, 22, 8, 30), dt.datetime(2026, 11, 22, 8, 30, 1, 250, dt.timezone.utc),
      dt.datetime(2024, 2, 29, 23, 59, 59, 999999, dt.timezone(dt.timedelta(hours=-5, minutes=-30))),
      dt.datetime(2026, 10, 25, 2, 30, fold=1)],
     [{"$datetime": t} for t in ("2026-11-22T08:30:00", "2026-11-22T08:30:01.000250+00:00",
                                 "2024-02-29T23:59:59.999999-05:30", "2026-10-25T02:30:00")])
case("times", [dt.time(1, 2, 3), dt.time(1, 2, 3, 4, dt.timezone.utc)],
     [{"$time": "01:02:03"}, {"$time": "01:02:03.000004+00:00"}])
case("libraries' zones",
     [dt.datetime(2026, 1, 1, tzinfo=z) for z in (PytzUtc(), PytzBerlin(), PytzFixed(), tz.tzutc(),
                                                  tz.tzoffset(None, 7200), zoneinfo.ZoneInfo("UTC"))],
     [{"$datetime": f"2026-01-01T00:00:00{o}"} for o in ("+00:00", "+01:00", "-01:30", "+00:00", "+02:00", "+00:00")])
case("a zone by name", dt.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
     obj("datetime.datetime", args=tup({"$datetime": "2026-01-01T00:00:00"},
                                       obj("zoneinfo.ZoneInfo._unpickle", args=tup("Europe/Berlin", 1)))))
case("timedeltas", [dt.timedelta(1, 30), dt.timedelta(-1), dt.timedelta(microseconds=1500000)],
     [{"$timedelta": 86430}, {"$timedelta": -86400}, {"$timedelta": 1.5}])
case("decimals", [decimal.Decimal("12.50"), decimal.Decimal("-1E+3"), decimal.Decimal("NaN")],
     [{"$decimal": "12.50"}, {"$decimal": "-1E+3"}, {"$decimal": "NaN"}])
ids = ["12345678-1234-5678-1234-567812345678", "00000000-0000-0000-0000-000000000000",
       "ffffffff-ffff-ffff-ffff-ffffffffffff", "00000000-0000-0000-8000-000000000000",
       "00000000-0000-0000-0000-0000000000ff"]
case("uuids", [uuid.UUID(i) for i in ids], [{"$uuid": i} for i in ids])
case("complex", 1 + 2j, obj("builtins.complex", args=tup({"$float": "1.0"}, {"$float": "2.0"})))
case("range", range(1, 5), obj("builtins.range", args=tup(1, 5, 1)))
case("ordered dict", collections.OrderedDict([("a", 1), ("b", 2)]), obj("collections.OrderedDict", items={"a": 1, "b": 2}))
case("default dict", collections.defaultdict(list, {"k": [1]}),
     obj("collections.defaultdict", args=tup({"$class": "builtins.list"}), items={"k": [1]}))
case("deque", collections.deque([1, 2], maxlen=3),
     obj("collections.deque", args=tup(tup(), 3), items=[1, 2]), range(2, 6))
case("named tuple", Pair(1, 2), lambda p: obj("shop.Pair", args=tup(1, 2) if p > 1 else tup(tup(1, 2))))
case("instance", Point(1, {"a": 2}), obj("shop.Point", state={"x": 1, "y": {"a": 2}}))
case("slots", Slots(5), obj("shop.Slots", state=tup(None, {"a": 5})), range(2, 6))
case("own list", MyList([1, 2]), lambda p: obj("shop.MyList", items=[1, 2]) if p > 1 else obj("shop.MyList", args=tup([1, 2])))
case("own dict", MyDict(a=1), lambda p: obj("shop.MyDict", items={"a": 1}) if p > 1 else obj("shop.MyDict", args=tup({"a": 1})))
case("own text", MyStr("s"), obj("shop.MyStr", args=tup("s")))
case("own integer", MyInt(3), obj("shop.MyInt", args=tup(3)))
case("keyword arguments", Keyed(1, b=2), obj("shop.Keyed", args=tup(1), kwargs={"b": 2}), range(4, 6))
case("class in a class", Inner(), obj("shop.Outer.Inner", state={"v": 1}))
case("enumeration", Colour.RED, obj("shop.Colour", args=tup(1)), range(2, 6))
case("exception", ValueError("no", 1), obj("builtins.ValueError", args=tup("no", 1)))
case("classes", [dict, set, Point, helper, Inner, dt.datetime.now],
     [{"$class": n} for n in ("builtins.dict", "builtins.set", "shop.Point", "shop.helper", "shop.Outer.Inner",
                              "datetime.datetime.now")])
case("everything reduced", Both(), obj("shop.helper", args=tup(1), state={"s": 1}, items=[1, 2], entries={"k": "v"}))
case("framework's containers", [AsDict(a=1), AsList([1])], [{"a": 1}, [1]])

shared = [1]
case("shared", [shared, shared, {"again": shared}], [[1], [1], {"again": [1]}])
cycle = {"$cycle": True}
loop = [1]
loop.append(loop)
case("list in itself", loop, [1, cycle])
case("list in itself, twice", [loop, loop], [[1, cycle], [1, cycle]])
ring = {}
ring["me"] = ring
case("dict in itself", ring, {"me": cycle})
a, b = ["a"], ["b"]
a.append(b)
b.append(a)
case("two in each other", [a, b, a], [["a", ["b", cycle]], ["b", ["a", cycle]], ["a", ["b", cycle]]])
case("entered from the middle", [b, [a, b]], [["b", ["a", cycle]], [["a", ["b", cycle]], ["b", ["a", cycle]]]])
through = []
through.append((through,))
case("tuple in its list", through, [tup(cycle)])
case("tuple around its list", through[0], tup([cycle]))
parent, child = Point(None, None), Point(None, None)
parent.x, child.x = [child], parent
case("parent and child", parent, obj("shop.Point", state={
    "x": [obj("shop.Point", state={"x": cycle, "y": None})], "y": None}))
inner = [0]
outer = [inner, inner]
inner.append(outer)
case("a shared part of a circle", outer, [[0, cycle], [0, cycle]])
deep, deep_expect = [], []
for _ in range(300):
    deep, deep_expect = [deep], [deep_expect]
case("deep", deep, deep_expect)
diamonds, bottom = "x", "x"
for _ in range(4):
    diamonds = [diamonds, diamonds]
case("diamonds", diamonds, diamonds)


class Persisting(pickle.Pickler):
    def persistent_id(self, value):
        return "row 7" if isinstance(value, Slots) else None


def persist(value, protocol):
    out = io.BytesIO()
    Persisting(out, protocol).dump(value)
    return out.getvalue()


case("persistent id", [Slots(1)], [obj("persistent_id", args=tup("row 7"))], pickler=persist)

copyreg.add_extension("shop", "Point", 300)
case("extension", Point(1, 2), obj("copyreg.extension.300", state={"x": 1, "y": 2}), range(2, 6))
copyreg.remove_extension("shop", "Point", 300)

# What Python 2 and hand-made writers leave.
raw("old text", 0, b"(lp0\nS'caf\\xc3\\xa9'\np1\naS'\\xff'\np2\na.", ["café", {"$bytes": b64(b"\xff")}])
raw("old text in binary", 2, b"\x80\x02]q\x00(U\x03abcT\x01\x00\x00\x00\xffe.", ["abc", {"$bytes": b64(b"\xff")}])
raw("old datetime", 2, b"\x80\x02cdatetime\ndatetime\nq\x00U\n\x07\xea\x0b\x16\x08\x1e\x01\x00\x00\xfaq\x01\x85q\x02Rq\x03.",
    {"$datetime": "2026-11-22T08:30:01.000250"})
raw("old instance", 0, b"(ishop\nPoint\np0\n(dp1\nS'x'\np2\nI1\nsb.", obj("shop.Point", state={"x": 1}))
raw("old instance with arguments", 1, b"(cshop\nPoint\nK\x01K\x02o.", obj("shop.Point", args=tup(1, 2)))
raw("old object", 0, b"ccopy_reg\n_reconstructor\np0\n(cshop\nPoint\np1\nc__builtin__\nobject\np2\nNtp3\nRp4\n(dp5\nS'x'\np6\nI1\nsb.",
    obj("shop.Point", state={"x": 1}))
raw("old names", 2, b"\x80\x02]q\x00(c__builtin__\nunicode\nc__builtin__\nlong\nc__builtin__\nxrange\ncexceptions\nValueError\ne.",
    [{"$class": f"builtins.{n}"} for n in ("str", "int", "range", "ValueError")])
raw("copyreg by hand", 2, b"\x80\x02ccopyreg\n__newobj__\ncshop\nPoint\nK\x01\x86R.", obj("shop.Point", args=tup(1)))
raw("long padded", 2, b"\x80\x02\x8a\x0a\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00.", 5)
raw("empty long", 2, b"\x80\x02\x8a\x00.", 0)
raw("the same key twice", 2, b"\x80\x02}(X\x01\x00\x00\x00aK\x01X\x01\x00\x00\x00bK\x02X\x01\x00\x00\x00aK\x03u.", {"a": 3, "b": 2})
raw("memo far out", 2, b"\x80\x02K\x07r\xff\xff\xff\xffj\xff\xff\xff\xff\x86.", tup(7, 7))
raw("duplicate", 1, b"]2\x86.", tup([], []))
raw("a call of a call", 2, b"\x80\x02cshop\nhelper\n)R)R.", obj("", callable=obj("shop.helper")))
raw("arguments that are no tuple", 2, b"\x80\x02cshop\nhelper\n]R.", obj("shop.helper", args=[]))
raw("a list through itself", 2, b"\x80\x02]q\x00c__builtin__\nlist\nh\x00\x85Ra.",
    [obj("builtins.list", args=tup(cycle))])
raw("a Django model", 4, pickle.dumps(None, 4)[:2] + b"cdjango.db.models.base\nmodel_unpickle\nX\x04\x00\x00\x00shopX\x05\x00\x00\x00Order\x86\x85R}X\x02\x00\x00\x00idK\x09sb.",
    obj("shop.Order", args=tup(tup("shop", "Order")), state={"id": 9}))

out = pathlib.Path(__file__).with_name("pickles.jsonl")
with out.open("w") as file:
    for c in cases:
        file.write(json.dumps(c, ensure_ascii=False) + "\n")
print(len(cases), out.stat().st_size)
