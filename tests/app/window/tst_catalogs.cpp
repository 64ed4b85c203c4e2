// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoshop.h"
#include "app/window/banner.h"
#include "app/window/catalogcommands.h"
#include "app/window/catalogdialog.h"
#include "tests/app/window/windowworld.h"
#include "tests/support/manualclock.h"
#include "tests/widgets/accessible.h"
#include "widgets/catalog/catalogeditor.h"
#include "widgets/catalog/catalogtext.h"

#include <QAction>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSaveFile>
#include <QSignalSpy>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

const QByteArray oneFunction = R"({"functions": [{"id": "m.f"}]})";
const QByteArray twoFunctions = R"({"functions": [{"id": "m.f"}, {"id": "m.g"}]})";
const QByteArray broken = "{\"functions\": [\n{\"id\": \"m.f\", \"tll\": 3}]}";

void save(const QString &name, const QByteArray &bytes)
{
    QSaveFile file(name);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        qFatal("cannot write %s", qPrintable(name));
}

QByteArray bytesOf(const QString &name)
{
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

/// The catalogs of a connection in the real window.
class TestCatalogs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aChangedFileIsReadAgain();
    void aBrokenFileLeavesTheCatalogBefore();
    void filesAreChosenForOneConnectionAndRemembered();
    void aCatalogIsEditedAndSaved();
    void anEditedCatalogIsNotLost();
    void aFileThatSomebodyElseChangesIsNotOverwrittenUnasked();
    void aNewCatalogBeginsWithTheFunctionsOfTheDemo();
    void theDemoIsExported();
    void everyControlHasAName();

private:
    /// The window on a server with this catalog.
    void open(WindowWorld &world, const QByteArray &catalog);
    [[nodiscard]] static size_t functions(const WindowWorld &world);
    /// Edits the connection's catalog; null when no editor comes.
    [[nodiscard]] static CatalogDialog *edit(const WindowWorld &world);
    static void choose(const WindowWorld &world, const QString &file);
};

void TestCatalogs::open(WindowWorld &world, const QByteArray &catalog)
{
    const QString file = world.folder.filePath(u"catalog.json"_s);
    save(file, catalog);
    world.fill("users", 1, 1);
    Connection connection = world.connection();
    connection.catalogs = {file};
    world.open(connection);
    QTRY_VERIFY(world.window->session());
}

size_t TestCatalogs::functions(const WindowWorld &world)
{
    return world.window->session()->catalog().functions().size();
}

CatalogDialog *TestCatalogs::edit(const WindowWorld &world)
{
    world.window->catalogs()->editAction()->trigger();
    CatalogDialog *dialog = world.window->catalogs()->dialog();
    if (dialog)
        (void)QSignalSpy(dialog, &CatalogDialog::loaded).wait();
    return dialog;
}

void TestCatalogs::choose(const WindowWorld &world, const QString &file)
{
    auto *dialog = world.window->findChild<QFileDialog *>();
    QVERIFY(dialog);
    dialog->selectFile(file);
    dialog->findChild<QLineEdit *>(u"fileNameEdit"_s)->setText(file);
    static_cast<QDialog *>(dialog)->accept();
}

void TestCatalogs::aChangedFileIsReadAgain()
{
    WindowWorld world;
    open(world, oneFunction);
    QCOMPARE(functions(world), 1U);
    save(world.folder.filePath(u"catalog.json"_s), twoFunctions);
    QTRY_COMPARE(functions(world), 2U);
    save(world.folder.filePath(u"catalog.json"_s), oneFunction);
    QTRY_COMPARE(functions(world), 1U);
}

void TestCatalogs::aBrokenFileLeavesTheCatalogBefore()
{
    WindowWorld world;
    open(world, twoFunctions);
    const auto index = world.window->session()->index();
    save(world.folder.filePath(u"catalog.json"_s), broken);
    QTRY_VERIFY(world.banner().contains(u"line 2"_s));
    QVERIFY(world.banner().contains(u"tll"_s));
    QCOMPARE(functions(world), 2U);
    save(world.folder.filePath(u"catalog.json"_s), twoFunctions);
    QTRY_COMPARE(world.banner(), QString());
    QCOMPARE(world.window->session()->index(), index); // the keys need not be read again
}

void TestCatalogs::filesAreChosenForOneConnectionAndRemembered()
{
    WindowWorld world;
    world.fill("users", 1, 1);
    world.open();
    QTRY_VERIFY(world.window->session());
    const CatalogCommands *commands = world.window->catalogs();
    QVERIFY(!commands->forgetAction()->isEnabled());
    const QString file = world.folder.filePath(u"shop.json"_s);
    save(file, twoFunctions);
    commands->loadAction()->trigger();
    choose(world, file);
    QTRY_COMPARE(functions(world), 2U);
    QVERIFY(commands->forgetAction()->isEnabled());

    world.window->openConnection(Connection::demo());
    QTRY_VERIFY(world.window->session() && functions(world) > 2);
    QVERIFY(!commands->forgetAction()->isEnabled()); // those of the other connection are not its
    world.closeWindow();
    world.window = std::make_unique<MainWindow>(*world.settings, std::make_shared<SystemClock>());
    const Connection known = world.window->connectionTo(*BackendUrl::parse(world.server.url()));
    QCOMPARE(known.catalogs, QStringList{file});

    world.window->openConnection(known);
    QTRY_VERIFY(world.window->session());
    QCOMPARE(functions(world), 2U);
    world.window->catalogs()->forgetAction()->trigger();
    QTRY_COMPARE(functions(world), 0U);
    QVERIFY(world.window->connectionTo(known.url).catalogs.isEmpty());
}

