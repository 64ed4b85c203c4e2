// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/valuejson.h"
#include "tests/widgets/accessible.h"
#include "widgets/simulator/attributesmodel.h"
#include "widgets/simulator/signalform.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

Value json(const QByteArray &text)
{
    return *valueFromJson(text, "test");
}

std::shared_ptr<const Catalog> catalog()
{
    return std::make_shared<const Catalog>(*Catalog::fromJson(R"({"functions": [
        {"id": "a", "params": [{"name": "user_id"}],
         "invalidates_on": [{"model": "auth.User", "field_mapping": {"user_id": "id"},
                             "watch_fields": ["email"], "invalidate_when": {"!archived": true}}]},
        {"id": "b", "params": [{"name": "owner"}],
         "invalidates_on": [{"model": "shop.Order", "field_mapping": {"owner": "owner.id"}},
                            {"model": "auth.User", "require_args": false}]}]})",
                                                              "test"));
}

std::vector<QByteArray> namesIn(const SignalDraft &draft)
{
    std::vector<QByteArray> names;
    for (const SignalDraft::Attribute &attribute : draft.attributes)
        names.push_back(attribute.name);
    return names;
}

/// What stands in a row of the form, by its attribute.
QModelIndex cell(const SignalForm &form, const QString &name, AttributesModel::Column column)
{
    const QAbstractItemModel *model = form.attributes()->model();
    for (int row = 0; row < model->rowCount(); ++row) {
        if (model->index(row, 0).data().toString() == name)
            return model->index(row, column);
    }
    qFatal("no attribute %s", qPrintable(name));
}

bool type(const SignalForm &form, const QString &name, const QString &text,
          AttributesModel::Column column = AttributesModel::ValueColumn)
{
    return form.attributes()->model()->setData(cell(form, name, column), text);
}

/// Shows the form, and opens an editor with the first of these letters in one of its cells.
QPointer<QLineEdit> startTyping(SignalForm &form, const QModelIndex &index, const QString &text)
{
    form.show();
    form.activateWindow();
    if (!QTest::qWaitForWindowActive(&form))
        qFatal("the form gets no keys");
    form.attributes()->setFocus();
    form.attributes()->setCurrentIndex(index);
    QTest::keyClicks(form.attributes(), text.first(1));
    QPointer<QLineEdit> editor = qobject_cast<QLineEdit *>(QApplication::focusWidget());
    if (editor)
        QTest::keyClicks(editor, text.sliced(1));
    return editor;
}

} // namespace

class TestSignalForm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textIsJsonOrItself_data();
    void textIsJsonOrItself();
    void dottedNamesAreNested();
    void aDraftReadsBackFromItsJson();
    void anInstanceAloneIsASavedSignal();
    void whatIsNoSignalIsRefused_data();
    void whatIsNoSignalIsRefused();
    void theModelsAreThoseThatRulesWatch();
    void anotherModelKeepsWhatWasTyped();
    void onlyASaveSaysFieldsAndOldValues();
    void attributesAreAddedRenamedAndRemoved();
    void theInstanceIsTakenFromAValue();
    void formAndJsonKnowTheSame();
    void brokenJsonIsSaidAndLeft();
    void theKeyboardFillsItIn();
    void theSignalFollowsWhatIsTyped();
    void escapeBringsBackWhatWasThere();
    void aNameIsTakenWhenItIsWhole();
    void whatIsBeingTypedMayBeGivenUp();
    void everyControlHasAName();
};

void TestSignalForm::textIsJsonOrItself_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("number") << u"42"_s << QByteArray("42");
    QTest::newRow("none") << u"null"_s << QByteArray("null");
    QTest::newRow("bare") << u"ann@example.org"_s << QByteArray("\"ann@example.org\"");
    QTest::newRow("quoted") << u"\"42\""_s << QByteArray("\"42\"");
    QTest::newRow("empty") << u"\"\""_s << QByteArray("\"\"");
    QTest::newRow("date") << u"{\"$date\": \"2026-01-02\"}"_s
                          << QByteArray("{\"$date\": \"2026-01-02\"}");
    QTest::newRow("list") << u"[1, \"a\"]"_s << QByteArray("[1, \"a\"]");
}

void TestSignalForm::textIsJsonOrItself()
{
    QFETCH(QString, text);
    QFETCH(QByteArray, value);
    QCOMPARE(valueToJson(valueOfText(text)).json, value);
    QCOMPARE(textOfValue(json(value)), text);
}

