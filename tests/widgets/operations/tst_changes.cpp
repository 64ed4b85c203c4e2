// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/deletedialog.h"
#include "widgets/operations/operationrow.h"
#include "widgets/operations/operationsview.h"
#include "widgets/operations/ttldialog.h"

#include "tests/widgets/accessible.h"
#include "tests/widgets/livecache.h"
#include "widgets/key/keylabel.h"
#include "widgets/style/theme.h"

#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace std::chrono_literals;

namespace {

DeletionTarget users()
{
    DeletionTarget target;
    target.title = "shop.services.get_user_payload";
    target.prefixes = {LiveCache::usersPrefix};
    return target;
}

DeletionTarget one(const QByteArray &key)
{
    DeletionTarget target;
    target.title = key;
    target.keys = {key};
    return target;
}

/// Whether a label in sight has this in its text.
bool says(const QWidget &widget, const char *text)
{
    const auto labels = widget.findChildren<QLabel *>();
    return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
        return label->isVisible() && label->text().contains(QString::fromUtf8(text));
    });
}

template <typename Button> Button *button(const QWidget &widget, const char *beginning)
{
    const auto buttons = widget.findChildren<Button *>();
    for (Button *found : buttons) {
        if (found->isVisible() && found->text().remove(u'&').startsWith(QLatin1String(beginning)))
            return found;
    }
    return nullptr;
}

} // namespace

