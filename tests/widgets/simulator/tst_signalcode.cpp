// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/signalcode.h"

#include <QProcess>
#include <QTest>

#include <algorithm>

using namespace Cachelens;
using namespace Qt::StringLiterals;

namespace {

Signal signalOf(const QByteArray &json)
{
    const auto signal = signalFromJson(json, "test");
    if (!signal)
        qFatal("%s", signal.error().message().constData());
    return *signal;
}

const QByteArray everything = R"({"model": "auth.User", "type": "POST_SAVE", "created": false,
    "update_fields": ["email"], "instance": {"id": 42, "email": "o'b\"r\\ien\n@x", "class": null,
    "owner": {"id": true}, "tags": ["a", 1.5], "day": {"$date": "2026-01-02"},
    "price": {"$decimal": "1.10"}, "raw": {"$bytes": "AAH/"}, "inf": {"$float": "inf"},
    "one": {"$tuple": [1]}}, "old_values": {"email": "it's"}})";

/// What a program prints for these lines; empty, and a failed test, when it does not end well.
QByteArray outputOf(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished() || process.exitCode() != 0)
        qWarning("%s", process.readAllStandardError().constData());
    return process.readAllStandardOutput();
}

/// Django is not here: what the code imports of it is put in its place.
const QString django = uR"(
import sys, types
apps = types.ModuleType("django.apps"); signals = types.ModuleType("django.db.models.signals")
class Apps:
    def get_model(self, name): return name
class Post:
    def send(self, **kwargs): self.kwargs = kwargs
apps.apps = Apps(); signals.post_save = Post(); signals.post_delete = Post()
for name in ("django", "django.db", "django.db.models"): sys.modules[name] = types.ModuleType(name)
sys.modules["django.apps"] = apps; sys.modules["django.db.models.signals"] = signals
)"_s;

} // namespace

class TestSignalCode : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aShellReadsTheCommandLine();
    void pythonReadsTheSignal();
    void pythonReadsAttributesNamedAsItsKeywords();
    void aDeleteSaysNoFields();
    void cppHasTheSignal();
    void noValueEndsTheCppLiteral();
};

void TestSignalCode::aShellReadsTheCommandLine()
{
    const Signal signal = signalOf(everything);
    const QString line
        = simulateLine(signal, {u"/a b/it's.json"_s, u"two.json"_s}, "redis://host:1/2", "shop");
    QVERIFY(line.startsWith(u"cachelens simulate --catalog "_s));
    const QByteArray words
        = outputOf(u"sh"_s, {u"-c"_s, u"cachelens() { printf '%s\\0' \"$@\"; }; "_s + line});
    const QList<QByteArray> expected{
        "simulate", "--catalog",          "/a b/it's.json", "--catalog", "two.json",
        "--signal", signalToJson(signal), "--key-prefix",   "shop",      "redis://host:1/2",
        {}};
    QCOMPARE(words.split('\0'), expected);
    QVERIFY(!simulateLine(signal, {}, {}).contains(u"--catalog"_s));
}

void TestSignalCode::pythonReadsTheSignal()
{
    const QString code = pythonCode(signalOf(everything));
    const QString check = uR"(
got = signals.post_save.kwargs; i = got["instance"]
print(got["sender"], got["created"], sorted(got["update_fields"]), i.id, repr(i.email),
      getattr(i, "class"), i.owner.id, i.tags, i.day, i.price, i.inf, i.one)
)"_s;
    QCOMPARE(outputOf(u"python3"_s, {u"-c"_s, django + code + check}),
             QByteArray("auth.User False ['email'] 42 'o\\'b\"r\\\\ien\\n@x' None True ['a', 1.5] "
                        "2026-01-02 1.10 inf (1,)\n"));
}

void TestSignalCode::pythonReadsAttributesNamedAsItsKeywords()
{
    const QByteArray words = outputOf(
        u"python3"_s, {u"-c"_s, u"import keyword; print(' '.join(keyword.kwlist), end='')"_s});
    QByteArray attributes = "\"__debug__\": 1, \"plain\": 1";
    for (const QByteArray &word : words.split(' '))
        attributes += ", \"" + word + "\": 1";
    const QString code
        = pythonCode(signalOf("{\"model\": \"m.M\", \"instance\": {" + attributes + "}}"));
    QVERIFY(code.contains(u"plain=1"_s));
    const QString check = uR"(
got = vars(signals.post_save.kwargs["instance"])
print(' '.join(name for name in got if name not in ("__debug__", "plain")), end='')
)"_s;
    const QByteArray read = outputOf(u"python3"_s, {u"-c"_s, django + code + check});
    QVERIFY(read.contains("yield"));
    auto sorted = read.split(' ');
    auto expected = words.split(' ');
    std::ranges::sort(sorted);
    std::ranges::sort(expected);
    QCOMPARE(sorted, expected);
}

void TestSignalCode::aDeleteSaysNoFields()
{
    const QString code
        = pythonCode(signalOf(R"({"model": "m.M", "type": "POST_DELETE", "instance": {"id": 1}})"));
    QVERIFY(code.contains(u"post_delete.send("_s));
    QVERIFY(!code.contains(u"update_fields"_s));
    QVERIFY(!code.contains(u"created"_s));
}

void TestSignalCode::cppHasTheSignal()
{
    const Signal signal = signalOf(everything);
    QVERIFY(cppCode(signal).contains(QString::fromUtf8(signalToJson(signal))));
    QVERIFY(cppCode(signal).contains(u"cache.send(*signal)"_s));
}

void TestSignalCode::noValueEndsTheCppLiteral()
{
    const Signal signal = signalOf(
        R"({"model": "m.M", "instance": {"f(a)json": 1, "g(a)json2": 2, "h": "%1 %2"}})");
    const QString code = cppCode(signal);
    const qsizetype begin = code.indexOf(u"R\""_s) + 2;
    const qsizetype open = code.indexOf(u'(', begin);
    const QString close = u')' + code.mid(begin, open - begin) + u'"';
    const qsizetype end = code.indexOf(close, open);
    QVERIFY2(end > 0, qPrintable(code));
    QCOMPARE(code.mid(open + 1, end - open - 1).toUtf8(), signalToJson(signal));
    QCOMPARE(code.count(close), 1);
}

QTEST_GUILESS_MAIN(TestSignalCode)
#include "tst_signalcode.moc"
