// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/asynccachedfunction.h"
#include "core/cached/cachedfunction.h"

using namespace Cachelens;
using namespace Cachelens::Literals;

struct Connection { };

int sum(int, int);
Connection connect(int);
int use(Connection);
int length(QStringView);
QFuture<int> later(int);
void nothing(int);

void wrongFunctions(Cache &cache)
{
    const auto one = parameters("a"_p);
    // expect: the function takes more parameters than names are declared
    const CachedFunction names(cache, "app.names", one, sum);
    // expect: a result of this type cannot be cached
    const CachedFunction result(cache, "app.result", one, connect);
    // expect: a parameter of this type cannot be part of a key
    const CachedFunction key(cache, "app.key", one, use);
    // expect: a parameter is a view, and a run may outlive what it refers to
    const CachedFunction view(cache, "app.view", one, length);
    // expect: the function answers with a QFuture: make it an AsyncCachedFunction
    const CachedFunction future(cache, "app.future", one, later);
    // expect: the function does not answer with a QFuture: make it a CachedFunction
    const AsyncCachedFunction atOnce(cache, "app.atOnce", one, connect);
    // expect: a function that returns nothing leaves nothing to cache: return a value
    const CachedFunction silent(cache, "app.silent", one, nothing);
    // expect: the types of the function's parameters are not known: write a lambda without auto
    const CachedFunction generic(cache, "app.generic", one, [](auto n) { return n; });
    // expect: the types of the function's parameters are not known: write a lambda without auto
    const CachedFunction options(cache, "app.options", one, [](auto n) { return n; }, {.ttl = {}});
}

void wrongCalls(const CachedFunction<int(int), RequiredParameter<"a">> &blocking,
                const AsyncCachedFunction<int(int), RequiredParameter<"a">> &later)
{
    // expect: an argument is missing
    (void)blocking();
    // expect: the function has no parameter of this name
    (void)blocking("b"_p = 1);
    // expect: refresh blocks, and this function is asynchronous: call refreshAsync
    later.refresh(1);
    // expect: invalidateAll blocks, and this function is asynchronous: call invalidateAllAsync
    later.invalidateAll();
}
