// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/payload/compression.h"
#include "core/payload/entrywriter.h"
#include "core/payload/jsonreader.h"
#include "core/payload/msgpackreader.h"
#include "core/payload/picklereader.h"
#include "core/value/valuejson.h"
#include "randomvalue.h"

#include <QProcess>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

/// Debian's Python with django-redis, which answers as pythonpeer.py says.
class Python {
public:
    Python()
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral("/usr/bin/python3"), {QStringLiteral(PYTHON_PEER)});
    }
    ~Python()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished();
    }

    /// Members are JSON texts.
    Value ask(const std::vector<std::pair<QByteArray, QByteArray>> &members)
    {
        QByteArray question;
        for (const auto &[name, base64] : members)
            question += (question.isEmpty() ? "" : ", ") + ('"' + name + "\": \"" + base64 + '"');
        m_process.write('{' + question + "}\n");
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(60000))
                qFatal("Python does not answer; scripts/setup.sh test installs what it needs");
        }
        const auto answer = valueFromJson(m_process.readLine(), "pythonpeer.py");
        if (!answer)
            qFatal("%s", answer.error().message().constData());
        return *answer;
    }

private:
    QProcess m_process;
};

QByteArray bytesOf(const Value &answer, QByteArrayView name)
{
    return QByteArray::fromBase64(answer.find(name)->toByteArray());
}

/// Python writes and reads the same as we do, or refuses the same.
void compareSerializer(const Value &answer, const Result<QByteArray> &ours,
                       Result<Value> (*read)(QByteArrayView, const DecodeLimits &))
{
    RC_ASSERT(ours.has_value() == (answer.find("theirs") != nullptr));
    if (!ours) {
        RC_ASSERT(ours.error().code == Error::Code::Unsupported);
        return;
    }
    const auto again = read(*ours, {});
    RC_ASSERT(again);
    RC_ASSERT(*answer.find("ours") == *again);
    RC_ASSERT(*answer.find("theirs") == *again);
    const auto theirs = read(bytesOf(answer, "bytes"), {});
    RC_ASSERT(theirs);
    RC_ASSERT(*theirs == *again);
}

} // namespace

class TestPythonPeer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatWeWriteAndTheOtherWayRound();
    void decompressesWhatWeCompressAndTheOtherWayRound();
    void readsOurEntries();

private:
    Python m_python;
};

void TestPythonPeer::readsWhatWeWriteAndTheOtherWayRound()
{
    QVERIFY(rc::check("values of Python", [this] {
        const Value value = *arbitraryValue(Format::Python);
        const auto pickle = encodeValue(value, Serializer::Pickle);
        RC_ASSERT(pickle);
        const auto json = encodeValue(value, Serializer::Json);
        const auto pack = encodeValue(value, Serializer::MessagePack);
        std::vector<std::pair<QByteArray, QByteArray>> question{{"pickle", pickle->toBase64()}};
        if (json)
            question.emplace_back("json", json->toBase64());
        if (pack)
            question.emplace_back("msgpack", pack->toBase64());
        const Value answer = m_python.ask(question);

        RC_ASSERT(*answer.find("value") == value);
        for (const Value &pickled : answer.find("pickles")->items()) {
            const auto read = readPickle(pickled.text(), {});
            RC_ASSERT(read);
            RC_ASSERT(read->value == value);
        }
        compareSerializer(*answer.find("json"), json, readJson);
        compareSerializer(*answer.find("msgpack"), pack, readMessagePack);
    }));
}

void TestPythonPeer::decompressesWhatWeCompressAndTheOtherWayRound()
{
    constexpr std::array compressors{Compressor::Zlib, Compressor::Gzip, Compressor::Xz};
    QVERIFY(rc::check("compressed bytes", [&] {
        // Django-redis leaves what has no more than 100 bytes as it is.
        const QByteArray plain = QByteArray(101, 'x') + arbitraryBytes();
        std::vector<std::pair<QByteArray, QByteArray>> question{{"plain", plain.toBase64()}};
        for (const Compressor compressor : compressors)
            question.emplace_back(name(compressor), compress(compressor, plain)->toBase64());
        const Value answer = m_python.ask(question);
        for (const Compressor compressor : compressors) {
            const Value &of = *answer.find(name(compressor));
            RC_ASSERT(bytesOf(of, "plain") == plain);
            const auto decompressed = decompress(bytesOf(of, "bytes"));
            RC_ASSERT(decompressed);
            RC_ASSERT(decompressed->compressor == compressor);
            RC_ASSERT(decompressed->bytes == plain);
        }
    }));
}

void TestPythonPeer::readsOurEntries()
{
    const WallTime now(std::chrono::milliseconds(1'800'000'000'000));
    const Value result = Value::map({{Value::string("id"), Value(42)}});
    const EntryTimes times{now, now + std::chrono::seconds(300), CacheStatus::Refresh};
    const auto pickle = encodeEntry(result, times);
    const auto json = encodeEntry(result, times, {.serializer = Serializer::Json});
    const auto pack = encodeEntry(result, times, {.serializer = Serializer::MessagePack});
    QVERIFY(pickle && json && pack);
    const Value answer = m_python.ask({{"pickle", pickle->toBase64()},
                                       {"json", json->toBase64()},
                                       {"msgpack", pack->toBase64()}});
    const auto entry = valueFromJson(
        R"({"value": {"id": 42}, "metadata": {"cached_at": "2027-01-15T08:00:00+00:00",)"
        R"( "cache_reset_at": "2027-01-15T08:05:00+00:00", "cache_status": "REFRESH"}})",
        "entry");
    QVERIFY(entry);
    QCOMPARE(*answer.find("value"), *entry);
    QCOMPARE(*answer.find("json")->find("ours"), *entry);
    QCOMPARE(*answer.find("msgpack")->find("ours"), *entry);
}

QTEST_GUILESS_MAIN(TestPythonPeer)
#include "tst_pythonpeer.moc"