void TestSignalForm::dottedNamesAreNested()
{
    SignalDraft draft;
    draft.attributes = {{"owner.id", u"3"_s, u"2"_s, false},
                        {"owner", u"{\"name\": \"ann\", \"id\": 1}"_s, {}, false},
                        {"a.b.c", u"x"_s, {}, false},
                        {"silent", {}, {}, false}};
    QVERIFY(draft.instance()
            == json(R"({"owner": {"name": "ann", "id": 3}, "a": {"b": {"c": "x"}}})"));
    QVERIFY(draft.instance(true) == json(R"({"owner": {"id": 2}})"));
    SignalDraft other;
    other.attributes = {{"owner.id", {}, {}, false}};
    other.fill(draft.instance());
    QCOMPARE(other.find("owner.id")->value, u"3"_s);
}

void TestSignalForm::aDraftReadsBackFromItsJson()
{
    SignalDraft draft;
    draft.model = "auth.User";
    draft.saysFields = true;
    draft.attributes = {{"id", u"42"_s, {}, false},
                        {"email", u"new@example.org"_s, u"old@example.org"_s, true},
                        {"name", {}, {}, true}};
    const auto read = SignalDraft::fromJson(draft.toJson(2), {});
    QVERIFY(read);
    QCOMPARE(read->toJson(), draft.toJson());
    QCOMPARE(read->updateFields(), (std::vector<QByteArray>{"email", "name"}));
    for (const auto event : {SignalDraft::Event::Created, SignalDraft::Event::Deleted}) {
        draft.event = event;
        QVERIFY(!draft.updateFields());
        QCOMPARE(SignalDraft::fromJson(draft.toJson(), {})->event, event);
    }
}

void TestSignalForm::anInstanceAloneIsASavedSignal()
{
    const auto draft = SignalDraft::fromJson(R"({"id": 1, "owner": {"id": 2}})", "shop.Order");
    QVERIFY(draft);
    QCOMPARE(draft->model, "shop.Order");
    QCOMPARE(draft->event, SignalDraft::Event::Saved);
    QVERIFY(draft->instance() == json(R"({"id": 1, "owner": {"id": 2}})"));
}

void TestSignalForm::whatIsNoSignalIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text :
         {"[1]", "{\"model\": 3}", "{\"model\": \"m\", \"type\": \"POST\"}",
          "{\"model\": \"m\", \"instance\": 4}", "{\"model\": \"m\", \"update_fields\": [1]}",
          "{\"model\": \"m\", \"update_fields\": 1}", "{\"model\": \"m\", \"created\": 1}",
          "{\"model\": \"m\", \"old_values\": 1}", "{\"instance\": {}}", "3", "{"})
        QTest::newRow(text) << QByteArray(text);
}

void TestSignalForm::whatIsNoSignalIsRefused()
{
    QFETCH(QByteArray, text);
    const auto draft = SignalDraft::fromJson(text, {});
    QVERIFY(!draft);
    QCOMPARE(draft.error().code, Error::Code::InvalidInput);
    QVERIFY(!draft.error().reason.isEmpty());
}

void TestSignalForm::theModelsAreThoseThatRulesWatch()
{
    SignalForm form;
    form.setCatalog(catalog());
    QCOMPARE(form.model()->count(), 2);
    QCOMPARE(form.model()->currentText(), u"auth.User"_s);
    QCOMPARE(namesIn(*form.draft()), (std::vector<QByteArray>{"id", "archived", "email"}));
    form.model()->setCurrentText(u"shop.Order"_s);
    QCOMPARE(namesIn(*form.draft()), (std::vector<QByteArray>{"owner.id"}));
    form.model()->setCurrentText(u"nobody.Watches"_s);
    QCOMPARE(form.draft()->model, "nobody.Watches");
    QVERIFY(form.draft()->attributes.empty());
    form.setCatalog(nullptr);
    QCOMPARE(form.draft()->model, "nobody.Watches");
}

void TestSignalForm::anotherModelKeepsWhatWasTyped()
{
    SignalForm form;
    form.setCatalog(catalog());
    QVERIFY(type(form, u"id"_s, u"42"_s));
    form.model()->setCurrentText(u"shop.Order"_s);
    QCOMPARE(namesIn(*form.draft()), (std::vector<QByteArray>{"owner.id", "id"}));
    QCOMPARE(form.draft()->find("id")->value, u"42"_s);
}

