// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/unambiguoustext.h"

#include "tests/core/payload/randomvalue.h"
#include "tests/core/value/nastyvalue.h"
#include "tests/core/value/unambiguousreader.h"

#include <rapidcheck.h>

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

QByteArray textOf(const Value &value)
{
    QByteArray text;
    appendUnambiguousText(text, value);
    return text;
}

} // namespace

class TestUnambiguousText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textsTellTypesApart_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *expected, const Value &value) {
            QTest::newRow(expected) << textOf(value) << QByteArray(expected);
        };
        row("1", Value(1));
        row("1.0", Value(1.0));
        row("\"1\"", Value::string("1"));
        row("True", Value(true));
        row("None", Value());
        row("\"null\"", Value::string("null"));
        row("b\"1\"", Value::bytes("1"));
        row("b\"%FF%22\"", Value::bytes("\xff\""));
        row("\"http://x/a:%3Ab|%7C\"", Value::string("http://x/a::b||"));
        row("123456789012345678901", Value::integer("123456789012345678901"));
        row("datetime\"2024-02-29T07:08:09+00:00\"",
            Value(DateTime{{2024, 2, 29}, {7, 8, 9, 0, 0}}));
        row("[1,(2),set{}]", Value::list({Value(1), Value::tuple({Value(2)}), Value::set({})}));
        row("set{1,2}", Value::set({Value(2), Value(1)}));
        row("{\"a\"=1,\"b\"={}}",
            Value::map({{Value::string("b"), Value::map({})}, {Value::string("a"), Value(1)}}));
        row("object\"shop.Order\"{\"id\"=1}",
            Value::object({"shop.Order", {{Value::string("id"), Value(1)}}}));
    }

    void textsTellTypesApart()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(text, expected);
    }

    void everyTextReadsBackAsItsValue()
    {
        const auto readsBack = [](const Value &value) {
            const QByteArray text = textOf(value);
            RC_LOG() << text.constData() << '\n';
            RC_ASSERT(!text.contains("::") && !text.contains("||"));
            RC_ASSERT(!text.startsWith(':') && !text.endsWith(':'));
            RC_ASSERT(!text.startsWith('|') && !text.endsWith('|'));
            const std::optional<Value> back = UnambiguousReader(text).run();
            RC_ASSERT(back.has_value());
            RC_ASSERT(*back == value);
        };
        QVERIFY(rc::check("nasty values", [&] { readsBack(nastyValue(3)); }));
        QVERIFY(rc::check("any values", [&] { readsBack(*arbitraryValue(Format::Pickle)); }));
    }
};

QTEST_APPLESS_MAIN(TestUnambiguousText)
#include "tst_unambiguoustext.moc"
