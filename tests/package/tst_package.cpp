// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redisserver.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

/// Somebody else's project builds with the library and does what the README says.
class TestPackage : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    static QByteArray contentsOf(const char *file)
    {
        QFile opened(QStringLiteral(CACHELENS_SOURCE_DIR "/") + QString::fromUtf8(file));
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }

    /// What it printed; fails the test when it did not succeed.
    QByteArray run(const QString &program, const QStringList &arguments)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(program, arguments);
        const bool ended = process.waitForFinished(20 * 60'000);
        const QByteArray printed = process.readAll();
        if (!ended || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
            QTest::qFail(qPrintable(program + u' ' + arguments.join(u' ') + u": "_s
                                    + QString::fromUtf8(printed)),
                         __FILE__, __LINE__);
        }
        return printed;
    }
    void cmake(const QStringList &arguments) { run(QStringLiteral(CACHELENS_CMAKE), arguments); }

    /// In a folder that is kept, so that a second time costs seconds.
    void buildsAndRuns(const QString &name, const QStringList &options)
    {
        const QString build = QStringLiteral(CACHELENS_BINARY_DIR "/package/") + name;
        cmake(QStringList{u"-S"_s, QStringLiteral(CACHELENS_SOURCE_DIR "/tests/package"), u"-B"_s,
                          build, u"-G"_s, u"Ninja"_s, u"-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"_s}
              + options);
        if (QTest::currentTestFailed())
            return;
        cmake({u"--build"_s, build});
        if (QTest::currentTestFailed())
            return;
        const QByteArray expected = "asking the database\n6.00\n6.00\nHIT\n"
                                    "asking the database\nMISS\n";
        const RedisServer server;
        for (const QByteArray &url : {QByteArray("memory:"), server.url()})
            QCOMPARE(run(build + u"/consumer"_s, {QString::fromUtf8(url)}), expected);
        QCOMPARE(run(build + u"/transaction"_s, {}), QByteArray("committing\n1 went out\n"));
        QCOMPARE(run(build + u"/guide"_s, {}),
                 QByteArray("rendering page 1 of 41\npage 1\n"
                            "rendering page 1 of 42\nshop.users.page MISS\nshop.users.page HIT\n"
                            "rendering page 1 of 42\nshop.users.page REFRESH\nREFRESH\n"
                            "rule: 1 gone\ngone\nshop.rates.rate MISS\n1.1\n"));
    }

private Q_SLOTS:
    void theReadmeShowsThisProgram()
    {
        QVERIFY(contentsOf("README.md")
                    .contains("## The library\n\n```cpp\n" + contentsOf("tests/package/main.cpp")
                              + "```\n"));
    }

    void theGuideShowsWhatIsBuilt()
    {
        const QByteArray built
            = contentsOf("tests/package/guide.cpp") + contentsOf("tests/package/transaction.cpp");
        const QByteArray guide = contentsOf("docs/library.md");
        const QByteArray fence = "```cpp\n";
        int examples = 0;
        for (qsizetype at = guide.indexOf(fence); at >= 0; at = guide.indexOf(fence, at)) {
            at += fence.size();
            const QByteArray example = guide.sliced(at, guide.indexOf("```", at) - at);
            QVERIFY2(built.contains(example), example.constData());
            ++examples;
        }
        QVERIFY(examples > 0);
    }

    void anInstalledLibraryIsFound()
    {
        const QString prefix = m_folder.filePath(u"installed"_s);
        for (const QString &component : {u"library"_s, u"library-sql"_s}) {
            cmake({u"--install"_s, QStringLiteral(CACHELENS_BINARY_DIR), u"--component"_s,
                   component, u"--prefix"_s, prefix});
        }
        if (!QTest::currentTestFailed()) {
            buildsAndRuns(u"installed"_s,
                          QStringLiteral(CACHELENS_AS_INSTALLED).split(u' ')
                              << u"-DCMAKE_PREFIX_PATH="_s + prefix);
        }
    }

    void aSubfolderServesAsWell()
    {
        buildsAndRuns(u"subfolder"_s, {QStringLiteral("-DCACHELENS_SOURCE=" CACHELENS_SOURCE_DIR)});
    }
};

QTEST_GUILESS_MAIN(TestPackage)
#include "tst_package.moc"