void TestSignalForm::onlyASaveSaysFieldsAndOldValues()
{
    SignalForm form;
    form.setCatalog(catalog());
    const QAbstractItemModel *model = form.attributes()->model();
    const auto editable = [&](AttributesModel::Column column) {
        return bool(model->flags(cell(form, u"email"_s, column)) & Qt::ItemIsEnabled);
    };
    QVERIFY(!editable(AttributesModel::ChangedColumn));
    QVERIFY(editable(AttributesModel::OldColumn));
    form.findChild<QCheckBox *>()->setChecked(true);
    QVERIFY(editable(AttributesModel::ChangedColumn));
    QVERIFY(form.attributes()->model()->setData(
        cell(form, u"email"_s, AttributesModel::ChangedColumn), Qt::Checked, Qt::CheckStateRole));
    QCOMPARE(form.draft()->updateFields(), std::vector<QByteArray>{"email"});
    form.event()->setCurrentIndex(static_cast<int>(SignalDraft::Event::Deleted));
    QVERIFY(!editable(AttributesModel::ChangedColumn));
    QVERIFY(!editable(AttributesModel::OldColumn));
    QVERIFY(!form.draft()->updateFields());
}

void TestSignalForm::attributesAreAddedRenamedAndRemoved()
{
    AttributesModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    QSignalSpy changed(&model, &AttributesModel::draftChanged);
    QCOMPARE(model.rowCount(), 1);
    QVERIFY(!model.setData(model.index(0, 0), u" "_s));
    QVERIFY(model.setData(model.index(0, 0), u"id"_s));
    QVERIFY(model.setData(model.index(1, 0), u"name"_s));
    QVERIFY(!model.setData(model.index(2, 0), u"id"_s)); // it is there
    QCOMPARE(model.rowCount(), 3);
    QVERIFY(model.setData(model.index(0, 1), u"7"_s));
    QVERIFY(model.setData(model.index(0, 0), u"pk"_s));
    QVERIFY(model.draft().instance() == json(R"({"pk": 7})"));
    QVERIFY(model.setData(model.index(0, 0), QString()));
    QCOMPARE(namesIn(model.draft()), std::vector<QByteArray>{"name"});
    QCOMPARE(changed.size(), 5);
}

void TestSignalForm::theInstanceIsTakenFromAValue()
{
    SignalForm form;
    form.setCatalog(catalog());
    form.fill(json(R"({"id": 42, "email": "a@b", "name": "ann", "tags": [1]})"));
    QVERIFY(form.draft()->instance()
            == json(R"({"id": 42, "email": "a@b", "name": "ann", "tags": [1]})"));
    QCOMPARE(namesIn(*form.draft()),
             (std::vector<QByteArray>{"id", "archived", "email", "name", "tags"}));
    form.fill(json("[1]"), {{"id", u"7"_s}}); // no instance: what else is known of it
    QVERIFY(form.draft()->instance() == json(R"({"id": 7})"));
}

void TestSignalForm::formAndJsonKnowTheSame()
{
    SignalForm form;
    form.setCatalog(catalog());
    form.show();
    QVERIFY(type(form, u"id"_s, u"42"_s));
    form.setJson(true);
    QVERIFY(form.json()->isVisible());
    QVERIFY(json(form.json()->toPlainText().toUtf8()).find("instance")->find("id"));
    QSignalSpy changed(&form, &SignalForm::draftChanged);
    form.json()->setPlainText(
        uR"({"model": "shop.Order", "type": "POST_DELETE", "instance": {"owner": {"id": 7}}})"_s);
    QVERIFY(!changed.isEmpty());
    QCOMPARE(form.model()->currentText(), u"shop.Order"_s);
    QCOMPARE(form.event()->currentIndex(), static_cast<int>(SignalDraft::Event::Deleted));
    form.setJson(false);
    QCOMPARE(cell(form, u"owner.id"_s, AttributesModel::ValueColumn).data().toString(), u"7"_s);
}

void TestSignalForm::brokenJsonIsSaidAndLeft()
{
    SignalForm form;
    form.setCatalog(catalog());
    form.setJson(true);
    QSignalSpy changed(&form, &SignalForm::draftChanged);
    const QString good = form.json()->toPlainText();
    form.json()->setPlainText(u"{\n"_s);
    QVERIFY(!form.draft());
    QVERIFY(!form.mistake().isEmpty());
    QCOMPARE(changed.size(), 1);
    form.json()->setPlainText(good);
    QVERIFY(form.draft());
    QCOMPARE(form.mistake(), QString());
    QCOMPARE(changed.size(), 2);
    form.json()->setPlainText(u"nothing"_s);
    form.setJson(false); // back to what was understood
    QVERIFY(form.draft());
    QCOMPARE(form.draft()->model, "auth.User");
}

