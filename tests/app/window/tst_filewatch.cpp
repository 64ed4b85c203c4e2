// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/filewatch.h"
#include "app/window/textfile.h"

#include <QDir>
#include <QFile>
#include <QSaveFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Cachelens;
using namespace Qt::StringLiterals;

namespace {

void write(const QString &name, const QByteArray &bytes)
{
    QFile file(name);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(name));
}

QByteArray bytesOf(const QString &name)
{
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : "none";
}

} // namespace

/// Files that change in the ways in which editors and deployments change them.
class TestFileWatch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void changesAreTold_data();
    void changesAreTold();
    void aFileIsTakenUpWhenItsFolderComes();
    void whatIsNotWatchedIsNotTold();
    void aTextIsWrittenAsItWasRead();
    void whatAnEditorCannotShowIsRefused();
};

void TestFileWatch::changesAreTold_data()
{
    QTest::addColumn<QString>("way");
    for (const char *way : {"written", "saved", "renamed over", "moved away first", "removed"})
        QTest::newRow(way) << QString::fromLatin1(way);
}

void TestFileWatch::changesAreTold()
{
    QFETCH(QString, way);
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"catalog.json"_s);
    const QString other = folder.filePath(u".catalog.json.swp"_s);
    write(file, "one");
    FileWatch watch;
    QSignalSpy watching(&watch, &FileWatch::watching);
    QSignalSpy changed(&watch, &FileWatch::changed);
    watch.setFiles({file});
    QTRY_COMPARE(watching.size(), 1);

    // Twice: after the first time, the name stands for another file.
    for (int time = 1; time <= 2; ++time) {
        const QByteArray text = "text " + QByteArray::number(time);
        if (way == u"written"_s) {
            write(file, text);
        } else if (way == u"saved"_s) {
            QSaveFile save(file);
            QVERIFY(save.open(QIODevice::WriteOnly));
            save.write(text);
            QVERIFY(save.commit());
        } else if (way == u"renamed over"_s) {
            write(other, text);
            QCOMPARE(rename(QFile::encodeName(other), QFile::encodeName(file)), 0);
        } else if (way == u"moved away first"_s) {
            QCOMPARE(rename(QFile::encodeName(file), QFile::encodeName(file + u'~')), 0);
            write(file, text);
        } else if (time == 1) {
            QVERIFY(QFile::remove(file));
        } else {
            write(file, text); // it is there again
        }
        QTRY_VERIFY(!changed.isEmpty());
        QCOMPARE(changed.takeFirst().constFirst().toStringList(), QStringList{file});
        changed.clear();
    }
}

void TestFileWatch::aFileIsTakenUpWhenItsFolderComes()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"a/b/catalog.json"_s);
    FileWatch watch;
    QSignalSpy watching(&watch, &FileWatch::watching);
    QSignalSpy changed(&watch, &FileWatch::changed);
    watch.setFiles({file});
    QTRY_COMPARE(watching.size(), 1);
    QVERIFY(QDir().mkpath(folder.filePath(u"a/b"_s)));
    write(file, "one");
    QTRY_VERIFY(!changed.isEmpty());
}

void TestFileWatch::whatIsNotWatchedIsNotTold()
{
    const QTemporaryDir folder;
    const QString one = folder.filePath(u"one.json"_s);
    const QString other = folder.filePath(u"other.json"_s);
    write(one, "one");
    write(other, "other");
    FileWatch watch;
    QSignalSpy watching(&watch, &FileWatch::watching);
    QSignalSpy changed(&watch, &FileWatch::changed);
    watch.setFiles({one});
    watch.setFiles({other});
    QTRY_COMPARE(watching.size(), 2);
    write(one, "one again");
    write(other, "other again");
    QTRY_VERIFY(!changed.isEmpty());
    QCOMPARE(changed.constFirst().constFirst().toStringList(), QStringList{other});
}

void TestFileWatch::aTextIsWrittenAsItWasRead()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"catalog.json"_s);
    for (const QByteArray &bytes :
         {QByteArray("{\n \"a\": \"\xc3\xa9\"\n}\n"), QByteArray("{\r\n}\r\n"), QByteArray()}) {
        write(file, bytes);
        auto text = TextFile::read(file);
        QVERIFY(text);
        QVERIFY(!text->text.contains(u'\r'));
        write(file, "something else");
        QVERIFY(text->write(file));
        QCOMPARE(bytesOf(file), bytes);
    }
    // A link stays a link.
    const QString link = folder.filePath(u"link.json"_s);
    QVERIFY(QFile::link(file, link));
    QVERIFY((TextFile{u"{}"_s, false}).write(link));
    QVERIFY(QFileInfo(link).isSymLink());
    QCOMPARE(bytesOf(file), QByteArray("{}"));
}

void TestFileWatch::whatAnEditorCannotShowIsRefused()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"catalog.json"_s);
    const auto absent = TextFile::read(file);
    QVERIFY(!absent && absent.error().code == Error::Code::NotFound);
    write(file, "{\"a\": \"\xff\"}");
    const auto latin = TextFile::read(file);
    QVERIFY(!latin && latin.error().code == Error::Code::Undecodable);
    write(file, QByteArray(17 * 1024 * 1024, ' '));
    const auto large = TextFile::read(file);
    QVERIFY(!large && large.error().code == Error::Code::LimitExceeded);
    const auto nowhere = (TextFile{u"{}"_s, false}).write(folder.filePath(u"no/such.json"_s));
    QVERIFY(!nowhere && nowhere.error().code == Error::Code::Io);
    QVERIFY2(nowhere.error().message().contains("such.json"), nowhere.error().message());
}

QTEST_GUILESS_MAIN(TestFileWatch)
#include "tst_filewatch.moc"
