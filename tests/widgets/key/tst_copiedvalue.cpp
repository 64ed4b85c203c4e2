// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/key/copiedvalue.h"

#include <QTest>

using namespace Cachelens;

class TestCopiedValue final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aDecodedValueIsJson()
    {
        EntryDetails details;
        details.summary.facts.type = KeyType::String;
        DecodedEntry decoded;
        decoded.value = Value::string("result");
        details.decoded = decoded;
        const CopiedValue copied = copiedValue(details);
        QCOMPARE(copied.text, QStringLiteral("\"result\""));
        QVERIFY(!copied.truncated);
    }

    void whatCannotBeDecodedIsItsBytes()
    {
        EntryDetails details;
        details.summary.facts.type = KeyType::String;
        details.bytes = QByteArray("a\0\xff", 3);
        details.decoded = failure({Error::Code::Undecodable, "decode", "k", "no", false});
        QCOMPARE(copiedValue(details).text, QStringLiteral("a\\x00\\xff"));
        QVERIFY(!copiedValue(details).truncated);
        details.partial = true;
        QVERIFY(copiedValue(details).truncated);
    }

    void otherKindsAreALineForEachElement()
    {
        EntryDetails details;
        details.summary.facts.type = KeyType::Hash;
        details.summary.facts.size = 2;
        details.elements = {{"name", "Ann"}, {"mail", "a\nb"}};
        QCOMPARE(copiedValue(details).text, QStringLiteral("name\tAnn\nmail\ta\\x0ab"));
        QVERIFY(!copiedValue(details).truncated);
        details.summary.facts.size = 3;
        QVERIFY(copiedValue(details).truncated);
    }
};

QTEST_GUILESS_MAIN(TestCopiedValue)
#include "tst_copiedvalue.moc"
