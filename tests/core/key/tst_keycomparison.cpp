// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"
#include "core/key/keycomparison.h"

#include <QTest>

using namespace Cachelens;

namespace {

const KeyReader &reader()
{
    static const KeyReader reader = [] {
        const auto catalog = Catalog::fromFile(CACHELENS_TEST_DATA "/restflow-live.catalog.json");
        if (!catalog)
            qFatal("%s", catalog.error().message().constData());
        return catalog->keyReader();
    }();
    return reader;
}

const QByteArray users = ":2:users::shop.services.get_user_payload::";

/// "part: left | right hint" of each part that differs.
QByteArrayList differences(const QByteArray &left, const QByteArray &right)
{
    static const QByteArrayList whats{"prefix", "version", "namespace", "function",
                                      "field",  "digest",  "whole"};
    static const QByteArrayList hints{"", " case", " space", " order", " absent"};
    QByteArrayList all;
    for (const ComparedPart &part : compareKeys(reader(), left, right)) {
        if (part.same())
            continue;
        QByteArray name = whats.at(int(part.what));
        if (part.what == ComparedPart::What::Field)
            name += ' ' + part.field;
        all.append(name + ": " + part.left.value_or("-") + " | " + part.right.value_or("-")
                   + hints.at(int(part.hint)));
    }
    return all;
}

} // namespace

class TestKeyComparison : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aKeyIsTheSameAsItself();
    void tellsWhereTwoKeysPart_data();
    void tellsWhereTwoKeysPart();
    void completesAKeyWithoutItsHead();
};

void TestKeyComparison::aKeyIsTheSameAsItself()
{
    for (const QByteArray &key : {users + "user_id:42::page:1::v:1", QByteArray("plain")}) {
        const auto parts = compareKeys(reader(), key, key);
        QVERIFY(!parts.empty());
        for (const ComparedPart &part : parts) {
            QVERIFY(part.same());
            QCOMPARE(part.hint, ComparedPart::Hint::None);
        }
    }
    const auto parts = compareKeys(reader(), users + "user_id:42::page:1::v:1",
                                   users + "user_id:42::page:1::v:1");
    QCOMPARE(parts.size(), size_t(7)); // prefix, version, namespace, function and three fields
    QVERIFY(parts[4].partition);
    QCOMPARE(parts[4].argument, "user_id");
}

void TestKeyComparison::tellsWhereTwoKeysPart_data()
{
    QTest::addColumn<QByteArray>("left");
    QTest::addColumn<QByteArray>("right");
    QTest::addColumn<QByteArrayList>("expected");
    const auto row
        = [](const char *name, const QByteArray &left, const QByteArray &right,
             const QByteArrayList &expected) { QTest::newRow(name) << left << right << expected; };
    const QByteArray one = users + "user_id:42::page:1::v:1";
    row("a field", one, users + "user_id:42::page:2::v:1", {"field page: 1 | 2"});
    row("a constant", one, users + "user_id:42::page:1::v:2", {"field version: 1 | 2"});
    row("a field that was added", one, users + "user_id:42::page:1::q:x::v:1",
        {"field page: 1 | 1::q:x"});
    row("letters", users + "user_id:Ada::page:1::v:1", users + "user_id:ada::page:1::v:1",
        {"field user: Ada | ada case"});
    row("letters beyond ASCII", users + "user_id:Ä::page:1::v:1", users + "user_id:ä::page:1::v:1",
        {"field user: Ä | ä case"});
    row("space", users + "user_id:42 ::page:1::v:1", one, {"field user: 42  | 42 space"});
    row("order", users + "user_id:1,2::page:1::v:1", users + "user_id:2,1::page:1::v:1",
        {"field user: 1,2 | 2,1 order"});
    row("version of the cache", one, ':' + QByteArray("1") + one.sliced(2), {"version: 2 | 1"});
    row("prefix of the cache", one, "shop" + one, {"prefix:  | shop"});
    row("function", one, ":2:users::shop.services.other::user_id:42::page:1",
        {"function: shop.services.get_user_payload | shop.services.other",
         "field version: 1 | - absent"});
    const QByteArray reports = ":1:reports::shop.services.ReportView.report::region:eu::tenant:a::";
    row("digest", reports + QByteArray(64, 'a'), reports + QByteArray(64, 'b'),
        {"digest: " + QByteArray(64, 'a') + " | " + QByteArray(64, 'b')});
    row("foreign", one, "plain", {"whole: " + one + " | plain"});
}

void TestKeyComparison::tellsWhereTwoKeysPart()
{
    QFETCH(QByteArray, left);
    QFETCH(QByteArray, right);
    QFETCH(QByteArrayList, expected);
    QCOMPARE(differences(left, right), expected);
}

void TestKeyComparison::completesAKeyWithoutItsHead()
{
    const QByteArray tail = "users::shop.services.get_user_payload::user_id:42::page:1::v:1";
    QCOMPARE(completedKey(reader(), tail, "shop", 3), "shop:3:" + tail);
    QCOMPARE(completedKey(reader(), ":2:" + tail, "shop", 3), ":2:" + tail);
    QCOMPARE(completedKey(reader(), "plain", "shop", 3), "plain");
}

QTEST_APPLESS_MAIN(TestKeyComparison)
#include "tst_keycomparison.moc"
