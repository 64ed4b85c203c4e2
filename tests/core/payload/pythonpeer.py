# SPDX-License-Identifier: GPL-3.0-or-later
"""The other side of tst_pythonpeer: answers each line of standard input, a JSON object, with one.

Reads and writes with django-redis's own serializers and compressors. Values are shown as
docs/wire-format.md has them ("Values as JSON"); what Python refuses to write has no member.
"""
import base64
import datetime as dt
import decimal
import gzip
import json
import pickle
import sys
import uuid

from django_redis.compressors.lzma import LzmaCompressor
from django_redis.compressors.zlib import ZlibCompressor
from django_redis.serializers.json import JSONSerializer
from django_redis.serializers.msgpack import MSGPackSerializer
from django_redis.serializers.pickle import PickleSerializer

SERIALIZERS = {"json": JSONSerializer({}), "msgpack": MSGPackSerializer({})}


class Gzip:
    compress = staticmethod(gzip.compress)
    decompress = staticmethod(gzip.decompress)


COMPRESSORS = {"zlib": ZlibCompressor({}), "xz": LzmaCompressor({}), "gzip": Gzip}


def b64(data):
    return base64.b64encode(data).decode()


def tagged(name, text):
    return '{"$%s": %s}' % (name, text)


def items(values):
    return "[" + ", ".join(show(value) for value in values) + "]"


def show_dict(value):
    if any(not isinstance(key, str) for key in value):
        return tagged("dict", items([list(pair) for pair in value.items()]))
    if any(key.startswith("$") for key in value):
        return tagged("map", items([list(pair) for pair in value.items()]))
    return "{" + ", ".join(show(k) + ": " + show(v) for k, v in value.items()) + "}"


def show_timedelta(value):
    micro = (value.days * 86400 + value.seconds) * 10**6 + value.microseconds
    sign = "-" if micro < 0 else ""
    return tagged("timedelta", "%s%d.%06d" % (sign, abs(micro) // 10**6, abs(micro) % 10**6))


SHOWN = {
    type(None): lambda v: "null",
    bool: lambda v: "true" if v else "false",
    int: lambda v: tagged("int", '"%d"' % v),
    float: lambda v: tagged("float", '"%r"' % v),
    str: json.dumps,
    bytes: lambda v: tagged("bytes", '"%s"' % b64(v)),
    bytearray: lambda v: tagged("bytearray", '"%s"' % b64(v)),
    list: items,
    tuple: lambda v: tagged("tuple", items(v)),
    set: lambda v: tagged("set", items(v)),
    frozenset: lambda v: tagged("frozenset", items(v)),
    dict: show_dict,
    dt.date: lambda v: tagged("date", '"%s"' % v.isoformat()),
    dt.time: lambda v: tagged("time", '"%s"' % v.isoformat()),
    dt.datetime: lambda v: tagged("datetime", '"%s"' % v.isoformat()),
    dt.timedelta: show_timedelta,
    decimal.Decimal: lambda v: tagged("decimal", '"%s"' % v),
    uuid.UUID: lambda v: tagged("uuid", '"%s"' % v),
}


def show(value):
    return SHOWN[type(value)](value)


def members(texts):
    return "{" + ", ".join('"%s": %s' % pair for pair in texts.items()) + "}"


def serialized(name, value, ours):
    serializer = SERIALIZERS[name]
    answer = {}
    try:
        theirs = serializer.dumps(value)
        answer["theirs"] = show(serializer.loads(theirs))
        answer["bytes"] = '"%s"' % b64(theirs)
    except (TypeError, ValueError, OverflowError):
        answer = {}
    if ours is not None:
        answer["ours"] = show(serializer.loads(base64.b64decode(ours)))
    return members(answer)


def compressed(name, ours, plain):
    compressor = COMPRESSORS[name]
    return members({
        "plain": '"%s"' % b64(compressor.decompress(base64.b64decode(ours))),
        "bytes": '"%s"' % b64(compressor.compress(plain)),
    })


for line in sys.stdin:
    asked = json.loads(line)
    answer = {}
    if "pickle" in asked:
        value = PickleSerializer({}).loads(base64.b64decode(asked["pickle"]))
        answer["value"] = show(value)
        answer["pickles"] = items([pickle.dumps(value, p) for p in range(6)])
        for name in SERIALIZERS:
            answer[name] = serialized(name, value, asked.get(name))
    for name in COMPRESSORS:
        if name in asked:
            answer[name] = compressed(name, asked[name], base64.b64decode(asked["plain"]))
    print(members(answer), flush=True)
