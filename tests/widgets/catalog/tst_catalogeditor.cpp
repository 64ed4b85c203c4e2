// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/accessible.h"
#include "tests/widgets/tickwatch.h"
#include "widgets/catalog/catalogeditor.h"
#include "widgets/catalog/catalogtext.h"

#include <QLabel>
#include <QListWidget>
#include <QSignalSpy>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

const QString twoMistakes = u"{\"catalog\": 1, \"functions\": [\n  {\"id\": \"m.f\", \"tll\": 3},\n"
                            "  {\"id\": \"m.g\",\n   \"ttl\": true}\n]}\n"_s;

} // namespace

class TestCatalogEditor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyMistakeIsListedWithItsLine();
    void anImpossibleRuleIsAMistake();
    void aMistakeLeadsToItsLine();
    void typingIsCheckedAndCountsAsAModification();
    void anOlderVerdictIsVoid();
    void aNewLineIsIndented();
    void tabLeavesTheText();
    void aLongCatalogIsCheckedBesides();
    void everyControlHasAName();
};

void TestCatalogEditor::everyMistakeIsListedWithItsLine()
{
    CatalogEditor editor;
    editor.show();
    editor.setText(twoMistakes);
    QTRY_COMPARE(editor.mistakes().size(), 2U);
    const auto *list = editor.findChild<QListWidget *>();
    QVERIFY(list->isVisible());
    QVERIFY2(list->item(0)->text().startsWith(u"Line 2: functions[0].tll"_s),
             qPrintable(list->item(0)->text()));
    QVERIFY2(list->item(1)->text().startsWith(u"Line 4: functions[1].ttl"_s),
             qPrintable(list->item(1)->text()));
    QCOMPARE(editor.view()->extraSelections().size(), 2);
    QCOMPARE(editor.view()->extraSelections().at(1).cursor.blockNumber(), 3);

    editor.setText(u"{\"functions\": [{\"id\": \"m.f\", \"invalidates_on\": "
                   "[{\"model\": \"m.M\"}]}]}"_s);
    QTRY_VERIFY(editor.mistakes().empty());
    QVERIFY(!list->isVisible());
    QVERIFY(editor.view()->extraSelections().isEmpty());
    QCOMPARE(editor.findChild<QLabel *>()->text(), u"No mistakes: 1 function, 1 rule."_s);
}

void TestCatalogEditor::anImpossibleRuleIsAMistake()
{
    CatalogEditor editor;
    editor.setText(u"{\"functions\": [{\"id\": \"m.f\", \"params\": [{\"name\": \"a\"}],\n"
                   "\"invalidates_on\": [{\"model\": \"m.M\"},\n"
                   "{\"model\": \"m.M\", \"field_mapping\": {\"b\": \"id\"}}]}]}"_s);
    QTRY_COMPARE(editor.mistakes().size(), 2U);
    QCOMPARE(editor.mistakes().at(0).line, 2);
    QCOMPARE(editor.mistakes().at(1).line, 3);
    const QString told = editor.findChild<QListWidget *>()->item(1)->text();
    QVERIFY2(told.startsWith(u"Line 3: functions[0].invalidates_on[1]: rule 'm.f/m.M#2'"_s),
             qPrintable(told));
}

void TestCatalogEditor::aMistakeLeadsToItsLine()
{
    CatalogEditor editor;
    editor.show();
    editor.setText(twoMistakes);
    QTRY_COMPARE(editor.mistakes().size(), 2U);
    auto *list = editor.findChild<QListWidget *>();
    list->setFocus();
    list->setCurrentRow(1);
    QTest::keyClick(list, Qt::Key_Return);
    QCOMPARE(editor.view()->currentLine(), 4);
}

void TestCatalogEditor::typingIsCheckedAndCountsAsAModification()
{
    CatalogEditor editor;
    editor.setText(u"{}"_s);
    QTRY_VERIFY(editor.isChecked());
    QVERIFY(editor.mistakes().empty());
    QVERIFY(!editor.isModified());
    QSignalSpy modified(&editor, &CatalogEditor::modificationChanged);
    QTest::keyClicks(editor.view(), u"x"_s);
    QVERIFY(editor.isModified());
    QCOMPARE(modified.size(), 1);
    QVERIFY(!editor.isChecked());
    QTRY_COMPARE(editor.mistakes().size(), 1U);
    QCOMPARE(editor.mistakes().front().line, 1);
    editor.setText(u"{}"_s);
    QVERIFY(!editor.isModified());
}

void TestCatalogEditor::anOlderVerdictIsVoid()
{
    CatalogEditor editor;
    QSignalSpy checked(&editor, &CatalogEditor::checked);
    editor.setText(twoMistakes);
    editor.setText(u"{}"_s);
    QTRY_VERIFY(editor.isChecked());
    QVERIFY(editor.mistakes().empty());
    QCOMPARE(checked.size(), 1);
}

void TestCatalogEditor::aNewLineIsIndented()
{
    CatalogEditor editor;
    editor.setText(u"    a\nb"_s);
    editor.view()->goToLine(1);
    QTest::keyClick(editor.view(), Qt::Key_End);
    QTest::keyClick(editor.view(), Qt::Key_Return);
    QTest::keyClicks(editor.view(), u"c"_s);
    QCOMPARE(editor.text(), u"    a\n    c\nb"_s);
}

void TestCatalogEditor::tabLeavesTheText()
{
    CatalogEditor editor;
    editor.setText(twoMistakes);
    editor.show();
    QTRY_COMPARE(editor.mistakes().size(), 2U);
    editor.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&editor));
    editor.view()->setFocus();
    QTest::keyClick(editor.view(), Qt::Key_Tab);
    QVERIFY(editor.findChild<QListWidget *>()->hasFocus());
    QCOMPARE(editor.text(), twoMistakes);
}

void TestCatalogEditor::aLongCatalogIsCheckedBesides()
{
    QString text = u"{\"functions\": [\n"_s;
    for (int i = 0; i < 3'000; ++i)
        text += u"{\"id\": \"m.f%1\", \"params\": [{\"name\": \"a\"}]},\n"_s.arg(i);
    CatalogEditor editor;
    editor.setText(text + u"{}]}"_s);
    const TickWatch watch;
    QTRY_VERIFY(editor.isChecked());
    QVERIFY(watch.ticks() > 1);
    QCOMPARE(editor.mistakes().size(), 1U);
    QCOMPARE(editor.mistakes().front().line, 3'002);
}

void TestCatalogEditor::everyControlHasAName()
{
    CatalogEditor editor;
    editor.setText(twoMistakes);
    editor.show();
    QTRY_VERIFY(editor.isChecked());
    QCOMPARE(namelessControls(editor), QStringList());
}

QTEST_MAIN(TestCatalogEditor)
#include "tst_catalogeditor.moc"
