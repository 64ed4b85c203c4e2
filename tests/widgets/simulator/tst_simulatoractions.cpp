// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/simulatorview.h"

#include "tests/widgets/simulator/simulatorworld.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QInputDialog>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

/// What is done with a signal: it is named, copied, applied, and its keys are followed.
class TestSimulatorActions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signalsAreNamedAndReplayed();
    void signalsAreCopied();
    void whatCannotBeAppliedSaysWhy();
    void aKeyLeadsToItsEntry();
};

void TestSimulatorActions::signalsAreNamedAndReplayed()
{
    SimulatorWorld world;
    const auto command = [&](const QString &text) {
        for (QAction *action : world.view.commands()) {
            if (action->text().remove(u'&').startsWith(text))
                return action;
        }
        qFatal("no command %s", qPrintable(text));
    };
    QSignalSpy changed(&world.view, &SimulatorView::namedSignalsChanged);
    world.simulate(userSaved(u"dict"_s));
    command(u"Save Signal"_s)->trigger();
    auto *dialog = world.view.findChild<QInputDialog *>();
    QVERIFY(dialog);
    dialog->setTextValue(u"Ann is saved"_s);
    dialog->accept();
    QCOMPARE(changed.size(), 1);
    QCOMPARE(world.view.namedSignals().size(), 1U);

    world.simulate(userSaved(u"list"_s));
    auto *saved = world.view.findChild<QComboBox *>(QString(), Qt::FindChildrenRecursively);
    for (QComboBox *box : world.view.findChildren<QComboBox *>()) {
        if (box->accessibleName() == u"Saved signals"_s)
            saved = box;
    }
    QCOMPARE(saved->count(), 1);
    saved->setCurrentIndex(0);
    Q_EMIT saved->activated(0);
    QTRY_COMPARE(world.cell(0, RulesModel::WhyColumn), u"user_id = \"dict\""_s);
    command(u"Remove Saved Signal"_s)->trigger();
    QVERIFY(world.view.namedSignals().empty());
    QCOMPARE(changed.size(), 2);
    QVERIFY(!command(u"Remove Saved Signal"_s)->isEnabled());
}

void TestSimulatorActions::signalsAreCopied()
{
    SimulatorWorld world;
    world.view.setPlace({u"/shop.json"_s}, "redis://localhost:6379/0");
    world.simulate(userSaved(u"dict"_s));
    const std::pair<QString, QString> copies[]{
        {u"Command Line"_s, u"cachelens simulate --catalog '/shop.json' --signal '{"_s},
        {u"C++"_s, u"signalFromJson"_s},
        {u"Python"_s, u"post_save.send("_s},
    };
    for (const auto &[name, text] : copies) {
        for (QAction *action : world.view.commands()) {
            if (action->text().remove(u'&').contains(name))
                action->trigger();
        }
        QVERIFY2(QGuiApplication::clipboard()->text().contains(text),
                 qPrintable(QGuiApplication::clipboard()->text()));
    }
}

void TestSimulatorActions::whatCannotBeAppliedSaysWhy()
{
    SimulatorWorld world;
    QSignalSpy asked(&world.view, &SimulatorView::applyRequested);
    world.simulate(userSaved(u"dict"_s));
    QAction *apply = world.view.applyAction();
    QVERIFY(apply->isEnabled());
    apply->trigger();
    QCOMPARE(asked.size(), 1);
    world.view.setWhyNotApply(u"The connection is read-only"_s);
    QVERIFY(!apply->isEnabled());
    QCOMPARE(apply->toolTip(), u"The connection is read-only"_s);
    world.view.setWhyNotApply({});
    QVERIFY(apply->isEnabled());
}

void TestSimulatorActions::aKeyLeadsToItsEntry()
{
    SimulatorWorld world;
    QSignalSpy asked(&world.view, &SimulatorView::entryRequested);
    world.simulate(userSaved(u"dict"_s));
    QTreeView *tree = world.view.keyTree();
    const QModelIndex rule = tree->model()->index(0, 0);
    const QModelIndex partition = tree->model()->index(0, 0, rule);
    tree->setCurrentIndex(tree->model()->index(0, 0, partition));
    QTest::keyClick(tree, Qt::Key_Return);
    QCOMPARE(asked.size(), 1);
    QVERIFY(asked.constFirst().constFirst().toByteArray().contains("user_id:dict"));
    tree->setCurrentIndex(rule);
    QTest::keyClick(tree, Qt::Key_Return);
    QCOMPARE(asked.size(), 1);
}

QTEST_MAIN(TestSimulatorActions)
#include "tst_simulatoractions.moc"
