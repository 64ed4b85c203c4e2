# SPDX-License-Identifier: GPL-3.0-or-later
"""The other side of tst_djangocache: a Django service's cache, over django-redis.

usage: djangocache.py URL SERIALIZER COMPRESSOR. Calls the method of the cache that each line of standard
input names, and prints what it returns: {"call": "get", "args": [...], "kwargs": {...}}.
"""
import json
import sys

from django.conf import settings

settings.configure(CACHES={"default": {
    "BACKEND": "django_redis.cache.RedisCache",
    "LOCATION": sys.argv[1],
    "OPTIONS": {
        "SERIALIZER": "django_redis.serializers." + sys.argv[2],
        "COMPRESSOR": "django_redis.compressors." + sys.argv[3],
    },
}})

from django.core.cache import cache  # noqa: E402

for line in sys.stdin:
    asked = json.loads(line)
    answer = getattr(cache, asked["call"])(*asked["args"], **asked.get("kwargs", {}))
    print(json.dumps({"answer": answer}), flush=True)