void TestCatalogs::aCatalogIsEditedAndSaved()
{
    WindowWorld world;
    open(world, oneFunction);
    CatalogDialog *dialog = edit(world);
    QVERIFY(dialog);
    CatalogEditor *editor = dialog->editor();
    QCOMPARE(editor->text(), QString::fromUtf8(oneFunction));
    auto *saveButton = WindowWorld::button(*dialog, "Save");
    QVERIFY(!saveButton->isEnabled());
    editor->view()->selectAll();
    editor->view()->insertPlainText(QString::fromUtf8(broken));
    QTRY_VERIFY(editor->isChecked());
    QCOMPARE(editor->mistakes().size(), 1U);
    QCOMPARE(editor->mistakes().front().line, 2);
    editor->view()->selectAll();
    editor->view()->insertPlainText(QString::fromUtf8(twoFunctions));
    QTRY_VERIFY(editor->isChecked());
    QVERIFY(editor->mistakes().empty());
    QVERIFY(saveButton->isEnabled());
    QTest::mouseClick(saveButton, Qt::LeftButton);
    QTRY_COMPARE(functions(world), 2U);
    QCOMPARE(bytesOf(dialog->file()), twoFunctions);
    QVERIFY(!dialog->isModified());
    QVERIFY(!saveButton->isEnabled());
}

void TestCatalogs::anEditedCatalogIsNotLost()
{
    WindowWorld world;
    open(world, oneFunction);
    const QPointer<CatalogDialog> dialog = edit(world);
    QVERIFY(dialog);
    dialog->editor()->view()->insertPlainText(u" "_s);
    world.window->close();
    QVERIFY(world.window->isVisible());
    auto *box = dialog->findChild<QMessageBox *>();
    QVERIFY(box);
    QTest::mouseClick(WindowWorld::button(*box, "Save"), Qt::LeftButton);
    QTRY_VERIFY(!dialog);
    QCOMPARE(bytesOf(world.folder.filePath(u"catalog.json"_s)), ' ' + oneFunction);
    world.window->close();
    QVERIFY(!world.window->isVisible());
}

void TestCatalogs::aFileThatSomebodyElseChangesIsNotOverwrittenUnasked()
{
    WindowWorld world;
    open(world, oneFunction);
    CatalogDialog *dialog = edit(world);
    QVERIFY(dialog);
    CatalogEditor *editor = dialog->editor();
    // Not edited here: it follows.
    save(dialog->file(), twoFunctions);
    QTRY_COMPARE(editor->text(), QString::fromUtf8(twoFunctions));
    QVERIFY(!dialog->isModified());
    // Edited: it is said, and what was typed stays until one chooses.
    editor->view()->insertPlainText(u" "_s);
    save(dialog->file(), oneFunction);
    QPushButton *load = nullptr;
    QTRY_VERIFY((load = WindowWorld::button(*dialog, "Load It")));
    QCOMPARE(editor->text(), QString::fromUtf8(' ' + twoFunctions));
    QTest::mouseClick(load, Qt::LeftButton);
    QCOMPARE(editor->text(), QString::fromUtf8(oneFunction));
    QVERIFY(!load->isVisible());
}

void TestCatalogs::aNewCatalogBeginsWithTheFunctionsOfTheDemo()
{
    WindowWorld world;
    world.open(Connection::demo());
    world.window->catalogs()->editAction()->trigger();
    const QString file = world.folder.filePath(u"mine.json"_s);
    choose(world, file);
    QTRY_VERIFY(world.window->catalogs()->dialog());
    QTRY_VERIFY(!world.window->catalogs()->dialog()->editor()->text().isEmpty());
    QCOMPARE(world.window->catalogs()->dialog()->file(), file);
    QCOMPARE(world.window->connectionTo(*BackendUrl::parse("memory:")).catalogs, QStringList{file});
    QTRY_COMPARE(functions(world), demoCatalog().functions().size());
}

void TestCatalogs::theDemoIsExported()
{
    WindowWorld world;
    world.open(Connection::demo());
    world.window->catalogs()->exportAction()->trigger();
    const QString file = world.folder.filePath(u"demo.json"_s);
    choose(world, file);
    QTRY_VERIFY(QFile::exists(file));
    const auto exported = Catalog::fromFile(QFile::encodeName(file));
    QVERIFY(exported);
    QCOMPARE(exported->toJson(), demoCatalog().toJson());
}

void TestCatalogs::everyControlHasAName()
{
    WindowWorld world;
    open(world, broken);
    const CatalogDialog *dialog = edit(world);
    QVERIFY(dialog);
    QTRY_VERIFY(!dialog->editor()->mistakes().empty());
    QCOMPARE(namelessControls(*dialog), QStringList());
}

QTEST_MAIN(TestCatalogs)
#include "tst_catalogs.moc"
