// SPDX-License-Identifier: GPL-3.0-or-later
#include "compressors.h"
#include "core/payload/entrycodec.h"
#include "randomvalue.h"

#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

constexpr std::array s_compressors{Compressor::Zlib, Compressor::Gzip, Compressor::Lz4,
                                   Compressor::Xz, Compressor::Zstd};

QByteArray sampleText()
{
    QByteArray text;
    for (int i = 0; i < 300; ++i)
        text += "line " + QByteArray::number(i * 7919 % 1000) + '\n';
    return text;
}

void addCompressors()
{
    QTest::addColumn<Compressor>("compressor");
    for (const Compressor compressor : s_compressors)
        QTest::newRow(name(compressor)) << compressor;
}

} // namespace

Q_DECLARE_METATYPE(Cachelens::Compressor)

class TestDecompress : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsCompressedComesBack();
    void theOldLzmaContainerComesBack();
    void bytesOfNoCompressorStayAsTheyAre();
    void cutOffAnywhereIsAnError_data() { addCompressors(); }
    void cutOffAnywhereIsAnError();
    void whatFollowsIsAnError_data() { addCompressors(); }
    void whatFollowsIsAnError();
    void damageIsAnErrorOrHarmless_data() { addCompressors(); }
    void damageIsAnErrorOrHarmless();
    void oneAfterAnotherIsOne_data();
    void oneAfterAnotherIsOne();
    void theLimitIsExact_data() { addCompressors(); }
    void theLimitIsExact();
    void bombsStopAtTheLimit_data() { addCompressors(); }
    void bombsStopAtTheLimit();
    void sixtyFourMebibytesAreTheDefault();
    void aDictionaryBeyondTheLimitIsRefused();
};

void TestDecompress::whatIsCompressedComesBack()
{
    QVERIFY(rc::check("compressors", [] {
        const auto which = *rc::gen::inRange<std::size_t>(0, s_compressors.size());
        const QByteArray bytes = arbitraryBytes().repeated(*rc::gen::inRange(1, 200));
        const auto back = decompress(compress(s_compressors[which], bytes));
        RC_ASSERT(back);
        RC_ASSERT(back->compressor == s_compressors[which]);
        RC_ASSERT(back->bytes == bytes);
    }));
}

void TestDecompress::theOldLzmaContainerComesBack()
{
    const QByteArray packed = compressLzma(sampleText());
    const auto back = decompress(packed);
    QVERIFY(back);
    QCOMPARE(back->compressor, Compressor::Xz);
    QCOMPARE(back->bytes, sampleText());
    for (qsizetype size = 13; size < packed.size(); ++size)
        QVERIFY(!decompress(QByteArrayView(packed).first(size)));
}

void TestDecompress::bytesOfNoCompressorStayAsTheyAre()
{
    for (const QByteArray &bytes : {QByteArray(), QByteArray("x"), QByteArray("{\"a\": 1}"),
                                    QByteArray("\x80\x04N."), QByteArray("\x78\x00", 2)}) {
        const auto same = decompress(bytes);
        QVERIFY(same);
        QCOMPARE(same->compressor, Compressor::None);
        QCOMPARE(same->bytes, bytes);
    }
}

void TestDecompress::cutOffAnywhereIsAnError()
{
    QFETCH(Compressor, compressor);
    const QByteArray packed = compress(compressor, sampleText());
    // What the shortest beginnings are is not to be told.
    for (qsizetype size = 6; size < packed.size(); ++size) {
        const auto cut = decompress(QByteArrayView(packed).first(size));
        QVERIFY2(!cut, QByteArray::number(size).constData());
        QCOMPARE(cut.error().code, Error::Code::Undecodable);
        QVERIFY(cut.error().reason.contains(name(compressor)));
    }
}

void TestDecompress::whatFollowsIsAnError()
{
    QFETCH(Compressor, compressor);
    const QByteArray packed = compress(compressor, sampleText());
    for (const QByteArray &garbage :
         {QByteArray("x"), QByteArray("\0", 1), QByteArray("garbage")}) {
        const auto back = decompress(packed + garbage);
        QVERIFY(!back);
        QCOMPARE(back.error().code, Error::Code::Undecodable);
    }
}

void TestDecompress::damageIsAnErrorOrHarmless()
{
    QFETCH(Compressor, compressor);
    const QByteArray packed = compress(compressor, sampleText());
    int errors = 0;
    for (qsizetype at = 6; at < packed.size(); ++at) {
        QByteArray damaged = packed;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        const auto back = decompress(damaged);
        errors += back ? 0 : 1;
    }
    // Zstandard and gzip have bytes that say nothing; the rest is covered by checks.
    QVERIFY2(errors > packed.size() / 2, QByteArray::number(errors).constData());
}

void TestDecompress::oneAfterAnotherIsOne_data()
{
    QTest::addColumn<Compressor>("compressor");
    for (const Compressor compressor :
         {Compressor::Gzip, Compressor::Lz4, Compressor::Xz, Compressor::Zstd})
        QTest::newRow(name(compressor)) << compressor;
}

void TestDecompress::oneAfterAnotherIsOne()
{
    QFETCH(Compressor, compressor);
    const auto back = decompress(compress(compressor, "first ") + compress(compressor, "second"));
    QVERIFY(back);
    QCOMPARE(back->bytes, "first second");
}

void TestDecompress::theLimitIsExact()
{
    QFETCH(Compressor, compressor);
    const QByteArray packed = compress(compressor, QByteArray(10'000, 'x'));
    QVERIFY(decompress(packed, {.decompressedBytes = 10'000}));
    const auto over = decompress(packed, {.decompressedBytes = 9'999});
    QVERIFY(!over);
    QCOMPARE(over.error().code, Error::Code::LimitExceeded);
    QCOMPARE(over.error().reason, "it goes over the limit decompressedBytes of 9999");
}

void TestDecompress::bombsStopAtTheLimit()
{
    QFETCH(Compressor, compressor);
    const QByteArray bomb = compress(compressor, QByteArray(9 * 1024 * 1024, '\0'));
    QVERIFY(bomb.size() < 64 * 1024);
    const auto entry = decodeEntry(bomb, {.decompressedBytes = 8 * 1024 * 1024});
    QVERIFY(!entry);
    QCOMPARE(entry.error().code, Error::Code::LimitExceeded);
    QVERIFY(entry.error().reason.contains("decompressedBytes"));
}

void TestDecompress::sixtyFourMebibytesAreTheDefault()
{
    const QByteArray zeros(64 * 1024 * 1024 + 1, '\0');
    QVERIFY(decompress(compress(Compressor::Zstd, QByteArrayView(zeros).chopped(1))));
    QVERIFY(!decompress(compress(Compressor::Zstd, zeros)));
}

void TestDecompress::aDictionaryBeyondTheLimitIsRefused()
{
    // The old container's header says how great a dictionary the reader must keep: 2 GiB.
    QByteArray packed = compressLzma("text");
    packed[1] = '\0';
    packed[2] = '\0';
    packed[3] = '\0';
    packed[4] = '\x80';
    const auto refused = decompress(packed);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Error::Code::LimitExceeded);
}

QTEST_GUILESS_MAIN(TestDecompress)
#include "tst_decompress.moc"
