// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keyspace/keyquery.h"

#include "tests/core/keyspace/samplekeys.h"

#include <rapidcheck.h>

#include <QTest>

#include <algorithm>

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

using Syntax = KeyQuery::Syntax;

bool matches(Syntax syntax, const QByteArray &pattern, const QByteArray &key, bool exact = false)
{
    const auto predicate
        = compilePattern({.pattern = pattern, .syntax = syntax, .caseSensitive = exact});
    if (!predicate)
        qFatal("%s", predicate.error().message().constData());
    return (*predicate)(viewOf(key));
}

QByteArray toAsciiLower(QByteArray text)
{
    for (char &c : text)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

QByteArray globEscaped(const QByteArray &text)
{
    QByteArray escaped;
    for (const char c : text) {
        if (QByteArrayView("*?[]\\").contains(c))
            escaped += '\\';
        escaped += c;
    }
    return escaped;
}

/// Stars and question marks the obvious way.
bool simpleGlob(QByteArrayView pattern, QByteArrayView text)
{
    if (pattern.isEmpty())
        return text.isEmpty();
    if (pattern.front() == '*')
        return simpleGlob(pattern.sliced(1), text)
            || (!text.isEmpty() && simpleGlob(pattern, text.sliced(1)));
    return !text.isEmpty() && (pattern.front() == '?' || pattern.front() == text.front())
        && simpleGlob(pattern.sliced(1), text.sliced(1));
}

rc::Gen<QByteArray> textOf(std::string alphabet)
{
    return rc::gen::map(rc::gen::container<std::string>(rc::gen::elementOf(std::move(alphabet))),
                        [](const std::string &s) { return QByteArray::fromStdString(s); });
}

rc::Gen<QByteArray> anyBytes()
{
    return rc::gen::map(rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
                        [](const std::string &s) { return QByteArray::fromStdString(s); });
}

} // namespace

class TestKeyQuery : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anEmptyPatternMatchesEverything();
    void textIsFoundAnywhere();
    void textIgnoresCaseOfAsciiOnly();
    void globMatchesTheWholeKey();
    void globIsWhatTheObviousMatcherSays();
    void anEscapedKeyMatchesItselfOnly();
    void regexIsFoundAnywhere();
    void regexReadsWhatIsNotUtf8();
    void mistakesSayWhere_data();
    void mistakesSayWhere();
};

void TestKeyQuery::anEmptyPatternMatchesEverything()
{
    for (const Syntax syntax : {Syntax::Text, Syntax::Glob, Syntax::Regex}) {
        QVERIFY(matches(syntax, "", "anything"));
        QVERIFY(matches(syntax, "", ""));
    }
}

void TestKeyQuery::textIsFoundAnywhere()
{
    QVERIFY(rc::check("a slice is found, case or no case", [] {
        const QByteArray key = *anyBytes();
        const auto from = *rc::gen::inRange<qsizetype>(0, key.size() + 1);
        const QByteArray slice
            = key.sliced(from, *rc::gen::inRange<qsizetype>(0, key.size() - from + 1));
        RC_ASSERT(matches(Syntax::Text, slice, key, true));
        RC_ASSERT(matches(Syntax::Text, slice, key, false));
    }));
}

void TestKeyQuery::textIgnoresCaseOfAsciiOnly()
{
    QVERIFY(rc::check("text is what contains() says of both in lower case", [] {
        const QByteArray key = *textOf("aAzZ@[`{\xc3\x84\xa4");
        const QByteArray text = *rc::gen::resize(3, textOf("aAzZ@[`{\xc3\x84\xa4"));
        RC_ASSERT(matches(Syntax::Text, text, key)
                  == toAsciiLower(key).contains(toAsciiLower(text)));
        RC_ASSERT(matches(Syntax::Text, text, key, true) == key.contains(text));
    }));
    QVERIFY(matches(Syntax::Text, "x", QByteArray(5000, 'y') + 'X'));
}

