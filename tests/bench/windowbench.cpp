// SPDX-License-Identifier: GPL-3.0-or-later
// The real window on a million keys: what following a scan costs, and for how long the GUI thread
// does not return to its event loop while a person scans, expands, scrolls, filters, deletes, types
// in the playground and looks at a value of 50 MB. Needs a display. A table on standard error, a
// JSON line a figure on standard output.
#include "app/memorypolicy.h"
#include "app/stallmonitor.h"
#include "app/window/mainwindow.h"
#include "app/window/playgroundpane.h"
#include "tests/bench/benchcache.h"
#include "tests/bench/figures.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/entrytable/entrytable.h"
#include "widgets/entrytable/filterbar.h"
#include "widgets/key/keylabel.h"
#include "widgets/keytree/keytree.h"
#include "widgets/keytree/keytreemodel.h"
#include "widgets/playground/keyplayground.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QTableView>
#include <QTimer>
#include <QTreeView>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

using namespace Cachelens;
using namespace Cachelens::Testing;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 deadline = 120'000; // ms
constexpr double stallLimit = 50; // ms
constexpr double frame = 1000.0 / 60; // ms
const QByteArray hugeKey = "huge";
constexpr qsizetype hugeBytes = 50'000'000;

/// Runs the event loop until it holds; no later than the deadline.
void runUntil(const std::function<bool()> &holds)
{
    QElapsedTimer timer;
    timer.start();
    QTimer waker; // the condition is looked at even when nothing else happens
    waker.start(5);
    while (!holds()) {
        if (timer.elapsed() > deadline)
            throw std::runtime_error("waited too long");
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

/// Whether a widget has been painted since it was last asked.
class PaintWatch final : public QObject {
public:
    explicit PaintWatch(QWidget *watched) { watched->installEventFilter(this); }
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        m_painted = m_painted || event->type() == QEvent::Paint;
        return QObject::eventFilter(watched, event);
    }
    bool take() { return std::exchange(m_painted, false); }

private:
    bool m_painted = false;
};

class WindowBench {
public:
    WindowBench(int keys, int rounds)
        : m_rounds(rounds), m_cache(keys),
          m_settings(m_folder.filePath(u"settings.ini"_s), QSettings::IniFormat),
          m_window(m_settings, std::make_shared<SystemClock>())
    {
        m_cache.set(hugeKey, QByteArray(hugeBytes, 'x'));
        QFile catalog(m_folder.filePath(u"catalog.json"_s));
        if (!catalog.open(QIODevice::WriteOnly) || catalog.write(BenchCache::catalogJson()) < 0)
            throw std::runtime_error("cannot write the catalog");
        m_catalog = catalog.fileName();
        m_tree = part<KeyTree>();
        m_filter = part<FilterBar>();
    }

    void run()
    {
        open();
        scan();
        expand();
        scroll();
        filter();
        typeInPlayground();
        lookAtHugeValue();
        deleteByPrefix();
    }

private:
    template <typename Part> Part *part()
    {
        auto *found = m_window.findChild<Part *>();
        if (!found)
            throw std::runtime_error("the window lacks a part");
        return found;
    }

    void settle()
    {
        for (int turn = 0; turn < 20; ++turn)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    }

    /// Measures the longest stall of what happens until it is told.
    void tellStall(const QByteArray &doing)
    {
        tell({"longest stall, " + doing, "ms",
              static_cast<double>(m_stalls.longest().count()) / 1e3, 0, stallLimit});
        m_stalls.reset();
    }

    void open()
    {
        m_window.resize(1500, 900);
        m_window.show();
        settle();
        const double before = residentBytes();
        Connection connection = Connection::to(*BackendUrl::parse(m_cache.url()));
        connection.catalogs = {m_catalog};
        m_stalls.reset();
        m_window.openConnection(connection);
        runUntil(
            [&] { return m_window.session() && m_window.session()->scanProgress().complete(); });
        settle();
        tell({"memory of a scanned key, window open", "bytes",
              (residentBytes() - before) / static_cast<double>(m_cache.keys().size()), 0, 120});
        tellStall("opening and scanning");
    }

    void scan()
    {
        std::vector<double> plain;
        std::vector<double> followed;
        for (int i = 0; i < m_rounds; ++i) {
            plain.push_back(m_cache.bareScan());
            m_stalls.reset();
            QElapsedTimer timer;
            timer.start();
            session().startScan();
            runUntil([&] { return session().scanProgress().complete(); });
            followed.push_back(milliseconds(timer));
            settle();
        }
        tell({"scan and index, window following", "ms", median(followed), median(plain), 1.2});
        tellStall("scanning again");
    }

    /// The index of the node with this prefix, its parents expanded.
    QModelIndex nodeWith(const QString &label)
    {
        QTreeView *view = m_tree->view();
        const QAbstractItemModel *model = view->model();
        QModelIndex found;
        runUntil([&] {
            const auto matches = model->match(model->index(0, 0), Qt::DisplayRole, label, 1,
                                              Qt::MatchStartsWith | Qt::MatchRecursive);
            if (!matches.isEmpty())
                found = matches.first();
            return found.isValid();
        });
        return found;
    }

    static QModelIndex lastChild(const QModelIndex &parent)
    {
        return parent.model()->index(parent.model()->rowCount(parent) - 1, 0, parent);
    }

    void expand()
    {
        QTreeView *view = m_tree->view();
        view->expand(nodeWith(u"users"_s));
        const QModelIndex wide = nodeWith(u"app.services.get_user_payload"_s);
        settle();
        m_stalls.reset();
        view->expand(wide);
        auto *model = qobject_cast<KeyTreeModel *>(view->model());
        runUntil([&] { return model->rowCount(wide) > 0 && model->isSettled(); });
        while (model->isMore(lastChild(wide))) {
            const int before = model->rowCount(wide);
            model->showMore(lastChild(wide));
            runUntil([&] { return model->rowCount(wide) > before && model->isSettled(); });
        }
        if (model->rowCount(wide) < 100'000)
            throw std::runtime_error("the wide function lacks partitions");
        settle();
        tellStall("expanding 100,000 children");
        view->verticalScrollBar()->setValue(view->verticalScrollBar()->maximum() / 2);
        settle();
        tellStall("scrolling the tree");
    }

    void scroll()
    {
        QTableView *view = m_window.entries()->view();
        runUntil([&] { return view->model()->rowCount() >= int(m_cache.keys().size()); });
        m_stalls.reset();
        QScrollBar *bar = view->verticalScrollBar();
        for (int step = 0; step <= 100; ++step) {
            bar->setValue(static_cast<int>(qint64(bar->maximum()) * step / 100));
            QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        }
        settle();
        tellStall("scrolling a million entries");
    }

    void filter()
    {
        const QTableView *view = m_window.entries()->view();
        const auto whole = view->model()->rowCount();
        bool complete = false;
        const QObject context; // what is connected ends with this function, however it ends
        QObject::connect(m_window.entries(), &EntryTable::countChanged, &context,
                         [&](qint64, bool done) { complete = done; });
        m_stalls.reset();
        for (const QByteArray &pattern : {"user_id:1234"_ba, "page"_ba, QByteArray()}) {
            complete = false;
            KeyQuery query = m_filter->query();
            query.pattern = pattern;
            m_filter->setQuery(query);
            runUntil([&] {
                return complete && (view->model()->rowCount() == whole) == pattern.isEmpty();
            });
            settle();
        }
        tellStall("filtering");
    }

    /// From a keystroke until the changed key is on the screen.
    void typeInPlayground()
    {
        m_window.showDock(u"playground"_s);
        KeyPlayground *playground = m_window.playgroundPane()->playground();
        playground->openFunction("app.services.get_user_payload");
        QLineEdit *user = nullptr;
        for (QLineEdit *line : playground->findChildren<QLineEdit *>()) {
            if (line->accessibleName() == u"Argument user_id"_s)
                user = line;
            else if (line->accessibleName() == u"Argument page"_s)
                line->setText(u"1"_s);
        }
        if (!user)
            throw std::runtime_error("the playground has no argument user_id");
        user->setText(u"0"_s);
        settle();
        PaintWatch painted(playground->findChild<KeyLabel *>()->viewport());
        std::vector<double> waits;
        m_stalls.reset();
        for (int round = 0; round < 200; ++round) {
            (void)painted.take();
            QElapsedTimer timer;
            timer.start();
            user->setText(QString::number(round + 1));
            runUntil([&] { return painted.take(); });
            waits.push_back(milliseconds(timer));
            if (!playground->rawKey().contains("user_id:" + QByteArray::number(round + 1) + "::"))
                throw std::runtime_error("the playground shows another key");
        }
        tell({"a changed key in the playground, median", "ms", median(waits), 0, frame});
        tell({"a changed key in the playground, longest", "ms",
              *std::max_element(waits.begin(), waits.end()), 0, frame});
        tellStall("typing in the playground");
    }

    void lookAtHugeValue()
    {
        m_stalls.reset();
        m_window.selectKey(hugeKey);
        QPushButton *all = nullptr;
        runUntil([&] {
            for (QPushButton *button : m_window.panel()->findChildren<QPushButton *>()) {
                if (button->isVisible() && button->text().contains(u"Load"_s))
                    all = button;
            }
            return all != nullptr;
        });
        settle();
        tellStall("the beginning of 50 MB");
        all->click();
        runUntil([&] { return !all->isVisible(); });
        settle();
        tellStall("all of 50 MB");
    }

    void deleteByPrefix()
    {
        const auto plan = session().planDeletion(
            {.title = "reports", .prefixes = {BenchCache::doomedPrefix()}});
        m_stalls.reset();
        runUntil([&] { return plan.isFinished(); });
        if (!plan.result())
            throw std::runtime_error(plan.result().error().message().constData());
        const auto id = session().startDeletion(*plan.result());
        if (!id)
            throw std::runtime_error(id.error().message().constData());
        runUntil([&] { return !session().operations().back().isActive(); });
        settle();
        tellStall("deleting 200,000 keys");
        if (auto begun = session().undoOperation(*id); !begun)
            throw std::runtime_error(begun.error().message().constData());
        runUntil([&] { return !session().operations().back().isActive(); });
        settle();
        tellStall("bringing them back");
    }

    [[nodiscard]] Session &session() { return *m_window.session(); }

    const int m_rounds;
    BenchCache m_cache;
    QTemporaryDir m_folder;
    QSettings m_settings;
    QString m_catalog;
    StallMonitor m_stalls;
    MainWindow m_window;
    KeyTree *m_tree = nullptr;
    FilterBar *m_filter = nullptr;
};

} // namespace

int main(int argc, char **argv)
{
    giveBackFreedMemory(); // as the program does
    const QApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({{u"keys"_s, u"How many keys."_s, u"N"_s, u"1000000"_s},
                       {u"rounds"_s, u"How often the scan is measured."_s, u"N"_s, u"5"_s}});
    parser.process(application);
    try {
        WindowBench(parser.value(u"keys"_s).toInt(), parser.value(u"rounds"_s).toInt()).run();
    } catch (const std::exception &e) {
        std::fprintf(stderr, "windowbench: %s\n", e.what());
        return 1;
    }
    return 0;
}
