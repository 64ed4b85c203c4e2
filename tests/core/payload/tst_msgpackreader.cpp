// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/msgpackreader.h"
#include "encoders.h"
#include "randomvalue.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

QByteArray hex(const char *digits)
{
    return QByteArray::fromHex(digits);
}

Value read(const char *digits)
{
    const auto value = readMessagePack(hex(digits), {});
    return value ? *value : Value::string("error: " + value.error().reason);
}

QByteArray limitOf(const QByteArray &bytes, const DecodeLimits &limits)
{
    const auto value = readMessagePack(bytes, limits);
    if (value)
        return "read";
    return value.error().code == Error::Code::LimitExceeded ? value.error().reason : QByteArray();
}

} // namespace

class TestMessagePackReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadBack();
    void everyWidthOfANumberIsRead();
    void everyLengthIsRead();
    void textThatIsNotUtf8IsBytes();
    void keysMayBeAnything();
    void timestampsBecomeDatetimes();
    void otherExtensionsAreShown();
    void whatIsNoMessagePackIsAnError_data();
    void whatIsNoMessagePackIsAnError();
    void cutOffAnywhereIsAnError();
    void noBytesCrashIt();
    void limitsAreNamed();
    void announcedSizesTakeNoMemory();
};

void TestMessagePackReader::whatIsWrittenIsReadBack()
{
    QVERIFY(rc::check("MessagePack", [] {
        const Value value = *arbitraryValue(Format::MessagePack);
        const auto back = readMessagePack(encodeMessagePack(value), {});
        RC_ASSERT(back);
        RC_ASSERT(*back == value);
    }));
}

void TestMessagePackReader::everyWidthOfANumberIsRead()
{
    QCOMPARE(read("7f"), Value(127));
    QCOMPARE(read("ff"), Value(-1));
    QCOMPARE(read("ccff"), Value(255));
    QCOMPARE(read("cdffff"), Value(65535));
    QCOMPARE(read("ceffffffff"), Value(4294967295LL));
    QCOMPARE(read("cf7fffffffffffffff"), Value(std::numeric_limits<qint64>::max()));
    QCOMPARE(read("cfffffffffffffffff"), Value::integer("18446744073709551615"));
    QCOMPARE(read("d080"), Value(-128));
    QCOMPARE(read("d18000"), Value(-32768));
    QCOMPARE(read("d280000000"), Value(std::numeric_limits<qint32>::min()));
    QCOMPARE(read("d38000000000000000"), Value(std::numeric_limits<qint64>::min()));
    QCOMPARE(read("ca3fc00000"), Value(1.5));
    QCOMPARE(read("cb3ff0000000000000"), Value(1.0));
    QCOMPARE(read("c0"), Value());
    QCOMPARE(read("c2"), Value(false));
    QCOMPARE(read("c3"), Value(true));
}

void TestMessagePackReader::everyLengthIsRead()
{
    const Value a = Value::string("a");
    for (const char *digits : {"a161", "d90161", "da000161", "db0000000161"})
        QCOMPARE(read(digits), a);
    for (const char *digits : {"c40161", "c5000161", "c60000000161"})
        QCOMPARE(read(digits), Value::bytes("a"));
    for (const char *digits : {"91a161", "dc0001a161", "dd00000001a161"})
        QCOMPARE(read(digits), Value::list({a}));
    for (const char *digits : {"81a16101", "de0001a16101", "df00000001a16101"})
        QCOMPARE(read(digits), Value::map({{a, Value(1)}}));
}

void TestMessagePackReader::textThatIsNotUtf8IsBytes()
{
    QCOMPARE(read("a2c3a9"), Value::string("é"));
    QCOMPARE(read("a2c3ff"), Value::bytes("\xc3\xff"));
}

void TestMessagePackReader::keysMayBeAnything()
{
    QCOMPARE(read("84010290030203c004"),
             Value::map({{Value(1), Value(2)},
                         {Value::list({}), Value(3)},
                         {Value(2), Value(3)},
                         {Value(), Value(4)}}));
    // Equal keys: the last one counts, containers as keys included.
    QCOMPARE(
        read("839101029102039101ff"),
        Value::map({{Value::list({Value(1)}), Value(-1)}, {Value::list({Value(2)}), Value(3)}}));
}

