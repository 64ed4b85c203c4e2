// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value/valuejson.h"
#include "tests/widgets/accessible.h"
#include "tests/widgets/livecache.h"
#include "widgets/playground/constructorform.h"
#include "widgets/playground/fieldsmodel.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <QTest>
#include <QToolButton>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

/// The one control of its kind with this name.
template <typename Control> Control *named(const QWidget &root, const QString &name)
{
    for (Control *control : root.findChildren<Control *>()) {
        if (control->accessibleName() == name
            || control->property("text").toString().remove(u'&') == name)
            return control;
    }
    return nullptr;
}

void type(const QWidget &form, const QString &name, const QString &text)
{
    auto *edit = named<QLineEdit>(form, name);
    edit->selectAll();
    QTest::keyClicks(edit, text);
}

} // namespace

class TestConstructorForm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFunctionIsWrittenInTheForm();
    void aFunctionGoesThroughTheFormUnchanged();
    void aFunctionIsWrittenAsJson();
    void aMistakeInTheJsonSaysWhere();
    void theFormsAndTheJsonsFunctionIsTheSame();
    void fieldsAreAddedEditedAndRemoved();
    void twoFieldsCannotHaveOneName();
    void everyControlHasAName();
};

void TestConstructorForm::aFunctionIsWrittenInTheForm()
{
    ConstructorForm form;
    const QSignalSpy changed(&form, &ConstructorForm::changed);
    type(form, u"Parameters"_s, u"a"_s);
    QVERIFY2(form.problem().contains(u"Give the function a name"_s), qPrintable(form.problem()));
    type(form, u"Function"_s, u"shop.f"_s);
    QCOMPARE(form.problem(), QString());
    type(form, u"Parameters"_s, u"user_id, tags=[\"a,b\", 1], page=1, name=plain"_s);
    type(form, u"Namespace"_s, u"users"_s);
    type(form, u"Key identifier"_s, u"payload"_s);
    named<QSpinBox>(form, u"Version"_s)->setValue(3);
    named<QCheckBox>(form, u"Hash a longer suffix"_s)->click();
    QVERIFY(changed.count() > 3);

    const CatalogFunction &function = form.function();
    QCOMPARE(function.keyed.id, "shop.f");
    const auto &parameters = function.keyed.parameters;
    QCOMPARE(parameters.size(), size_t(4));
    QVERIFY(!parameters[0].defaultValue);
    QVERIFY(*parameters[1].defaultValue == Value::list({Value::string("a,b"), Value(1)}));
    QVERIFY(*parameters[2].defaultValue == Value(1));
    QVERIFY(*parameters[3].defaultValue == Value::string("plain"));
    QCOMPARE(function.keyed.key.nameSpace, "users");
    QCOMPARE(function.keyed.key.keyIdentifier, "payload");
    QCOMPARE(function.keyed.key.version, 3);
    QVERIFY(function.keyed.key.hashSuffixOnOverflow);
}

void TestConstructorForm::aFunctionGoesThroughTheFormUnchanged()
{
    const Catalog catalog = liveCatalog();
    for (const CatalogFunction &function : catalog.functions()) {
        ConstructorForm form;
        form.setFunction(function);
        named<QLineEdit>(form, u"Namespace"_s)->textEdited({}); // everything is read anew
        CatalogFunction expected = function;
        expected.defaultKey = false;
        QCOMPARE(functionJson(form.function()), functionJson(expected));
    }
}

void TestConstructorForm::aFunctionIsWrittenAsJson()
{
    ConstructorForm form;
    named<QToolButton>(form, u"Edit the constructor as JSON"_s)->click();
    form.findChild<QPlainTextEdit *>()->setPlainText(
        uR"({"id": "shop.f", "params": [{"name": "a"}], "key": {"namespace": "n"}})"_s);
    QCOMPARE(form.problem(), QString());
    QCOMPARE(form.function().keyed.key.nameSpace, "n");
    named<QToolButton>(form, u"Edit the constructor as JSON"_s)->click();
    QCOMPARE(named<QLineEdit>(form, u"Namespace"_s)->text(), u"n"_s);
    QCOMPARE(named<QLineEdit>(form, u"Parameters"_s)->text(), u"a"_s);
}

