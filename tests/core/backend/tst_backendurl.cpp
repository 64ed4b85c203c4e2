// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/backendurl.h"

#include <QTest>

using namespace Cachelens;
using Scheme = BackendUrl::Scheme;

Q_DECLARE_METATYPE(Cachelens::BackendUrl)

class TestBackendUrl : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aUrlIsReadInItsParts_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<BackendUrl>("expected");
        QTest::addColumn<QByteArray>("description");

        const auto row
            = [](const QByteArray &text, const BackendUrl &url, const QByteArray &description) {
                  QTest::newRow(text.constData()) << text << url << description;
              };
        row("redis://", {}, "redis://127.0.0.1:6379/0");
        row("redis://shop-cache", {.host = "shop-cache"}, "redis://shop-cache:6379/0");
        row("REDIS://h:7000/12", {.host = "h", .port = 7000, .database = 12}, "redis://h:7000/12");
        row("redis://h/", {.host = "h"}, "redis://h:6379/0");
        row("redis://[::1]:1/2", {.host = "::1", .port = 1, .database = 2}, "redis://[::1]:1/2");
        row("redis://[fe80::1]", {.host = "fe80::1"}, "redis://[fe80::1]:6379/0");
        row("redis://[fe80::1%25eth0]:7", {.host = "fe80::1%eth0", .port = 7},
            "redis://[fe80::1%25eth0]:7/0");
        row("redis://ann:s%40c%2Fr%3At@h/1",
            {.host = "h", .database = 1, .user = "ann", .password = "s@c/r:t"},
            "redis://ann@h:6379/1");
        row("redis://:secret@h", {.host = "h", .password = "secret"}, "redis://h:6379/0");
        row("redis://a%3Ab@h", {.host = "h", .user = "a:b"}, "redis://a%3Ab@h:6379/0");
        row("redis://:p@ss:word@h", {.host = "h", .password = "p@ss:word"}, "redis://h:6379/0");
        row("rediss://h:1", {.scheme = Scheme::RedisTls, .host = "h", .port = 1}, "rediss://h:1/0");
        row("unix:///run/redis.sock", {.scheme = Scheme::Unix, .path = "/run/redis.sock"},
            "unix:///run/redis.sock");
        row("unix:///a%20b%3Fc@d?db=3", {.scheme = Scheme::Unix, .path = "/a b?c@d", .database = 3},
            "unix:///a%20b%3Fc@d?db=3");
        row("unix://ann:pw@/s?db=0",
            {.scheme = Scheme::Unix, .path = "/s", .user = "ann", .password = "pw"},
            "unix://ann@/s");
        row("memory:", {.scheme = Scheme::Memory}, "memory:");
    }

    void aUrlIsReadInItsParts()
    {
        QFETCH(QByteArray, text);
        QFETCH(BackendUrl, expected);
        QFETCH(QByteArray, description);

        const auto url = BackendUrl::parse(text);
        QVERIFY2(url, url ? "" : url.error().message().constData());
        QVERIFY(*url == expected);
        QCOMPARE(url->description(), description);

        const auto again = BackendUrl::parse(description);
        QVERIFY(again);
        expected.password.clear();
        QVERIFY(*again == expected);
    }

    void whatIsNotAUrlIsNamedWithoutItsPassword_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("subject");
        QTest::addColumn<QByteArray>("word"); // of the reason

        const auto row
            = [](const QByteArray &text, const QByteArray &subject, const QByteArray &word) {
                  QTest::addRow("%s", text.isEmpty() ? "nothing" : text.constData())
                      << text << subject << word;
              };
        row("", "", "redis://");
        row("localhost:6379", "localhost:6379", "redis://");
        row("http://u:secret@h", "http://u:***@h", "redis://");
        row("u:secret@h", "u:***@h", "redis://");
        row("redis://h:0", "redis://h:0", "port");
        row("redis://h:65536", "redis://h:65536", "port");
        row("redis://h:", "redis://h:", "port");
        row("redis://u:secret@h:x/1", "redis://u:***@h:x/1", "port");
        row("redis://:secret", "redis://:***", "port");
        row("redis://u:secret/1", "redis://u:***/1", "port");
        row("redis://u:secr/et@h", "redis://u:***@h", "%2F");
        row("redis://u:secret%zz@h", "redis://u:***@h", "hexadecimal");
        row("redis://u:secret%4@h", "redis://u:***@h", "hexadecimal");
        row("redis://h/one", "redis://h/one", "database");
        row("redis://h/-1", "redis://h/-1", "database");
        row("redis://h/1/2", "redis://h/1/2", "database");
        row("redis://h/99999999999999999999", "redis://h/99999999999999999999", "database");
        row("redis://::1", "redis://::1", "brackets");
        row("redis://[::1", "redis://[::1", "]");
        row("redis://[::1]x", "redis://[::1]x", "port");
        row("redis://a%00b", "redis://a%00b", "host");
        row("unix://", "unix://", "path");
        row("unix://relative/path", "unix://relative/path", "path");
        row("unix:///", "unix:///", "path");
        row("unix:///s?db=x", "unix:///s?db=x", "database");
        row("unix:///s?password=secret", "unix:///s?password=***", "db=");
        row("unix:///s%00", "unix:///s%00", "path");
        const QByteArray longPath = "unix:///" + QByteArray(107, 'p');
        row(longPath, longPath, "107");
        row("memory:x", "memory:x", "redis://");
    }

    void whatIsNotAUrlIsNamedWithoutItsPassword()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, subject);
        QFETCH(QByteArray, word);

        const auto url = BackendUrl::parse(text);
        QVERIFY(!url);
        QCOMPARE(url.error().code, Error::Code::InvalidInput);
        QCOMPARE(url.error().subject, subject);
        QVERIFY2(url.error().reason.contains(word), url.error().reason.constData());
        QVERIFY(!url.error().message().contains("secr"));
        QVERIFY(!url.error().retryable);
    }
};

QTEST_GUILESS_MAIN(TestBackendUrl)
#include "tst_backendurl.moc"