void TestMessagePackReader::timestampsBecomeDatetimes()
{
    const auto utc
        = [](qint16 year, int month, int day, int hour, int minute, int second, quint32 micro) {
              return Value(DateTime{{year, static_cast<quint8>(month), static_cast<quint8>(day)},
                                    {static_cast<quint8>(hour), static_cast<quint8>(minute),
                                     static_cast<quint8>(second), micro, 0}});
          };
    QCOMPARE(read("d6ff00000000"), utc(1970, 1, 1, 0, 0, 0, 0));
    QCOMPARE(read("d6ffffffffff"), utc(2106, 2, 7, 6, 28, 15, 0));
    // 250 microseconds after 2026-11-22T08:30:01Z, and a second before 1970.
    QCOMPARE(read("d7ff000f42406b02a809"), utc(2026, 11, 22, 8, 30, 1, 250));
    QCOMPARE(read("c70cff00000000ffffffffffffffff"), utc(1969, 12, 31, 23, 59, 59, 0));
    // More nanoseconds than a second has, and a year beyond 9999: not a time.
    QCOMPARE(read("d7ffffffffff00000000").type(), Value::Type::Object);
    QCOMPARE(read("c70cff000000007fffffffffffffff").type(), Value::Type::Object);
}

void TestMessagePackReader::otherExtensionsAreShown()
{
    const auto extension = [](int type, const QByteArray &bytes) {
        return Value::object(
            {"msgpack.ExtType",
             {{Value::string("args"), Value::tuple({Value(type), Value::bytes(bytes)})}}});
    };
    QCOMPARE(read("d40561"), extension(5, "a"));
    QCOMPARE(read("d5806161"), extension(-128, "aa"));
    QCOMPARE(read("d80561616161616161616161616161616161"), extension(5, QByteArray(16, 'a')));
    for (const char *digits : {"c7020561ff", "c800020561ff", "c9000000020561ff"})
        QCOMPARE(read(digits), extension(5, "a\xff"));
}

void TestMessagePackReader::whatIsNoMessagePackIsAnError_data()
{
    QTest::addColumn<QByteArray>("bytes");
    for (const char *digits :
         {"", "c1", "0000", "a1", "91", "81", "8101", "92c0", "d9", "cb00", "c7", "c70105",
          "d6ff00", "ddffffffff", "dfffffffff00", "dbffffffff00"})
        QTest::newRow(digits) << hex(digits);
}

void TestMessagePackReader::whatIsNoMessagePackIsAnError()
{
    QFETCH(QByteArray, bytes);
    const auto value = readMessagePack(bytes, {});
    QVERIFY(!value);
    QCOMPARE(value.error().code, Error::Code::Undecodable);
}

void TestMessagePackReader::cutOffAnywhereIsAnError()
{
    const QByteArray bytes = hex(
        "87a16193c0c2c3a162cb3ff8000000000000a163c40301ff02a164d6ff6a1ac2a9a165cf7fffffffffffffff"
        "01dc0002a378797ad90161a16681a0c70205616b");
    QVERIFY(readMessagePack(bytes, {}));
    for (qsizetype size = 0; size < bytes.size(); ++size)
        QVERIFY(!readMessagePack(QByteArrayView(bytes).first(size), {}));
    QVERIFY(!readMessagePack(bytes + '\xc0', {}));
}

void TestMessagePackReader::noBytesCrashIt()
{
    QVERIFY(rc::check("noise", [] {
        const auto value = readMessagePack(arbitraryBytes(), {});
        RC_ASSERT(value || !value.error().reason.isEmpty());
    }));
}

void TestMessagePackReader::limitsAreNamed()
{
    const DecodeLimits limits{.depth = 5, .values = 20, .containerItems = 5};
    QCOMPARE(limitOf(hex("9191919190"), limits), "read");
    QCOMPARE(limitOf(hex("919191919190"), limits), "it goes over the limit depth of 5");
    QCOMPARE(limitOf(hex("81c081c081c081c081c080"), limits), "it goes over the limit depth of 5");
    QCOMPARE(limitOf(hex("950000000000"), limits), "read");
    QCOMPARE(limitOf(hex("96000000000000"), limits), "it goes over the limit containerItems of 5");
    QCOMPARE(limitOf(hex("9494000000009400000000940000000093000000"), limits), "read");
    QCOMPARE(limitOf(hex("949400000000940000000094000000009400000000"), limits),
             "it goes over the limit values of 20");
    QCOMPARE(limitOf(QByteArray(1'000'000, '\x91'), {}), "it goes over the limit depth of 500");
}

void TestMessagePackReader::announcedSizesTakeNoMemory()
{
    // 500 lists inside one another, each said to hold two million: 40 GB, if one believed it.
    QByteArray bytes;
    for (int i = 0; i < 499; ++i)
        bytes += hex("dd001e8480");
    bytes += QByteArray(2'500'000, '\xc0');
    const auto value = readMessagePack(bytes, {});
    QVERIFY(!value);
}

QTEST_GUILESS_MAIN(TestMessagePackReader)
#include "tst_msgpackreader.moc"
