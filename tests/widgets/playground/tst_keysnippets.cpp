// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"
#include "core/key/keybuilder.h"
#include "core/key/keyconstructor.h"
#include "core/value/valuejson.h"
#include "widgets/playground/keysnippets.h"

#include <QFile>
#include <QTest>

using namespace Cachelens;
using namespace Qt::StringLiterals;

namespace {

KeyedFunction functionOf(QByteArrayView json)
{
    const auto function = Catalog::functionFromJson(json, "test");
    if (!function)
        qFatal("%s", function.error().message().constData());
    return function->keyed;
}

KeyedFunction userPayload()
{
    return functionOf(R"({"id": "shop.services.get_user_payload",
        "params": [{"name": "user_id"}, {"name": "page", "default": 1},
                   {"name": "tags", "default": ["x"]}],
        "key": {"namespace": "users", "version": 2, "hash_suffix_on_overflow": true,
                "max_key_suffix_length": 200,
                "fields": [{"name": "user", "type": "args", "arguments": "user_id",
                            "partition": true},
                           {"name": "more", "type": "args", "arguments": ["page", "tags"],
                            "sort_lists": true},
                           {"name": "v", "type": "constant", "key": "v", "value": 1}]}})");
}

Call callOf(std::vector<std::pair<QByteArray, Value>> kwargs)
{
    return {{}, std::move(kwargs)};
}

} // namespace

class TestKeySnippets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theCppCompilesAndMakesTheKey();
    void thePythonIsThatOfTheLibrary();
    void whatPythonCannotNameIsStillWritten();
};

void TestKeySnippets::theCppCompilesAndMakesTheKey()
{
#include "tests/widgets/playground/snippet.inc"
    QVERIFY(built);
    const KeyedFunction function = userPayload();
    const Call call = callOf({{"user_id", Value::string("Zoë \"q\"")}});
    QCOMPARE(built->key, KeyBuilder(function).build(call)->key);
    QFile file(QStringLiteral(CACHELENS_SNIPPET));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(cppSnippet(function, call, built->key), QString::fromUtf8(file.readAll()));
}

void TestKeySnippets::thePythonIsThatOfTheLibrary()
{
    const KeyedFunction function = userPayload();
    const Call call = callOf({{"user_id", Value::string("it's")},
                              {"tags", Value::list({Value(), Value(true), Value(2.5)})}});
    const QByteArray key = KeyBuilder(function).build(call)->key;
    QCOMPARE(
        pythonSnippet(function, call, key),
        u"from restflow.caching import ArgsKeyField, ConstantKeyField, KeyConstructor\n\n\n"
        "class GetUserPayloadKey(KeyConstructor):\n"
        "    user = ArgsKeyField('user_id', partition=True)\n"
        "    more = ArgsKeyField(['page', 'tags'], sort_lists=True)\n"
        "    v = ConstantKeyField('v', 1)\n\n"
        "    class Meta:\n"
        "        namespace = 'users'\n"
        "        version = 2\n"
        "        max_key_suffix_length = 200\n"
        "        hash_suffix_on_overflow = True\n\n\n"
        "key = get_user_payload.get_cache_key(user_id=\"it's\", tags=[None, True, 2.5])\n"
        "# users::shop.services.get_user_payload::user_id:it's::page:1||tags:2.5,True,null::v:1\n"_s);
}

void TestKeySnippets::whatPythonCannotNameIsStillWritten()
{
    const KeyedFunction function
        = functionOf(R"({"id": "f.<lambda>", "params": [{"name": "for me"}, {"name": "day"}],
            "key": {"fields": [{"name": "a-b", "type": "request_value", "path": "user.id"},
                               {"name": "all", "type": "args"}]}})");
    const Call call = callOf({{"for me", Value(1)}, {"day", Value(Date{2026, 7, 24})}});
    const QString text = pythonSnippet(function, call, "a\nb");
    QVERIFY2(text.startsWith(u"import datetime\n\nfrom restflow"_s), qPrintable(text));
    QVERIFY(text.contains(u"    locals()['a-b'] = RequestValueKeyField('user.id')\n"_s));
    QVERIFY(text.contains(u"    all = ArgsKeyField('*')\n"_s));
    QVERIFY2(text.contains(u"function.get_cache_key(day=datetime.date(2026, 7, 24), "
                           "**{'for me': 1})\n"_s),
             qPrintable(text));
    QVERIFY(text.endsWith(u"\n# a\\\\x0ab\n"_s)); // nothing ends the comment
}

QTEST_GUILESS_MAIN(TestKeySnippets)
#include "tst_keysnippets.moc"
