// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/commands/commandpalette.h"
#include "widgets/style/whynot.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMainWindow>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>

using namespace Cachelens;

class TestCommandPalette : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_window = std::make_unique<QMainWindow>();
        m_window->resize(900, 600);
        m_field = new QLineEdit;
        m_window->setCentralWidget(m_field);
        m_delete = add(QStringLiteral("&Delete entry…"));
        m_delete->setShortcut(QKeySequence(QStringLiteral("Ctrl+D")));
        m_scan = add(QStringLiteral("Start &scan"));
        m_undo = add(QStringLiteral("Undo && forget"));
        setWhyNot(m_undo, QStringLiteral("Nothing has been deleted."));
        m_palette = new CommandPalette(m_window.get());
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_field->setFocus();
    }
    void cleanup() { m_window.reset(); }

    void matchesLettersInTheirOrder()
    {
        QVERIFY(fuzzyMatch(QStringLiteral("dele"), QStringLiteral("Delete entry")));
        QVERIFY(fuzzyMatch(QStringLiteral("DE EN"), QStringLiteral("Delete entry")));
        QVERIFY(!fuzzyMatch(QStringLiteral("ed"), QStringLiteral("Delete")));
        QVERIFY(!fuzzyMatch(QStringLiteral("x"), QString()));
        const auto match = fuzzyMatch(QStringLiteral("den"), QStringLiteral("Delete entry"));
        QVERIFY(match);
        QCOMPARE(match->positions, (QList<int>{0, 7, 8}));
    }

    void prefersBeginningsOfWordsAndRuns()
    {
        const auto score = [](const char *typed, const char *text) {
            const auto match = fuzzyMatch(QString::fromLatin1(typed), QString::fromLatin1(text));
            return match ? match->score : -1000;
        };
        QVERIFY(score("ct", "Change TTL") > score("ct", "Select entry"));
        QVERIFY(score("scan", "Start scan") > score("scan", "Show cached entries again"));
        QVERIFY(score("del", "Delete entry") > score("del", "Model"));
    }

    void theModelHolds()
    {
        CommandModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setCommands(
            {{m_delete, QStringLiteral("Delete entry")}, {m_scan, QStringLiteral("Start scan")}});
        QCOMPARE(model.rowCount(), 2);
        model.setFilter(QStringLiteral("scan"));
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.actionAt(0), m_scan);
        model.setFilter(QStringLiteral("zzz"));
        QCOMPARE(model.rowCount(), 0);
    }

    void runsTheCommandThatWasTyped()
    {
        QSignalSpy triggered(m_scan, &QAction::triggered);
        popUp();
        QTest::keyClicks(filter(), QStringLiteral("sc"));
        QTest::keyClick(filter(), Qt::Key_Return);
        QCOMPARE(triggered.count(), 1);
        QVERIFY(!m_palette->isVisible());
        QCOMPARE(m_window->focusWidget(), m_field);
    }

    void movesWithTheArrowKeys()
    {
        popUp();
        QCOMPARE(list()->currentIndex().row(), 0);
        QTest::keyClick(filter(), Qt::Key_Down);
        QCOMPARE(list()->currentIndex().row(), 1);
        QTest::keyClick(filter(), Qt::Key_Down);
        QTest::keyClick(filter(), Qt::Key_Down);
        QTest::keyClick(filter(), Qt::Key_Down);
        QCOMPARE(list()->currentIndex().row(), 2);
        QTest::keyClick(filter(), Qt::Key_Up);
        QCOMPARE(list()->currentIndex().row(), 1);
    }

    void saysWhyACommandCannotBeRun()
    {
        QSignalSpy triggered(m_undo, &QAction::triggered);
        popUp();
        QTest::keyClicks(filter(), QStringLiteral("undo"));
        QCOMPARE(list()->currentIndex().data().toString(), QStringLiteral("Undo & forget"));
        QVERIFY(says(QStringLiteral("Nothing has been deleted.")));
        QTest::keyClick(filter(), Qt::Key_Return);
        QCOMPARE(triggered.count(), 0);
        QVERIFY(m_palette->isVisible());
    }

    void closesOnEscapeAndGivesTheFocusBack()
    {
        popUp();
        QCOMPARE(m_window->focusWidget(), filter());
        QTest::keyClick(filter(), Qt::Key_Escape);
        QVERIFY(!m_palette->isVisible());
        QCOMPARE(m_window->focusWidget(), m_field);
    }

    void closesWhenSomethingElseIsClicked()
    {
        popUp();
        m_field->setFocus(Qt::MouseFocusReason);
        QVERIFY(!m_palette->isVisible());
    }

    void takesMenusApart()
    {
        QMenu menu(QStringLiteral("&Copy"));
        QAction *key = menu.addAction(QStringLiteral("&Key"));
        menu.addSeparator();
        QSignalSpy triggered(key, &QAction::triggered);
        m_palette->popUp({m_delete, menu.menuAction(), m_delete});
        QCOMPARE(list()->model()->rowCount(), 2); // the same action once
        QTest::keyClicks(filter(), QStringLiteral("cokey"));
        QCOMPARE(list()->currentIndex().data().toString(), QStringLiteral("Copy: Key"));
        QTest::keyClick(filter(), Qt::Key_Return);
        QCOMPARE(triggered.count(), 1);
    }

    void tellsAScreenReaderTheWholeRow()
    {
        popUp();
        const QModelIndex first = list()->model()->index(0, 0);
        QCOMPARE(first.data(Qt::AccessibleTextRole).toString(),
                 QStringLiteral("Delete entry, Ctrl+D"));
        QVERIFY(!filter()->accessibleName().isEmpty());
        QVERIFY(!list()->accessibleName().isEmpty());
    }

    void outlivesAnActionThatGoes()
    {
        auto *passing = new QAction(QStringLiteral("Passing"), m_window.get());
        m_palette->popUp({passing});
        delete passing;
        QTest::keyClick(filter(), Qt::Key_Return);
        QVERIFY(m_palette->isVisible()); // nothing to run
    }

private:
    QAction *add(const QString &text)
    {
        auto *action = new QAction(text, m_window.get());
        m_window->addAction(action);
        return action;
    }
    void popUp() { m_palette->popUp({m_delete, m_scan, m_undo}); }
    QLineEdit *filter() { return m_palette->findChild<QLineEdit *>(); }
    QListView *list() { return m_palette->findChild<QListView *>(); }
    bool says(const QString &text)
    {
        const auto labels = m_palette->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel *label) { return label->text() == text; });
    }

    std::unique_ptr<QMainWindow> m_window;
    QLineEdit *m_field = nullptr;
    QAction *m_delete = nullptr;
    QAction *m_scan = nullptr;
    QAction *m_undo = nullptr;
    CommandPalette *m_palette = nullptr;
};

QTEST_MAIN(TestCommandPalette)
#include "tst_commandpalette.moc"