/// Deleting, changing a TTL, and taking it back, through the widgets.
class ChangesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { start({}); }
    void cleanup()
    {
        m_cache->held->release();
        if (m_dialog)
            delete m_dialog;
        m_operations.reset();
        m_cache.reset();
    }

    void showsWhatADeletionWouldTake()
    {
        DeleteDialog &dialog = openDelete(users());
        QVERIFY(says(dialog, "Delete shop.services.get_user_payload?"));
        QVERIFY(says(dialog, "28 keys"));
        QVERIFY(says(dialog, "It can be undone"));
        auto *sample = dialog.findChild<QListWidget *>();
        QVERIFY(sample->count() > 0);
        QVERIFY(sample->item(0)->text().startsWith(QString::fromLatin1(LiveCache::usersPrefix)));
        QVERIFY(button<QPushButton>(dialog, "Delete 28 keys"));
        QCOMPARE(existing(LiveCache::usersPrefix), LiveCache::userEntries); // looking takes nothing
    }

    void saysWhenWhatItDeletesIsAGuess()
    {
        DeletionTarget target = users();
        target.node.emplace();
        QVERIFY(!says(openDelete(target), "is a guess"));
        delete m_dialog;
        target.node->guessed = true;
        QVERIFY(says(openDelete(target), "shop.services.get_user_payload is a guess"));
    }

    void deletesAndUndoesThroughTheWidgets()
    {
        DeleteDialog &dialog = openDelete(users());
        QTest::mouseClick(button<QPushButton>(dialog, "Delete 28"), Qt::LeftButton);
        QTRY_VERIFY(!m_dialog);
        QTRY_VERIFY(says(*m_operations, "28 gone"));
        QTRY_VERIFY(says(*m_operations, "done"));
        QCOMPARE(existing(LiveCache::usersPrefix), 0);

        auto *undo = button<QToolButton>(*m_operations, "Undo");
        QVERIFY(undo);
        QTest::keyClick(undo, Qt::Key_Space);
        QTRY_VERIFY(says(*m_operations, "28 restored"));
        QTRY_VERIFY(says(*m_operations, "undone"));
        QCOMPARE(existing(LiveCache::usersPrefix), LiveCache::userEntries);
    }

    void keepsWhatWasWrittenSinceWhenItUndoes()
    {
        DeleteDialog &dialog = openDelete(users());
        QTest::mouseClick(button<QPushButton>(dialog, "Delete 28"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "done"));
        QVERIFY(m_cache->memory->set(LiveCache::userKey("int"), "newer", 1h));
        QTest::mouseClick(button<QToolButton>(*m_operations, "Undo"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "27 restored, 1 written again since and kept"));
        QCOMPARE(m_cache->memory->get(LiveCache::userKey("int")).value(), QByteArray("newer"));
    }

    void asksShortlyForASingleEntry()
    {
        DeleteDialog &dialog = openDelete(one(LiveCache::userKey("int")));
        QVERIFY(says(dialog, "Delete this entry?"));
        auto *key = dialog.findChild<KeyLabel *>();
        QVERIFY(key->isVisible());
        QCOMPARE(key->rawKey(), LiveCache::userKey("int"));
        QVERIFY(!dialog.findChild<QListWidget *>()->isVisible());
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "1 gone"));
        QCOMPARE(existing(LiveCache::usersPrefix), LiveCache::userEntries - 1);
    }

    void enterDoesNotDelete()
    {
        DeleteDialog &dialog = openDelete(users());
        QVERIFY(!button<QPushButton>(dialog, "Delete")->isDefault());
        QTest::keyClick(&dialog, Qt::Key_Return);
        QTRY_VERIFY(!m_dialog);
        QCOMPARE(existing(LiveCache::usersPrefix), LiveCache::userEntries);
        QCOMPARE(m_operations->count(), 0);
    }

    void escapeCancelsWhileItIsStillPlanning()
    {
        m_cache->held->hold();
        auto *dialog = makeDelete(users());
        QSignalSpy planned(dialog, &DeleteDialog::planned);
        dialog->open();
        QVERIFY(dialog->isVisible());
        QVERIFY(says(*dialog, "Finding the keys"));
        QVERIFY(dialog->findChild<QProgressBar *>()->isVisible());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(!m_dialog);
        QCOMPARE(planned.count(), 0);
    }

    void wantsTheNameTypedInProduction()
    {
        SessionOptions options;
        options.policy = {.name = "shop-prod", .readOnly = false, .production = true};
        start(options);
        DeleteDialog &dialog = openDelete(users());
        QVERIFY(says(dialog, "This is production"));
        auto *remove = button<QPushButton>(dialog, "Delete");
        auto *name = dialog.findChild<QLineEdit *>();
        QVERIFY(!remove->isEnabled());
        QTest::keyClicks(name, QStringLiteral("shop-pro"));
        QVERIFY(!remove->isEnabled());
        QTest::keyClicks(name, QStringLiteral("d"));
        QVERIFY(remove->isEnabled());
        QTest::keyClick(name, Qt::Key_Return); // typed for this: now Enter deletes
        QTRY_VERIFY(says(*m_operations, "28 gone"));
    }

    void deletesASingleKeyInProductionWithoutTheName()
    {
        SessionOptions options;
        options.policy = {.name = "shop-prod", .readOnly = false, .production = true};
        start(options);
        DeleteDialog &dialog = openDelete(one(LiveCache::userKey("int")));
        QVERIFY(button<QPushButton>(dialog, "Delete")->isEnabled());
        QVERIFY(!dialog.findChild<QLineEdit *>()->isVisible());
    }

    void saysThatAConnectionIsReadOnly()
    {
        SessionOptions options;
        options.policy.readOnly = true;
        start(options);
        auto *dialog = makeDelete(users());
        dialog->open();
        QVERIFY(says(*dialog, "read-only"));
        QVERIFY(!button<QPushButton>(*dialog, "Delete")->isEnabled());
        delete dialog;

        TtlDialog ttl(m_cache->session.get(), LiveCache::userKey("int"), 5min);
        ttl.setAttribute(Qt::WA_DeleteOnClose, false);
        ttl.open();
        QVERIFY(says(ttl, "read-only"));
        QVERIFY(!button<QPushButton>(ttl, "Change TTL")->isEnabled());
    }

    void saysWhenItTurnsReadOnlyMeanwhile()
    {
        DeleteDialog &dialog = openDelete(users());
        m_cache->session->setReadOnly(true);
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QVERIFY(m_dialog);
        QVERIFY(says(dialog, "Could not"));
        QCOMPARE(existing(LiveCache::usersPrefix), LiveCache::userEntries);
    }

    void saysWhyItCouldNotPlanAndTriesAgain()
    {
        m_cache->held->failWith(
            Error{Error::Code::Unreachable, "reach", "the server", "gone", true});
        DeleteDialog &dialog = openDelete(one(LiveCache::userKey("int")));
        QVERIFY(says(dialog, "gone"));
        m_cache->held->recover();
        QTest::mouseClick(button<QPushButton>(dialog, "Try Again"), Qt::LeftButton);
        QTRY_VERIFY(dialog.plan().has_value());
        QVERIFY(button<QPushButton>(dialog, "Delete")->isEnabled());
    }

    void saysWhenThereIsNothingToDelete()
    {
        DeletionTarget target = users();
        target.prefixes = {"no-such-prefix::"};
        DeleteDialog &dialog = openDelete(target);
        QVERIFY(says(dialog, "nothing to delete"));
        QVERIFY(!button<QPushButton>(dialog, "Delete")->isEnabled());
    }

    void saysWhatIsRunAnewBehindIt()
    {
        DeletionTarget target = users();
        const QByteArray key = LiveCache::userKey("int");
        target.rewarms = {{.title = "get_user_payload(user_id: int)",
                           .key = [key] { return Result<QByteArray>(key); },
                           .run =
                               [this, key] {
                                   (void)m_cache->memory->set(key, "run anew", 1h);
                                   return QtFuture::makeReadyFuture(Result<bool>(true));
                               }}};
        DeleteDialog &dialog = openDelete(target);
        QVERIFY(says(dialog, "Then run anew, and stored: get_user_payload(user_id: int)."));
        QTest::mouseClick(button<QPushButton>(dialog, "Delete 28"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "28 gone, 1 run anew"));
        QCOMPARE(m_cache->memory->get(key).value(), QByteArray("run anew"));
        QTRY_VERIFY(button<QToolButton>(*m_operations, "Undo"));
        QTest::mouseClick(button<QToolButton>(*m_operations, "Undo"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "28 restored, 1 run anew removed"));
    }

    void runsAnewWhereThereIsNothingToDelete()
    {
        DeletionTarget target = users();
        target.prefixes = {"no-such-prefix::"};
        target.rewarms = {{.title = "call",
                           .key = [] { return Result<QByteArray>("key"); },
                           .run = [] { return QtFuture::makeReadyFuture(Result<bool>(false)); }}};
        DeleteDialog &dialog = openDelete(target);
        QVERIFY(says(dialog, "Run one call anew?"));
        QTest::mouseClick(button<QPushButton>(dialog, "Run Anew"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "0 of 1 run anew, 1 not stored"));
        QTRY_VERIFY(says(*m_operations, "done"));
    }

    void saysBeforehandWhenThereWillBeNoUndo()
    {
        SessionOptions options;
        options.undoBudget = 100;
        start(options);
        DeleteDialog &dialog = openDelete(users());
        QVERIFY(says(dialog, "It cannot be undone: "));
    }

    void dangerIsTheColourOfTheDeleteButton()
    {
        DeleteDialog &dialog = openDelete(users());
        auto *remove = button<QPushButton>(dialog, "Delete");
        QCOMPARE(remove->palette().color(QPalette::Active, QPalette::Button),
                 dangerColor(dialog.palette()));
    }

    void changesATtlAndKeepsTheValue()
    {
        const QByteArray key = LiveCache::userKey("int");
        const auto before = m_cache->memory->get(key).value();
        TtlDialog &dialog = openTtl(key, 5min);
        auto *text = dialog.findChild<QLineEdit *>();
        QCOMPARE(text->text(), QStringLiteral("5m"));
        QTest::keyClicks(text, QStringLiteral("1h 30m")); // over what was selected
        QVERIFY(says(dialog, "Expires"));
        QTest::keyClick(text, Qt::Key_Return);
        QTRY_VERIFY(!m_dialog);
        QTRY_VERIFY(says(*m_operations, "1 changed"));
        QCOMPARE(ttl(key), 90min);
        QCOMPARE(m_cache->memory->get(key).value(), before);

        QTest::mouseClick(button<QToolButton>(*m_operations, "Undo"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "undone"));
        QVERIFY(ttl(key) < 5min);
    }

    void removesATtlWithAPreset()
    {
        const QByteArray key = LiveCache::userKey("int");
        TtlDialog &dialog = openTtl(key, 5min);
        QTest::mouseClick(button<QPushButton>(dialog, "No expiry"), Qt::LeftButton);
        QVERIFY(says(dialog, "Stays until it is deleted"));
        QTest::mouseClick(button<QPushButton>(dialog, "Change TTL"), Qt::LeftButton);
        QTRY_COMPARE(ttl(key), std::nullopt);
    }

    void saysWhatIsWrongWithATtl()
    {
        TtlDialog &dialog = openTtl(LiveCache::userKey("int"), 5min);
        QTest::keyClicks(dialog.findChild<QLineEdit *>(), QStringLiteral("5 parsecs"));
        QVERIFY(says(dialog, "parsecs"));
        QVERIFY(!button<QPushButton>(dialog, "Change TTL")->isEnabled());
    }

    void cancelsAnOperationAndGivesAnExactAccount()
    {
        SessionOptions options;
        options.batch = 10;
        start(options);
        DeleteDialog &dialog = openDelete(users());
        m_cache->held->hold(
            2); // lets the first batch through: its size is asked for, then it is taken
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "10 of 28 gone"));
        QTRY_VERIFY(m_cache->held->waiting() > 0);
        QTest::keyClick(button<QToolButton>(*m_operations, "Cancel"), Qt::Key_Space);
        m_cache->held->release();
        QTRY_VERIFY(says(*m_operations, "canceled"));
        const OperationStatus status = m_cache->session->operations().front();
        QCOMPARE(status.done + status.alreadyGone + status.notTried + status.unknown, 28);
        QVERIFY(status.notTried > 0);
        QVERIFY(status.done >= 10);
        QCOMPARE(existing(LiveCache::usersPrefix), LiveCache::userEntries - status.done);
    }

    void forgetsAnOperation()
    {
        QVERIFY(says(*m_operations, "Nothing has been changed"));
        DeleteDialog &dialog = openDelete(one(LiveCache::userKey("int")));
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "done"));
        QVERIFY(!says(*m_operations, "Nothing has been changed"));
        QTest::mouseClick(button<QToolButton>(*m_operations, "Forget"), Qt::LeftButton);
        QCOMPARE(m_operations->count(), 0);
        QVERIFY(m_cache->session->operations().empty());
        QVERIFY(says(*m_operations, "Nothing has been changed"));
    }

    void showsTheNewestOperationFirst()
    {
        for (const char *user : {"int", "true"}) {
            DeleteDialog &dialog = openDelete(one(LiveCache::userKey(user)));
            QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
            QTRY_VERIFY(!m_dialog);
        }
        QTRY_COMPARE(m_operations->count(), 2);
        const auto rows = m_operations->findChildren<OperationRow *>();
        QTRY_VERIFY(rows[0]->y() != rows[1]->y());
        const OperationRow *upper = rows[0]->y() < rows[1]->y() ? rows[0] : rows[1];
        QCOMPARE(upper->status().title, LiveCache::userKey("true"));
    }

    void listsWhatWasDoneBeforeItWasOpened()
    {
        DeleteDialog &dialog = openDelete(one(LiveCache::userKey("int")));
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "done"));
        OperationsView later;
        later.setSession(m_cache->session.get());
        QCOMPARE(later.count(), 1);
    }

    void writesEveryCountOut()
    {
        OperationStatus status;
        status.total = 20'000;
        status.done = 12'000;
        status.alreadyGone = 3;
        status.notTried = 7'985;
        status.unknown = 12;
        status.phase = OperationStatus::Phase::Canceled;
        const QString text = operationCounts(status);
        for (const char *part :
             {"gone", "3 already gone", "left as before", "12 sent, outcome not known"})
            QVERIFY2(text.contains(QLatin1String(part)), qPrintable(text));
        status.notTried = 0;
        status.rewarms = 4;
        status.rewarmed = 2;
        status.rewarmsFailed = 1;
        QVERIFY2(operationCounts(status).endsWith(QLatin1String("2 of 4 run anew, 1 failed")),
                 qPrintable(operationCounts(status)));
        status.phase = OperationStatus::Phase::Undone;
        status.restored = 11'990;
        status.keptNewer = 8;
        status.expired = 2;
        const QString undone = operationCounts(status);
        QVERIFY2(undone.contains(QLatin1String("8 written again since and kept, 2 expired")),
                 qPrintable(undone));
    }

    void letsGoOfASessionThatEnds()
    {
        DeleteDialog &dialog = openDelete(one(LiveCache::userKey("int")));
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "done"));
        makeDelete(users())->open();
        m_cache->session.reset();
        QTRY_VERIFY(!m_dialog);
        QCOMPARE(m_operations->count(), 0);
    }

    void namesEveryControl()
    {
        DeleteDialog &dialog = openDelete(users());
        QCOMPARE(namelessControls(dialog).join(u','), QString());
        QTest::mouseClick(button<QPushButton>(dialog, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(says(*m_operations, "done"));
        QCOMPARE(namelessControls(*m_operations).join(u','), QString());
        QCOMPARE(namelessControls(openTtl(LiveCache::userKey("int"), 5min)).join(u','), QString());
    }

private:
    void start(SessionOptions options)
    {
        m_operations.reset();
        options.tick = 5ms;
        m_cache = std::make_unique<LiveCache>(std::move(options));
        m_operations = std::make_unique<OperationsView>();
        m_operations->setSession(m_cache->session.get());
        m_operations->resize(600, 300);
        m_operations->show();
    }

    DeleteDialog *makeDelete(DeletionTarget target)
    {
        auto *dialog = new DeleteDialog(m_cache->session.get(), std::move(target));
        m_dialog = dialog;
        return dialog;
    }
    DeleteDialog &openDelete(DeletionTarget target)
    {
        auto *dialog = makeDelete(std::move(target));
        QSignalSpy planned(dialog, &DeleteDialog::planned);
        dialog->open();
        if (planned.isEmpty() && !planned.wait())
            qFatal("no plan was made");
        return *dialog;
    }
    TtlDialog &openTtl(const QByteArray &key, std::optional<std::chrono::milliseconds> current)
    {
        auto *dialog = new TtlDialog(m_cache->session.get(), key, current);
        m_dialog = dialog;
        dialog->open();
        return *dialog;
    }

    /// Keys that are there, by the backend itself.
    int existing(const QByteArray &prefix)
    {
        int count = 0;
        const auto cursor = m_cache->memory->scan({.prefix = prefix});
        while (cursor
                   ->next([&](std::span<const std::string_view> keys) {
                       count += static_cast<int>(keys.size());
                   })
                   .value()) { }
        return count;
    }
    std::optional<std::chrono::milliseconds> ttl(const QByteArray &key)
    {
        return m_cache->memory->facts(std::vector{key}).value().front().ttl;
    }

    std::unique_ptr<LiveCache> m_cache;
    std::unique_ptr<OperationsView> m_operations;
    QPointer<QDialog> m_dialog;
};

QTEST_MAIN(ChangesTest)
#include "tst_changes.moc"