void TestKeyQuery::globMatchesTheWholeKey()
{
    QVERIFY(matches(Syntax::Glob, "user:*", "USER:42"));
    QVERIFY(!matches(Syntax::Glob, "user:*", "USER:42", true));
    QVERIFY(!matches(Syntax::Glob, "ser:*", "user:42"));
    QVERIFY(matches(Syntax::Glob, "u[r-t]er:4?", "user:42"));
    QVERIFY(matches(Syntax::Glob, "u[t-r]er:4?", "user:42"));
    QVERIFY(!matches(Syntax::Glob, "u[^s]er:4?", "user:42"));
    QVERIFY(!matches(Syntax::Glob, "u[!S]er:4?", "user:42"));
    QVERIFY(matches(Syntax::Glob, "u[!S]er:4?", "user:42", true));
    QVERIFY(matches(Syntax::Glob, "[\\]-]*", "]x"));
    QVERIFY(matches(Syntax::Glob, "[a-]*", "-x"));
    QVERIFY(matches(Syntax::Glob, "\\*", "*"));
    QVERIFY(!matches(Syntax::Glob, "\\*", "x"));
}

void TestKeyQuery::globIsWhatTheObviousMatcherSays()
{
    QVERIFY(rc::check("glob", [] {
        const QByteArray pattern = *rc::gen::resize(8, textOf("ab*?"));
        const QByteArray key = *rc::gen::resize(12, textOf("ab"));
        const bool expected = pattern.isEmpty() || simpleGlob(pattern, key);
        RC_ASSERT(matches(Syntax::Glob, pattern, key) == expected);
        RC_ASSERT(matches(Syntax::Glob, pattern, key, true) == expected);
    }));
}

void TestKeyQuery::anEscapedKeyMatchesItselfOnly()
{
    QVERIFY(rc::check("escaped", [] {
        const QByteArray key = *textOf("ab*?[]\\^-{}");
        const QByteArray other = *textOf("ab*?[]\\^-{}");
        RC_PRE(!key.isEmpty());
        RC_ASSERT(matches(Syntax::Glob, globEscaped(key), key, true));
        RC_ASSERT(matches(Syntax::Glob, globEscaped(key), other, true) == (key == other));
    }));
}

void TestKeyQuery::regexIsFoundAnywhere()
{
    QVERIFY(matches(Syntax::Regex, "user_id:4\\d$", ":1:users::USER_ID:42"));
    QVERIFY(!matches(Syntax::Regex, "user_id:4\\d$", ":1:users::USER_ID:42", true));
    QVERIFY(!matches(Syntax::Regex, "^user", ":1:user"));
    QVERIFY(matches(Syntax::Regex, "stra\u00dfe", "STRA\u00dfE"));
    QVERIFY(matches(Syntax::Regex, "\u00e4$", "\u00c4"));
}

void TestKeyQuery::regexReadsWhatIsNotUtf8()
{
    QVERIFY(matches(Syntax::Regex, "^a.b$",
                    "a\xff"
                    "b"));
    QVERIFY(matches(Syntax::Regex, "\\xff",
                    "a\xff"
                    "b"));
    QVERIFY(matches(Syntax::Regex, "^a\\x00b$", QByteArray("a\0b", 3)));
}

void TestKeyQuery::mistakesSayWhere_data()
{
    QTest::addColumn<Syntax>("syntax");
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<QByteArray>("where");
    QTest::newRow("regex") << Syntax::Regex << QByteArray("ab(c") << QByteArray("character 5");
    QTest::newRow("class") << Syntax::Glob << QByteArray("ab[c") << QByteArray("byte 3");
    QTest::newRow("escape") << Syntax::Glob << QByteArray("abc\\") << QByteArray("byte 4");
    QTest::newRow("escape in class") << Syntax::Glob << QByteArray("[\\") << QByteArray("byte 2");
}

void TestKeyQuery::mistakesSayWhere()
{
    QFETCH(Syntax, syntax);
    QFETCH(QByteArray, pattern);
    QFETCH(QByteArray, where);
    const auto predicate = compilePattern({.pattern = pattern, .syntax = syntax});
    QVERIFY(!predicate);
    QCOMPARE(predicate.error().code, Error::Code::InvalidInput);
    QCOMPARE(predicate.error().subject, pattern);
    QVERIFY2(predicate.error().reason.contains(where), predicate.error().reason.constData());
}

QTEST_GUILESS_MAIN(TestKeyQuery)
#include "tst_keyquery.moc"
