// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidation/signal.h"

#include <QTest>

using namespace Cachelens;

class TestSignal : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isReadBackAsItWasWritten()
    {
        Signal signal;
        signal.model = "auth.User";
        signal.type = Signal::Type::Deleted;
        signal.updateFields = {"email", "name"};
        signal.instance
            = Value::map({{Value::string("id"), Value(42)}, {Value::string("x"), Value()}});
        signal.oldValues = Value::map({{Value::string("id"), Value(41)}});
        const auto back = signalFromJson(signalToJson(signal), "text");
        QVERIFY2(back, back ? "" : back.error().message().constData());
        QCOMPARE(*back, signal);

        const auto least = signalFromJson(R"({"model": "auth.User"})", "text");
        QVERIFY(least.has_value());
        QVERIFY(least->type == Signal::Type::Saved && !least->created);
        QVERIFY(!least->updateFields && least->instance.isNone() && least->oldValues.isNone());
        QCOMPARE(*signalFromJson(signalToJson(*least), "text"), *least);
    }

    void mistakesAreNamedWithTheirPlace_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("no object") << QByteArray("[]") << QByteArray("a signal is an object");
        QTest::newRow("no model") << QByteArray("{}") << QByteArray("has no model");
        QTest::newRow("empty model") << QByteArray(R"({"model": ""})") << QByteArray("model");
        QTest::newRow("unknown member")
            << QByteArray("{\"model\": \"m\",\n\"instanze\": {}}") << QByteArray("instanze");
        QTest::newRow("line") << QByteArray("{\"model\": \"m\",\n\"instanze\": {}}")
                              << QByteArray("2");
        QTest::newRow("twice") << QByteArray(R"({"model": "m", "model": "n"})")
                               << QByteArray("stands twice");
        QTest::newRow("type") << QByteArray(R"({"model": "m", "type": "SAVED"})")
                              << QByteArray("POST_SAVE");
        QTest::newRow("created") << QByteArray(R"({"model": "m", "created": 1})")
                                 << QByteArray("true or false");
        QTest::newRow("fields") << QByteArray(R"({"model": "m", "update_fields": "email"})")
                                << QByteArray("update_fields");
        QTest::newRow("a field") << QByteArray(R"({"model": "m", "update_fields": ["a", 1]})")
                                 << QByteArray("update_fields[1]");
        QTest::newRow("instance") << QByteArray(R"({"model": "m", "instance": [1]})")
                                  << QByteArray("instance");
        QTest::newRow("no JSON") << QByteArray("{") << QByteArray("my signal");
    }

    void mistakesAreNamedWithTheirPlace()
    {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, told);
        const auto signal = signalFromJson(json, "my signal");
        QVERIFY(!signal);
        QVERIFY2(signal.error().message().contains(told), signal.error().message().constData());
        QVERIFY2(signal.error().message().contains("my signal"),
                 signal.error().message().constData());
    }

    void attributesAreFoundByDottedPaths()
    {
        const Value author = Value::map({{Value::string("id"), Value(7)}});
        const Value post = Value::map({{Value::string("author"), author},
                                       {Value::string("author.name"), Value::string("ann")},
                                       {Value::string("tags"), Value::list({Value(1)})}});
        QCOMPARE(*attributeOf(post, "author.id"), Value(7));
        QCOMPARE(*attributeOf(post, "author.name"), Value::string("ann"));
        QCOMPARE(*attributeOf(post, "author"), author);
        for (const char *missing : {"author.id.x", "tags.0", "writer", "writer.id", "", "."})
            QVERIFY2(!attributeOf(post, missing), missing);
        QVERIFY(!attributeOf(Value(), "id"));
    }
};

QTEST_GUILESS_MAIN(TestSignal)
#include "tst_signal.moc"
