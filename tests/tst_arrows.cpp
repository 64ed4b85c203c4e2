// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDirIterator>
#include <QFile>
#include <QHash>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

struct Include {
    QString file; ///< relative to the source tree
    int line = 0;
    QString target; ///< as written between the quotes or angle brackets
};

QList<Include> includesBelow(const QString &folder)
{
    static const QRegularExpression directive(u"^\\s*#\\s*include\\s*[\"<]([^\">]+)[\">]"_s);
    const QDir root(QStringLiteral(CACHELENS_SOURCE_DIR));
    QList<Include> found;
    QDirIterator files(root.filePath(folder), {u"*.h"_s, u"*.cpp"_s}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly))
            qFatal("cannot read %s", qPrintable(file.fileName()));
        for (int line = 1; !file.atEnd(); ++line) {
            const auto match = directive.match(QString::fromUtf8(file.readLine()));
            if (match.hasMatch())
                found.append({root.relativeFilePath(file.fileName()), line, match.captured(1)});
        }
    }
    return found;
}

/// "core/key" of "core/key/keyreader.h"; "core" of "core/result.h"; empty for what is not ours.
QString room(const QString &path)
{
    static const QSet<QString> ours{u"core"_s, u"widgets"_s, u"app"_s, u"tests"_s, u"resources"_s};
    const QStringList parts = path.split(u'/');
    if (!ours.contains(parts.first()) || parts.size() < 2)
        return {};
    return parts.size() > 2 ? parts[0] + u'/' + parts[1] : parts[0];
}

QString house(const QString &room)
{
    return room.section(u'/', 0, 0);
}

QByteArray place(const Include &include)
{
    return u"%1:%2 includes %3"_s.arg(include.file).arg(include.line).arg(include.target).toUtf8();
}

} // namespace

/// The arrows of the house, as CONTRIBUTING.md draws them: who may include whom.
class TestArrows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFolderSeesOnlyWhatStandsToItsRight()
    {
        const QHash<QString, QStringList> allowed{
            {u"core"_s, {}},
            {u"core/value"_s, {}},
            {u"core/backend"_s, {}},
            {u"core/key"_s, {u"core/value"_s}},
            {u"core/payload"_s, {u"core/value"_s}},
            {u"core/invalidation"_s, {u"core/key"_s, u"core/value"_s}},
            {u"core/sql"_s, {u"core/invalidation"_s}},
            {u"core/codec"_s, {u"core/payload"_s, u"core/value"_s}},
            {u"core/jobs"_s,
             {u"core/invalidation"_s, u"core/backend"_s, u"core/key"_s, u"core/value"_s}},
            {u"core/catalog"_s, {u"core/invalidation"_s, u"core/key"_s, u"core/value"_s}},
            {u"core/keyspace"_s,
             {u"core/catalog"_s, u"core/payload"_s, u"core/backend"_s, u"core/key"_s,
              u"core/value"_s}},
            {u"core/cached"_s,
             {u"core/codec"_s, u"core/jobs"_s, u"core/invalidation"_s, u"core/key"_s,
              u"core/value"_s, u"core/payload"_s, u"core/backend"_s}},
            {u"widgets"_s, {}},
            {u"widgets/style"_s, {}},
            {u"widgets/commands"_s, {u"widgets/style"_s}},
            {u"widgets/key"_s, {u"widgets/style"_s}},
            {u"widgets/catalog"_s, {u"widgets/style"_s}},
            {u"widgets/keytree"_s, {u"widgets/key"_s, u"widgets/style"_s}},
            {u"widgets/entrytable"_s, {u"widgets/key"_s, u"widgets/style"_s}},
            {u"widgets/value"_s, {u"widgets/key"_s, u"widgets/style"_s}},
            {u"widgets/operations"_s, {u"widgets/key"_s, u"widgets/style"_s}},
            {u"widgets/activity"_s, {u"widgets/key"_s, u"widgets/style"_s}},
            {u"widgets/charts"_s, {u"widgets/key"_s, u"widgets/style"_s}},
            {u"widgets/simulator"_s, {u"widgets/value"_s, u"widgets/key"_s, u"widgets/style"_s}},
            {u"widgets/playground"_s, {u"widgets/key"_s, u"widgets/style"_s}},
            {u"widgets/entrypanel"_s, {u"widgets/value"_s, u"widgets/key"_s, u"widgets/style"_s}},
            {u"app/demo"_s, {}},
            {u"app/connections"_s, {u"app/demo"_s}},
            {u"app/commandline"_s, {u"app/connections"_s}},
            {u"app/window"_s, {u"app/connections"_s, u"app/demo"_s}},
            {u"app"_s, {u"app/commandline"_s, u"app/window"_s}},
        };
        const QHash<QString, QStringList> housesBelow{
            {u"core"_s, {}}, {u"widgets"_s, {u"core"_s}}, {u"app"_s, {u"widgets"_s, u"core"_s}}};
        for (auto below = housesBelow.begin(); below != housesBelow.end(); ++below) {
            QList<Include> checked;
            for (const Include &include : includesBelow(below.key())) {
                const QString from = room(include.file);
                const QString to = room(include.target);
                if (to.isEmpty() || to == from || to == below.key())
                    continue;
                QVERIFY2(allowed.contains(from), qPrintable(u"no arrows are drawn for "_s + from));
                QVERIFY2(house(to) == below.key() ? allowed.value(from).contains(to)
                                                  : below.value().contains(house(to)),
                         place(include).constData());
                checked.append(include);
            }
            QVERIFY(!checked.isEmpty());
        }
    }

    void theLibraryKnowsNoWindow()
    {
        static const QRegularExpression window(
            u"^Q(Widget|Gui|Application|Painter|Pixmap|Image|Color|Font|Icon|Window|Action|Dialog|"
            "Main|Abstract(Item(View|Delegate)|ScrollArea))"_s);
        for (const Include &include : includesBelow(u"core"_s))
            QVERIFY2(!window.match(include.target).hasMatch(), place(include).constData());
    }

    void hiredisIsIncludedInOnePlace()
    {
        QSet<QString> files;
        for (const QString &folder : {u"core"_s, u"widgets"_s, u"app"_s}) {
            for (const Include &include : includesBelow(folder)) {
                if (include.target.startsWith(u"hiredis"))
                    files.insert(include.file.section(u'.', 0, 0));
            }
        }
        QCOMPARE(files.size(), 1);
    }

    void nlohmannStaysOutOfHeaders()
    {
        for (const QString &folder : {u"core"_s, u"widgets"_s, u"app"_s}) {
            for (const Include &include : includesBelow(folder)) {
                if (include.target.startsWith(u"nlohmann"))
                    QVERIFY2(include.file.endsWith(u".cpp"), place(include).constData());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestArrows)
#include "tst_arrows.moc"
