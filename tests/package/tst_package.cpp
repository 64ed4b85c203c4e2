// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redisserver.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Cachelens::Testing;

/// Somebody else's project builds with the library and does what the README says.
class TestPackage : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    /// What it printed; fails the test when it did not succeed.
    QByteArray run(const QString &program, const QStringList &arguments)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(program, arguments);
        const bool ended = process.waitForFinished(20 * 60'000);
        const QByteArray printed = process.readAll();
        if (!ended || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
            QTest::qFail(qPrintable(program + u' ' + arguments.join(u' ') + u": "
                                    + QString::fromUtf8(printed)),
                         __FILE__, __LINE__);
        }
        return printed;
    }
    void cmake(const QStringList &arguments) { run(QStringLiteral(CACHELENS_CMAKE), arguments); }

    void buildsAndRuns(const QString &build, const QStringList &options)
    {
        cmake(QStringList{u"-S"_qs, QStringLiteral(CACHELENS_SOURCE_DIR "/tests/package"), u"-B"_qs,
                          build, u"-G"_qs, u"Ninja"_qs}
              + QStringLiteral(CACHELENS_CONSUMER_OPTIONS).split(u';', Qt::SkipEmptyParts)
              + options);
        if (QTest::currentTestFailed())
            return;
        cmake({u"--build"_qs, build});
        if (QTest::currentTestFailed())
            return;
        const QByteArray expected = "asking the database\n6.00\n6.00\nHIT\n"
                                    "asking the database\nMISS\n";
        const RedisServer server;
        for (const QByteArray &url : {QByteArray("memory:"), server.url()})
            QCOMPARE(run(build + u"/consumer"_qs, {QString::fromUtf8(url)}), expected);
    }

private Q_SLOTS:
    void theReadmeShowsThisProgram()
    {
        QFile readme(QStringLiteral(CACHELENS_SOURCE_DIR "/README.md"));
        QFile program(QStringLiteral(CACHELENS_SOURCE_DIR "/tests/package/main.cpp"));
        QVERIFY(readme.open(QIODevice::ReadOnly) && program.open(QIODevice::ReadOnly));
        QVERIFY(readme.readAll().contains("## The library\n\n```cpp\n" + program.readAll()
                                          + "```\n"));
    }

    void anInstalledLibraryIsFound()
    {
        const QString prefix = m_folder.filePath(u"installed"_qs);
        cmake({u"--install"_qs, QStringLiteral(CACHELENS_BINARY_DIR), u"--component"_qs,
               u"library"_qs, u"--prefix"_qs, prefix});
        if (!QTest::currentTestFailed())
            buildsAndRuns(m_folder.filePath(u"with-package"_qs),
                          {u"-DCMAKE_PREFIX_PATH="_qs + prefix});
    }

    void aSubfolderServesAsWell()
    {
        buildsAndRuns(m_folder.filePath(u"with-subfolder"_qs),
                      {u"-DCACHELENS_SOURCE=" CACHELENS_SOURCE_DIR ""_qs});
    }
};

QTEST_GUILESS_MAIN(TestPackage)
#include "tst_package.moc"