void TestSignalForm::theKeyboardFillsItIn()
{
    SignalForm form;
    form.setCatalog(catalog());
    form.show();
    form.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&form));
    form.attributes()->setFocus();
    form.attributes()->setCurrentIndex(cell(form, u"id"_s, AttributesModel::ValueColumn));
    QCOMPARE(QApplication::focusWidget(), form.attributes()); // the arrows lead on
    QTest::keyClicks(form.attributes(), u"4"_s);
    QWidget *editor = QApplication::focusWidget();
    QVERIFY(editor && editor != form.attributes());
    QTest::keyClicks(editor, u"2"_s);
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(form.draft()->find("id")->value, u"42"_s);
    const QModelIndex email = cell(form, u"email"_s, AttributesModel::ValueColumn);
    QTest::mouseClick(form.attributes()->viewport(), Qt::LeftButton, {},
                      form.attributes()->visualRect(email).center());
    QVERIFY(QApplication::focusWidget() != form.attributes());
}

void TestSignalForm::theSignalFollowsWhatIsTyped()
{
    SignalForm form;
    form.setCatalog(catalog());
    const QSignalSpy changed(&form, &SignalForm::draftChanged);
    const auto id = [&form](AttributesModel::Column column) { return cell(form, u"id"_s, column); };
    QPointer<QLineEdit> editor = startTyping(form, id(AttributesModel::ValueColumn), u"42"_s);
    QVERIFY(editor);
    QCOMPARE(form.draft()->find("id")->value, u"42"_s); // without Return
    QCOMPARE(changed.size(), 2);
    QTest::keyClick(editor, Qt::Key_Left);
    QTest::keyClicks(editor, u"1"_s);
    QCOMPARE(form.draft()->find("id")->value, u"412"_s);
    QVERIFY(editor && editor->hasFocus());
    QCOMPARE(editor->text(), u"412"_s);
    QCOMPARE(editor->cursorPosition(), 2);
    QTest::keyClick(editor, Qt::Key_Backspace);
    QCOMPARE(form.draft()->find("id")->value, u"42"_s);
    QCOMPARE(changed.size(), 4);
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_VERIFY(!editor);
    QCOMPARE(form.draft()->find("id")->value, u"42"_s);
    editor = startTyping(form, id(AttributesModel::OldColumn), u"41"_s);
    QVERIFY(editor);
    QCOMPARE(form.draft()->find("id")->old, u"41"_s);
}

void TestSignalForm::escapeBringsBackWhatWasThere()
{
    SignalForm form;
    form.setCatalog(catalog());
    QVERIFY(type(form, u"id"_s, u"7"_s));
    const QPointer<QLineEdit> editor
        = startTyping(form, cell(form, u"id"_s, AttributesModel::ValueColumn), u"42"_s);
    QVERIFY(editor);
    QCOMPARE(form.draft()->find("id")->value, u"42"_s);
    QTest::keyClick(editor, Qt::Key_Escape);
    QTRY_VERIFY(!editor);
    QCOMPARE(form.draft()->find("id")->value, u"7"_s);
}

void TestSignalForm::aNameIsTakenWhenItIsWhole()
{
    SignalForm form;
    form.setCatalog(catalog());
    const auto before = namesIn(*form.draft());
    const QAbstractItemModel *model = form.attributes()->model();
    const QPointer<QLineEdit> editor = startTyping(
        form, model->index(model->rowCount() - 1, AttributesModel::NameColumn), u"nick"_s);
    QVERIFY(editor);
    QCOMPARE(namesIn(*form.draft()), before);
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_VERIFY(form.draft()->find("nick"));
}

void TestSignalForm::whatIsBeingTypedMayBeGivenUp()
{
    auto form = std::make_unique<SignalForm>();
    form->setCatalog(catalog());
    form->show();
    form->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(form.get()));
    form->attributes()->setFocus();
    form->attributes()->setCurrentIndex(cell(*form, u"id"_s, AttributesModel::ValueColumn));
    QTest::keyClicks(form->attributes(), u"4"_s);
    QVERIFY(QApplication::focusWidget() != form->attributes());
    QSignalSpy changed(form.get(), &SignalForm::draftChanged);
    form.reset();
    QVERIFY(changed.isEmpty());
}

void TestSignalForm::everyControlHasAName()
{
    SignalForm form;
    form.setCatalog(catalog());
    form.show();
    QCOMPARE(namelessControls(form), QStringList());
    form.setJson(true);
    QCOMPARE(namelessControls(form), QStringList());
}

QTEST_MAIN(TestSignalForm)
#include "tst_signalform.moc"