void TestConstructorForm::aMistakeInTheJsonSaysWhere()
{
    ConstructorForm form;
    form.setFunction(liveCatalog().functions().front());
    named<QToolButton>(form, u"Edit the constructor as JSON"_s)->click();
    auto *json = form.findChild<QPlainTextEdit *>();
    QString text = json->toPlainText();
    json->setPlainText(text.replace(u"\"type\": \"args\""_s, u"\"type\": \"arcs\""_s));
    QVERIFY2(form.problem().contains(u"arcs"_s) && form.problem().contains(u"line"_s),
             qPrintable(form.problem()));
    QCOMPARE(form.function().keyed.key.fields.size(), size_t(3)); // as it was last complete
    json->setPlainText(QString(2'000'000, u' '));
    QVERIFY2(form.problem().contains(u"more than one"_s), qPrintable(form.problem()));
}

void TestConstructorForm::theFormsAndTheJsonsFunctionIsTheSame()
{
    ConstructorForm form;
    form.setFunction(liveCatalog().functions().front());
    const QByteArray before = functionJson(form.function());
    named<QToolButton>(form, u"Edit the constructor as JSON"_s)->click();
    QCOMPARE(form.findChild<QPlainTextEdit *>()->toPlainText().toUtf8(), before);
    QVERIFY(valueFromJson(before, "test"));
}

void TestConstructorForm::fieldsAreAddedEditedAndRemoved()
{
    ConstructorForm form;
    type(form, u"Function"_s, u"shop.f"_s);
    auto *fields = form.findChild<FieldsModel *>();
    const QAbstractItemModelTester tester(fields,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    fields->removeField(0); // of the default constructor
    named<QToolButton>(form, u"Add Field"_s)->click();
    named<QToolButton>(form, u"Add Field"_s)->click();
    QCOMPARE(fields->rowCount(), 2);
    const auto set = [&](int row, int column, const QVariant &value, int role = Qt::EditRole) {
        return fields->setData(fields->index(row, column), value, role);
    };
    QVERIFY(set(0, FieldsModel::NameColumn, u"user"_s));
    QVERIFY(set(0, FieldsModel::TakesColumn, u" user_id , page"_s));
    QVERIFY(set(0, FieldsModel::PathColumn, u"id"_s));
    QVERIFY(set(0, FieldsModel::PartitionColumn, Qt::Checked, Qt::CheckStateRole));
    QVERIFY(set(1, FieldsModel::TypeColumn, u"constant"_s));
    QVERIFY(set(1, FieldsModel::TakesColumn, u"v=1"_s));
    QVERIFY(!set(1, FieldsModel::TypeColumn, u"nonsense"_s));
    const std::vector<KeyField> &read = form.function().keyed.key.fields;
    QCOMPARE(read.size(), size_t(2));
    QCOMPARE(read[0].names, (std::vector<QByteArray>{"user_id", "page"}));
    QCOMPARE(read[0].path, "id");
    QVERIFY(read[0].partition && !read[0].everything);
    QCOMPARE(read[1].constantKey, "v");
    QVERIFY(read[1].constantValue == Value(1));
    QVERIFY(!(fields->flags(fields->index(1, FieldsModel::PathColumn)) & Qt::ItemIsEditable));

    form.findChild<QTableView *>()->selectRow(0);
    named<QToolButton>(form, u"Remove Field"_s)->click();
    QCOMPARE(form.function().keyed.key.fields.size(), size_t(1));
    QCOMPARE(form.function().keyed.key.fields.front().constantKey, "v");
}

void TestConstructorForm::twoFieldsCannotHaveOneName()
{
    FieldsModel fields;
    fields.addField();
    fields.addField();
    const QString first = fields.index(0, FieldsModel::NameColumn).data().toString();
    QVERIFY(!fields.setData(fields.index(1, FieldsModel::NameColumn), first, Qt::EditRole));
    QVERIFY(!fields.setData(fields.index(1, FieldsModel::NameColumn), u" "_s, Qt::EditRole));
    QVERIFY(fields.fields()[0].name != fields.fields()[1].name);
}

void TestConstructorForm::everyControlHasAName()
{
    ConstructorForm form;
    form.show();
    QCOMPARE(namelessControls(form), QStringList());
}

QTEST_MAIN(TestConstructorForm)
#include "tst_constructorform.moc"
