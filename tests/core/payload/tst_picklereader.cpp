// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/picklereader.h"
#include "core/value/valuejson.h"
#include "encoders.h"
#include "randomvalue.h"

#include <QFile>
#include <QtEndian>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

struct Sample {
    QByteArray name;
    int protocol = 0;
    QByteArray pickle;
    Value expect;
};

std::vector<Sample> samples()
{
    QFile file(QStringLiteral(CACHELENS_TEST_DATA "/pickles/pickles.jsonl"));
    std::vector<Sample> found;
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no pickles.jsonl");
    while (!file.atEnd()) {
        const auto line = valueFromJson(file.readLine(), "pickles.jsonl");
        if (!line)
            qFatal("%s", line.error().message().constData());
        found.push_back(
            {line->find("name")->toByteArray(), static_cast<int>(line->find("protocol")->toInt()),
             QByteArray::fromBase64(line->find("pickle")->toByteArray()), *line->find("expect")});
    }
    return found;
}

QByteArray binary(QByteArrayView body)
{
    return "\x80\x02" + body.toByteArray() + '.';
}

QByteArray reasonOf(const QByteArray &pickle, const DecodeLimits &limits = {})
{
    const auto read = readPickle(pickle, limits);
    return read ? QByteArray("read") : read.error().reason;
}

/// The limit that an answer names; empty when it is not about a limit.
QByteArray limitOf(const QByteArray &pickle, const DecodeLimits &limits = {})
{
    const auto read = readPickle(pickle, limits);
    if (read || read.error().code != Error::Code::LimitExceeded)
        return {};
    const QByteArray before = "it goes over the limit ";
    const qsizetype begin = read.error().reason.indexOf(before) + before.size();
    return read.error().reason.sliced(begin, read.error().reason.indexOf(' ', begin) - begin);
}

QByteArray repeated(QByteArrayView what, int times)
{
    return what.toByteArray().repeated(times);
}

/// As many different keys of a dict, with values.
QByteArray keys(char count)
{
    QByteArray pickled = "(";
    for (char i = 0; i < count; ++i) {
        pickled += 'K';
        pickled += i;
        pickled += 'N';
    }
    return pickled + 'u';
}

/// Lists that hold each other, by number.
using Lists = std::vector<std::vector<std::size_t>>;

/// A list of all of them, each memoized, and then filled.
QByteArray pickled(const Lists &lists)
{
    const auto recall
        = [](std::size_t list) { return 'h' + QByteArray(1, static_cast<char>(list)); };
    QByteArray body = "](";
    for (std::size_t i = 0; i < lists.size(); ++i)
        body += "]q" + QByteArray(1, static_cast<char>(i));
    body += 'e';
    for (std::size_t i = 0; i < lists.size(); ++i) {
        body += recall(i) + '(';
        for (const std::size_t held : lists[i])
            body += recall(held);
        body += "e0";
    }
    return binary(body);
}

/// The same as it is to be shown: a list inside itself, on the way from the root, is a cycle.
Value unfolded(const Lists &lists, std::size_t list, std::vector<bool> &open)
{
    if (open[list])
        return Value::cycle();
    open[list] = true;
    ValueList items;
    for (const std::size_t held : lists[list])
        items.push_back(unfolded(lists, held, open));
    open[list] = false;
    return Value::list(std::move(items));
}

Value unfolded(const Lists &lists)
{
    std::vector<bool> open(lists.size(), false);
    ValueList all;
    for (std::size_t i = 0; i < lists.size(); ++i)
        all.push_back(unfolded(lists, i, open));
    return Value::list(std::move(all));
}

} // namespace

class TestPickleReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindOfValueIsReadInEveryProtocol();
    void cutOffAnywhereIsAnError();
    void anotherByteBehindIsAnError();
    void whatIsWrittenIsReadBack();
    void circlesRecurWhereverTheWalkComesIn();
    void noBytesCrashIt();
    void brokenPicklesSayWhatIsWrong_data();
    void brokenPicklesSayWhatIsWrong();
    void limitsAreNamed_data();
    void limitsAreNamed();
    void sharedPartsAreNotCopied();
    void nestingDoesNotDependOnTheStack();
    void sharedNestingCountsWhereItEnds();
    void circlesThatUnfoldStopAtTheValues();
    void circlesTakeTheTimeOfWhatTheyHold();
    void callsDoNotMultiplyText();
    void longNumbersCountForWhatTheyCost();
    void aMemoNumberTakesNoTable();
};

void TestPickleReader::everyKindOfValueIsReadInEveryProtocol()
{
    int count = 0;
    for (const Sample &sample : samples()) {
        const auto read = readPickle(sample.pickle, {});
        QVERIFY2(read, (sample.name + (read ? "" : ": " + read.error().message())).constData());
        QVERIFY2(read->value == sample.expect,
                 (sample.name + ": got " + valueToJson(read->value).json + ", not "
                  + valueToJson(sample.expect).json)
                     .constData());
        // A text pickle of protocol 1 may have nothing in it that is binary.
        if (sample.protocol != 1)
            QVERIFY2(read->protocol == sample.protocol, sample.name.constData());
        ++count;
    }
    QVERIFY(count > 300);
}

void TestPickleReader::cutOffAnywhereIsAnError()
{
    for (const Sample &sample : samples()) {
        const qsizetype step = sample.pickle.size() > 4000 ? 97 : 1;
        for (qsizetype size = 0; size < sample.pickle.size(); size += step) {
            const auto read = readPickle(QByteArrayView(sample.pickle).first(size), {});
            QVERIFY2(!read, (sample.name + " cut to " + QByteArray::number(size)).constData());
            QVERIFY(read.error().code == Error::Code::Undecodable);
        }
    }
}

void TestPickleReader::anotherByteBehindIsAnError()
{
    for (const Sample &sample : samples())
        QVERIFY2(!readPickle(sample.pickle + '.', {}), sample.name.constData());
}

void TestPickleReader::whatIsWrittenIsReadBack()
{
    QVERIFY(rc::check("pickles of every protocol", [] {
        const Value value = *arbitraryValue(Format::Pickle);
        const int protocol = *rc::gen::inRange(0, 6);
        const auto read = readPickle(encodePickle(value, protocol), {});
        RC_ASSERT(read);
        RC_ASSERT(read->value == value);
    }));
}

void TestPickleReader::circlesRecurWhereverTheWalkComesIn()
{
    QVERIFY(rc::check("lists that hold each other", [] {
        const auto count = *rc::gen::inRange<std::size_t>(1, 6);
        const auto lists = *rc::gen::container<Lists>(
            count,
            rc::gen::container<std::vector<std::size_t>>(*rc::gen::inRange<std::size_t>(0, 4),
                                                         rc::gen::inRange<std::size_t>(0, count)));
        const auto read = readPickle(pickled(lists), {});
        RC_ASSERT(read);
        RC_ASSERT(read->value == unfolded(lists));
    }));
}

void TestPickleReader::noBytesCrashIt()
{
    // Valid pickles with a few bytes changed come further than noise does.
    const std::vector<Sample> valid = samples();
    QVERIFY(rc::check("damaged pickles", [&valid] {
        const auto which = *rc::gen::inRange<std::size_t>(0, valid.size());
        QByteArray pickle = valid[which].pickle;
        const int changes = *rc::gen::inRange(1, 5);
        for (int i = 0; i < changes; ++i)
            pickle[*rc::gen::inRange<qsizetype>(0, pickle.size())] = *rc::gen::arbitrary<char>();
        const auto read = readPickle(pickle, {});
        RC_ASSERT(read || !read.error().reason.isEmpty());
    }));
    QVERIFY(rc::check("noise", [] {
        const auto read = readPickle(arbitraryBytes() + '.', {});
        RC_ASSERT(read || !read.error().reason.isEmpty());
    }));
}

