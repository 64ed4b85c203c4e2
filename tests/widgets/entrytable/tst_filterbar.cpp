// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/accessible.h"
#include "widgets/entrytable/filterbar.h"

#include <QAbstractItemView>
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

QComboBox *box(const FilterBar &bar, const QString &name)
{
    for (QComboBox *combo : bar.findChildren<QComboBox *>()) {
        if (combo->accessibleName() == name)
            return combo;
    }
    return nullptr;
}

void choose(QComboBox *combo, const QString &text)
{
    combo->setCurrentText(text);
    Q_EMIT combo->activated(combo->currentIndex());
}

} // namespace

class TestFilterBar final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsOnceAfterTheLastKeystroke()
    {
        FilterBar bar;
        bar.show();
        QSignalSpy told(&bar, &FilterBar::queryChanged);
        bar.focusFilter();
        auto *text = bar.findChild<QLineEdit *>();
        QTest::keyClicks(text, QStringLiteral("user"));
        QCOMPARE(told.count(), 0);
        QVERIFY(told.wait());
        QCOMPARE(told.count(), 1);
        QCOMPARE(told.first().first().value<KeyQuery>().pattern, QByteArray("user"));
    }

    void bytesAreTypedAsTheyAreShown()
    {
        FilterBar bar;
        bar.findChild<QLineEdit *>()->setText(QStringLiteral("a\\x00\\\\"));
        QCOMPARE(bar.query().pattern, QByteArray("a\0\\", 3));
        choose(box(bar, QStringLiteral("Filter syntax")), QStringLiteral("Glob"));
        QCOMPARE(bar.query().pattern, QByteArray("a\\x00\\\\"));
    }

    void anUnusablePatternIsAnErrorAndTheLastOneStays()
    {
        FilterBar bar;
        bar.show();
        KeyQuery good;
        good.pattern = "user";
        good.syntax = KeyQuery::Syntax::Regex;
        bar.setQuery(good);
        QSignalSpy told(&bar, &FilterBar::queryChanged);
        auto *text = bar.findChild<QLineEdit *>();
        text->setText(QStringLiteral("(user"));
        QTest::keyClick(text, Qt::Key_Return);
        const auto *error = bar.findChild<QLabel *>();
        QVERIFY(error->isVisible());
        QVERIFY(!error->text().isEmpty());
        QCOMPARE(told.count(), 0);

        bar.setWithin(7);
        QCOMPARE(told.count(), 1);
        QCOMPARE(told.first().first().value<KeyQuery>().pattern, QByteArray("user"));
        QCOMPARE(told.first().first().value<KeyQuery>().within, NodeId(7));

        QTest::keyClicks(text, QStringLiteral(")"));
        QTRY_COMPARE(told.count(), 2);
        QVERIFY(!error->isVisible());
    }

    void everyConditionIsAskedForAndSetBack()
    {
        FilterBar bar;
        choose(box(bar, QStringLiteral("Next call")), QStringLiteral("STALE"));
        QCOMPARE(bar.query().nextCall, std::optional(NextCall::Stale));
        choose(box(bar, QStringLiteral("Time to live")), QStringLiteral("Less than 10 min"));
        QCOMPARE(bar.query().expiry, KeyQuery::Expiry::Within);
        QCOMPARE(bar.query().ttl.max, std::optional<std::chrono::milliseconds>(10min));
        choose(box(bar, QStringLiteral("Size")), QStringLiteral("1 MB or more"));
        QCOMPARE(bar.query().size.min, std::optional<qint64>(1'000'000));
        choose(box(bar, QStringLiteral("Age")), QStringLiteral("1 h or older"));
        QCOMPARE(bar.query().age.min, std::optional<std::chrono::milliseconds>(1h));

        FilterBar other;
        other.setQuery(bar.query());
        QVERIFY(other.query() == bar.query());
        for (const QComboBox *combo : bar.findChildren<QComboBox *>()) {
            const bool asks = combo->accessibleName() != QStringLiteral("Filter syntax");
            QCOMPARE(combo->toolTip().contains(QStringLiteral("server is asked")), asks);
        }
    }

    void escapeClearsEveryConditionAndKeepsTheNode()
    {
        FilterBar bar;
        bar.show();
        bar.setWithin(3);
        KeyQuery query = bar.query();
        query.pattern = "user";
        query.expiry = KeyQuery::Expiry::Never;
        bar.setQuery(query);
        QSignalSpy told(&bar, &FilterBar::queryChanged);
        QTest::keyClick(bar.findChild<QLineEdit *>(), Qt::Key_Escape);
        QCOMPARE(told.count(), 1);
        QVERIFY(bar.isEmpty());
        QCOMPARE(bar.query().within, NodeId(3));
    }

    void everyChoiceIsOpenedByACommand()
    {
        FilterBar bar;
        bar.show();
        QVERIFY(QTest::qWaitForWindowActive(&bar));
        QSet<QComboBox *> opened;
        for (QAction *action : bar.actions()) {
            if (action->isCheckable())
                continue;
            action->trigger();
            auto *focused = qobject_cast<QComboBox *>(bar.focusWidget());
            QVERIFY(focused && focused->view()->isVisible());
            focused->hidePopup();
            opened.insert(focused);
        }
        QCOMPARE(opened.size(), bar.findChildren<QComboBox *>().size());
    }

    void withLittleWidthTheConditionsGoBelowTheText()
    {
        FilterBar bar;
        const auto *status = box(bar, QStringLiteral("Next call"));
        const auto *text = bar.findChild<QLineEdit *>();
        const auto beside = [&] { return status->y() < text->geometry().bottom(); };
        bar.resize(1200, 60);
        bar.show();
        QTRY_VERIFY(beside());
        bar.resize(bar.minimumSizeHint().width(), 100);
        QTRY_VERIFY(!beside());
        QVERIFY(bar.minimumSizeHint().width() < 480);
        bar.resize(1200, 60);
        QTRY_VERIFY(beside());
    }

    void everyControlHasAName()
    {
        FilterBar bar;
        QCOMPARE(namelessControls(bar), QStringList());
    }
};

QTEST_MAIN(TestFilterBar)
#include "tst_filterbar.moc"