void TestPickleReader::brokenPicklesSayWhatIsWrong_data()
{
    QTest::addColumn<QByteArray>("pickle");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char *name, const QByteArray &pickle, const char *reason) {
        QTest::newRow(name) << pickle << QByteArray(reason);
    };
    row("empty", "", "cut off");
    row("no opcode", binary("\x01"), "no pickle opcode at byte 2");
    row("newer protocol", "\x80\x06N.", "protocol above 5");
    row("stack is empty", binary("0"), "stack is empty");
    row("two values", binary("NN"), "exactly one value");
    row("open mark", binary("(N"), "exactly one value");
    row("no mark", binary("Nt"), "no mark");
    row("below the mark", binary("]N(a"), "stack is empty");
    row("appends below the mark",
        binary("](("
               "Ne"),
        "stack is empty");
    row("unknown memo", binary("h\x05"), "not noted");
    row("append to a dict", binary("}Na"), "no container");
    row("key in a list", binary("]NNs"), "no container");
    row("key without value", binary("}(Nu"), "key without a value");
    row("state of a list", binary("]Nb"), "no object");
    row("name that is no text", binary("NN\x93"), "no text");
    row("text that is not UTF-8", binary(QByteArrayView("X\x01\0\0\0\xff", 6)), "not UTF-8");
    row("text that is too long",
        binary("X\xff\xff\xff\x7f"
               "a"),
        "cut off");
    row("bytes that are too long",
        binary("\x8e\xff\xff\xff\xff\xff\xff\xff\xff"
               "a"),
        "cut off");
    row("frame that is too long", binary("\x95\xff\xff\xff\xff\xff\xff\xff\xffN"), "cut off");
    row("integer", "I12x\n.", "an integer that is not one");
    row("float", "F1.5.5\n.", "a float that is not one");
    row("string without its quote", "S'abc\n.", "a string that is not one");
    row("escape without its digits", "V\\u12\n.", "text that is not any");
    row("memo number", "Np-1\n.", "memo number");
    row("buffer", "\x80\x05\x97.", "outside of itself");
    row("read-only buffer", "\x80\x05N\x98.", "outside of itself");
    row("long name of a class", binary("c" + repeated("m", 5000) + "\nn\n"), "too long");
}

void TestPickleReader::brokenPicklesSayWhatIsWrong()
{
    QFETCH(QByteArray, pickle);
    QFETCH(QByteArray, reason);
    const QByteArray got = reasonOf(pickle);
    QVERIFY2(got.contains(reason), got.constData());
}

void TestPickleReader::limitsAreNamed_data()
{
    QTest::addColumn<QByteArray>("within");
    QTest::addColumn<QByteArray>("beyond");
    QTest::addColumn<QByteArray>("limit");
    const auto row = [](const char *limit, const char *name, const QByteArray &within,
                        const QByteArray &beyond) {
        QTest::newRow(name) << binary(within) << binary(beyond) << QByteArray(limit);
    };
    // The limits below: 10 of each, 100 values.
    row("depth", "lists", repeated("]", 10) + repeated("a", 9),
        repeated("]", 11) + repeated("a", 10));
    row("depth", "tuples", "N" + repeated("\x85", 10), "N" + repeated("\x85", 11));
    row("depth", "dicts", repeated("}N", 9) + "}" + repeated("s", 9),
        repeated("}N", 10) + "}" + repeated("s", 10));
    row("memo", "memo", "N" + QByteArray("q\0q\1q\2q\3q\4q\5q\6q\7q\x8q\x9", 20),
        "N" + QByteArray("q\0q\1q\2q\3q\4q\5q\6q\7q\x8q\x9q\xa", 22));
    row("containerItems", "appended", "](" + repeated("N", 10) + "e",
        "](" + repeated("N", 11) + "e");
    row("containerItems", "appended one by one", "]" + repeated("Na", 10),
        "]" + repeated("Na", 11));
    row("containerItems", "tuple", "(" + repeated("N", 10) + "t", "(" + repeated("N", 11) + "t");
    row("containerItems", "keys", "}" + keys(10), "}" + keys(11));
    row("containerItems", "added to an object", "cm\nn\n)R(" + repeated("N", 10) + "e",
        "cm\nn\n)R(" + repeated("N", 11) + "e");
    row("values", "nodes", repeated("K\x01\x30", 97) + "N", repeated("K\x01\x30", 101) + "N");
    // A list of ten times the same ten-item list of the same ten-item list is 11 values and 111.
    row("values", "constants", "](" + repeated("](" + repeated("N", 9) + "e", 9) + "e",
        "](" + repeated("](" + repeated("N", 10) + "e", 10) + "e");
    row("values", "stack", "(" + repeated("N", 99) + "1N", "(" + repeated("N", 101) + "1N");
    row("values", "marks", repeated("(", 100) + repeated("1", 100) + "N",
        repeated("(", 101) + repeated("1", 101) + "N");
    row("values", "items of what is dropped", repeated("](" + repeated("N", 10) + "e0", 9) + "N",
        repeated("](" + repeated("N", 10) + "e0", 11) + "N");
    row("integerDigits", "decimal text", "L" + repeated("9", 10) + "L\n",
        "L" + repeated("9", 11) + "L\n");
    row("integerDigits", "bytes", QByteArray("\x8a\x05\xff\xff\xff\xff\x00", 7),
        "\x8a\x10" + repeated("\x7f", 16));
    row("integerDigits", "nine bytes", QByteArray("\x8a\x05\xff\xff\xff\xff\x00", 7),
        QByteArray("\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00", 11));
}

void TestPickleReader::limitsAreNamed()
{
    QFETCH(QByteArray, within);
    QFETCH(QByteArray, beyond);
    QFETCH(QByteArray, limit);
    const DecodeLimits limits{.decompressedBytes = 10,
                              .depth = 10,
                              .values = 100,
                              .memo = 10,
                              .containerItems = 10,
                              .integerDigits = 10};
    QCOMPARE(reasonOf(within, limits), "read");
    QCOMPARE(limitOf(beyond, limits), limit);
}

void TestPickleReader::sharedPartsAreNotCopied()
{
    // Each list holds the one before twice: 2^40 places, 40 lists.
    QByteArray body = "]q" + QByteArray(1, '\0');
    for (char i = 1; i <= 40; ++i) {
        body += "](h";
        body += static_cast<char>(i - 1);
        body += "h";
        body += static_cast<char>(i - 1);
        body += "eq";
        body += i;
    }
    // All but the last are beneath it on the stack.
    const QByteArray pickle = binary("(" + body + "1h\x28");
    const auto read = readPickle(pickle, {});
    QVERIFY2(read, read ? "" : read.error().message().constData());
    const Value *at = &read->value;
    for (int level = 0; level < 40; ++level) {
        QCOMPARE(at->items().size(), 2U);
        QCOMPARE(&at->items()[0].items(), &at->items()[1].items());
        at = &at->items()[0];
    }
    QVERIFY(at->items().empty());
}

void TestPickleReader::nestingDoesNotDependOnTheStack()
{
    QCOMPARE(limitOf(binary(repeated("]", 3'000'000) + repeated("a", 2'999'999))), "depth");
    QCOMPARE(limitOf(binary("N" + repeated("\x85", 3'000'000))), "depth");
    // getattr(getattr(...), ...) as the name of a class.
    QByteArray name = "cm\nn\n";
    for (int i = 0; i < 1000; ++i)
        name = "c__builtin__\ngetattr\n(" + name + "X\x01" + QByteArray(3, '\0') + "atR";
    const auto read = readPickle(binary(name), {.depth = 5000});
    QVERIFY2(read, read ? "" : read.error().message().constData());
}

void TestPickleReader::sharedNestingCountsWhereItEnds()
{
    // A list of depth 6 is fine at depth 1, and again beneath 4 more, but not beneath 5.
    const QByteArray shared = repeated("]", 6) + repeated("a", 5) + "q\x01";
    const auto beneath = [&shared](int levels) {
        return binary("](" + shared + repeated("](", levels - 1) + "h\x01" + repeated("e", levels));
    };
    const DecodeLimits limits{.depth = 10};
    QCOMPARE(reasonOf(beneath(4), limits), "read");
    QCOMPARE(limitOf(beneath(5), limits), "depth");
}

void TestPickleReader::circlesThatUnfoldStopAtTheValues()
{
    // Twenty lists, each holding all twenty: 20! ways around.
    QByteArray body = "(";
    for (char i = 0; i < 20; ++i) {
        body += "]q";
        body += i;
    }
    for (char i = 0; i < 20; ++i) {
        body += "h";
        body += i;
        body += '(';
        for (char j = 0; j < 20; ++j) {
            body += "h";
            body += j;
        }
        body += "e0";
    }
    const DecodeLimits limits{.values = 100'000};
    QCOMPARE(limitOf(binary(body + QByteArray("1h\0", 3)), limits), "values");
}

void TestPickleReader::circlesTakeTheTimeOfWhatTheyHold()
{
    // A list that holds itself, then 400 lists inside one another, each of them noted; the
    // innermost holds the first and the outermost a million times.
    QByteArray body = QByteArray("]q\0h\0a0", 7);
    for (int i = 1; i <= 400; ++i) {
        body += QByteArray("]r\0\0\0\0(", 7);
        qToLittleEndian(i, body.data() + body.size() - 5);
    }
    body += QByteArray("h\0h\1", 4).repeated(500'000) + repeated("e", 400);
    const auto read = readPickle(binary(body), {});
    QVERIFY2(read, read ? "" : read.error().message().constData());
    const Value *at = &read->value;
    while (at->items().size() == 1)
        at = &at->items().front();
    QCOMPARE(at->items().size(), 1'000'000U);
    QCOMPARE(at->items()[0], Value::list({Value::cycle()}));
    QCOMPARE(at->items()[1], Value::cycle());
}

void TestPickleReader::callsDoNotMultiplyText()
{
    // One text of 100 kB, made into a bytearray a thousand times.
    QByteArray body = "](B" + QByteArray("\xa0\x86\x01\x00", 4) + repeated("x", 100'000)
        + QByteArray("q\0"
                     "0",
                     3);
    body += "c__builtin__\nbytearray\nq\x01"
            "0";
    for (int i = 0; i < 1000; ++i)
        body += QByteArray("h\1h\0\x85R", 6);
    body += 'e';
    QCOMPARE(limitOf(binary(body), {.decompressedBytes = 10'000'000}), "decompressedBytes");
    QCOMPARE(reasonOf(binary(body), {.decompressedBytes = 200'000'000}), "read");

    // And a list of 1000, made into a set each time.
    QByteArray sets = "](](" + repeated("N", 1000)
        + QByteArray("eq\0"
                     "0",
                     4);
    sets += "c__builtin__\nset\nq\x01"
            "0";
    for (int i = 0; i < 1000; ++i)
        sets += QByteArray("h\1h\0\x85R", 6);
    sets += 'e';
    QCOMPARE(limitOf(binary(sets), {.values = 100'000}), "values");
}

void TestPickleReader::longNumbersCountForWhatTheyCost()
{
    // 9,633 digits each, whose time goes with their square.
    const QByteArray number = QByteArray("\x8b\xa0\x0f\x00\x00", 5) + repeated("\x7f", 4000);
    const DecodeLimits limits{.values = 50'000};
    QCOMPARE(reasonOf(binary('(' + number.repeated(3) + 't'), limits), "read");
    QCOMPARE(limitOf(binary('(' + number.repeated(4) + 't'), limits), "values");
}

void TestPickleReader::aMemoNumberTakesNoTable()
{
    const QByteArray pickle = binary("Nr\xff\xff\xff\xff");
    QCOMPARE(reasonOf(pickle), "read");
    QCOMPARE(reasonOf("Np18446744073709551615\ng18446744073709551615\n\x86."), "read");
    QVERIFY(reasonOf("Np18446744073709551616\n.").contains("memo number"));
}

QTEST_GUILESS_MAIN(TestPickleReader)
#include "tst_picklereader.moc"
