// SPDX-License-Identifier: GPL-3.0-or-later
// What EntryTable says and lets one do; how it follows its model is in entrytable.cpp.
#include "widgets/entrytable/entrytable.h"

#include "widgets/entrytable/entrytablekept.h"
#include "widgets/entrytable/entrytablemodel.h"
#include "widgets/entrytable/sortmenu.h"
#include "widgets/key/copiedvalue.h"
#include "widgets/key/displaykey.h"
#include "widgets/key/rediscli.h"
#include "widgets/style/format.h"
#include "widgets/style/paneaction.h"
#include "widgets/style/whynot.h"
#include "widgets/whenready.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QStackedWidget>
#include <QTableView>
#include <QtConcurrent>
#include <QToolButton>

namespace Cachelens {

using namespace std::chrono_literals;

namespace {

constexpr int maxRedisCliLines = 1000;

} // namespace

void EntryTable::addActions()
{
    const auto add = [this](const QString &icon, const QString &text, const QKeySequence &shortcut,
                            auto slot) { return addPaneAction(this, icon, text, shortcut, slot); };
    m_copyKey = add(QStringLiteral("copy"), tr("&Copy Selected Keys"), QKeySequence::Copy,
                    &EntryTable::copyKeys);
    m_copyValue = add(QString(), tr("Copy &Value"), Qt::CTRL | Qt::SHIFT | Qt::Key_C,
                      &EntryTable::copyValue);
    m_copyRedisCli = add(QStringLiteral("terminal"), tr("Copy &redis-cli Lines"),
                         Qt::CTRL | Qt::ALT | Qt::Key_C, &EntryTable::copyRedisCli);
    m_stopSearch
        = add(QStringLiteral("cancel"), tr("S&top the Search"), {}, [this] { m_model->stop(); });
    m_stopSearch->setIconText(tr("Stop"));
    m_stopSearch->setToolTip(tr("Stop looking; what was found stays"));
    m_delete = add(QStringLiteral("delete"), tr("&Delete Selected Entries…"), QKeySequence::Delete,
                   &EntryTable::requestDeletion);
}

void EntryTable::withSelectedKeys(std::function<void(QList<QByteArray>)> take)
{
    static constexpr qsizetype few = 2000;
    const QList<int> rows = selectedRows();
    if (rows.size() <= few) {
        take(m_model->keysAt(rows));
        return;
    }
    std::vector<KeyId> ids;
    ids.reserve(static_cast<std::size_t>(rows.size()));
    for (const int row : rows)
        ids.push_back(m_model->idAt(row));
    auto answer = QtConcurrent::run([index = m_model->keyIndex(), ids = std::move(ids)] {
        auto keys = index->keys(ids);
        return QList<QByteArray>(std::move_iterator(keys.begin()), std::move_iterator(keys.end()));
    });
    whenReady(answer, this, [turn = ++m_keysTurn, take = std::move(take), this](auto keys) {
        if (turn == m_keysTurn)
            take(std::move(keys));
    });
}

void EntryTable::requestDeletion()
{
    withSelectedKeys([this](const QList<QByteArray> &keys) { Q_EMIT deleteRequested(keys); });
}

void EntryTable::copyKeys()
{
    withSelectedKeys([this](const QList<QByteArray> &keys) {
        auto answer = QtConcurrent::run([keys] {
            QStringList lines;
            lines.reserve(keys.size());
            for (const QByteArray &key : keys)
                lines.push_back(displayKey(key));
            return lines.join(u'\n');
        });
        whenReady(answer, this, [this, count = keys.size()](const QString &text) {
            QGuiApplication::clipboard()->setText(text);
            Q_EMIT message(counted(count, tr("The key is on the clipboard."),
                                   tr("%1 keys are on the clipboard.")));
        });
    });
}

void EntryTable::copyRedisCli()
{
    QStringList lines;
    for (const int row : selectedRows())
        lines.push_back(redisCliLine(m_session->description(), m_model->keyAt(row),
                                     m_model->typeAt(row).value_or(KeyType::String),
                                     m_session->usesPassword()));
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
    Q_EMIT message(counted(lines.size(), tr("The redis-cli line is on the clipboard."),
                           tr("%1 redis-cli lines are on the clipboard.")));
}

void EntryTable::copyValue()
{
    if (!m_session || currentKey().isEmpty())
        return;
    const auto take = [this, turn = ++m_valueTurn](const Result<CopiedValue> &value) {
        if (turn != m_valueTurn)
            return;
        if (!value) {
            Q_EMIT message(QString::fromUtf8(value.error().message()));
            return;
        }
        QGuiApplication::clipboard()->setText(value->text);
        Q_EMIT message(value->truncated ? tr("The beginning of the value is on the clipboard.")
                                        : tr("The value is on the clipboard."));
    };
    whenReady(m_session->details(currentKey(), true), this,
              [this, take](Result<EntryDetails> details) {
                  const auto work
                      = QtConcurrent::run([details = std::move(details)]() -> Result<CopiedValue> {
                            if (!details)
                                return failure(details.error());
                            return copiedValue(*details);
                        });
                  whenReady(work, this, take);
              });
}

void EntryTable::updateActions()
{
    const bool any = m_view->selectionModel()->hasSelection();
    const QString none = any ? QString() : tr("No entry is selected");
    setWhyNot(m_copyKey, none);
    setWhyNot(
        m_copyValue,
        firstReason(none, m_view->currentIndex().isValid() ? QString() : tr("No entry is chosen")));
    const bool isRedis
        = m_session && !redisCliLine(m_session->description(), QByteArrayView("k")).isEmpty();
    const QString notRedis = isRedis ? QString() : tr("redis-cli cannot reach this cache");
    const QString tooMany = selectedCount() <= maxRedisCliLines
        ? QString()
        : tr("No more than %1 lines are copied at once").arg(formatCount(maxRedisCliLines));
    setWhyNot(m_copyRedisCli, firstReason(none, notRedis, tooMany));
    setWhyNot(m_delete, firstReason(m_whyNoChange, none));
}

void EntryTable::setChangeable(const QString &whyNot)
{
    m_whyNoChange = whyNot;
    updateActions();
}

void EntryTable::showContextMenu(const QPoint &position)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true); // they say why an action is not there
    menu->addActions({m_copyKey, m_copyValue, m_copyRedisCli});
    menu->addSeparator();
    menu->addActions(m_view->actions()); // what the window can do
    menu->addAction(m_delete);
    menu->addSeparator();
    menu->addMenu(m_sortMenu);
    menu->popup(m_view->viewport()->mapToGlobal(position));
}

int EntryTable::selectedCount() const
{
    int selected = 0;
    for (const QItemSelectionRange &range : m_view->selectionModel()->selection())
        selected += range.height();
    return selected;
}

QString EntryTable::countText() const
{
    const EntrySearch &search = m_model->search();
    const QString shown = formatCount(m_model->entryCount());
    const QString of
        = tr("%1 of %2 looked at").arg(formatCount(search.examined()), formatCount(search.total()));
    if (search.isRunning() && search.total() > 0)
        return tr("%1 found, %2").arg(shown, of);
    if (search.wasStopped())
        return tr("%1 found, stopped: %2").arg(shown, of);
    QString text = counted(m_model->entryCount(), tr("1 entry"), tr("%1 entries"),
                           !search.isOfWholeKeyspace());
    if (const int selected = selectedCount(); selected > 1)
        text = tr("%1 selected, %2").arg(formatCount(selected), text); // some may be gone
    return text;
}

QString EntryTable::emptyText() const
{
    if (!m_session)
        return tr("Not connected.\nThe entries of a cache appear here.");
    const EntrySearch &search = m_model->search();
    if (search.error())
        return QString::fromUtf8(search.error()->message());
    const bool complete = m_session->scanProgress().complete();
    if (search.isRunning() || (complete && !search.isOfWholeKeyspace() && !search.wasStopped()))
        return tr("Looking through the keys …");
    const QByteArray &pattern = search.query().pattern;
    const QString path = nodePath();
    const bool everywhere = path.isEmpty();
    if (pattern.isEmpty() && !search.query().needsFacts()) {
        if (!complete)
            return tr("No entries yet.\nThey appear here as the scan finds them.");
        return everywhere ? tr("There are no entries here.")
                          : tr("There are no entries in %1.").arg(path);
    }
    if (!complete)
        return everywhere
            ? tr("No entry that has been found so far matches the filter.")
            : tr("No entry in %1 that has been found so far matches the filter.").arg(path);
    const bool wholeKeys = search.query().syntax == KeyQuery::Syntax::Glob
        && !(pattern.startsWith('*') && pattern.endsWith('*'));
    return (everywhere ? tr("No entry matches the filter.")
                       : tr("No entry in %1 matches the filter.").arg(path))
        + u'\n'
        + (wholeKeys && !pattern.isEmpty()
               ? tr("A glob is held against the whole key: *%1* finds it anywhere.")
                     .arg(displayKey(pattern))
               : tr("Press Esc in the filter to clear it."));
}

void EntryTable::updateState()
{
    const EntrySearch &search = m_model->search();
    const bool empty = m_model->rowCount() == 0;
    m_pages->setCurrentWidget(empty ? static_cast<QWidget *>(m_empty) : m_view);
    m_empty->setText(emptyText());
    m_count->setText(empty ? QString() : countText());
    m_sortMenu->refresh();

    const bool longRun = search.isRunning() && search.elapsed() > 300ms;
    m_progress->setVisible(longRun);
    m_stop->setVisible(longRun);
    setWhyNot(m_stopSearch, search.isRunning() ? QString() : tr("Nothing is being looked for"));
    if (longRun && search.total() > 0) {
        static constexpr int steps = 1000;
        m_progress->setMaximum(steps);
        m_progress->setValue(static_cast<int>(search.examined() * steps / search.total()));
        if (search.examined() > 0) {
            const auto left
                = search.elapsed() * (search.total() - search.examined()) / search.examined();
            m_progress->setToolTip(tr("%1 left").arg(formatDuration(left)));
        }
    }

    const bool complete = search.isOfWholeKeyspace();
    if (complete && search.isSettled() && !m_wanted.isEmpty() && m_wanted == m_told) {
        m_wanted.clear(); // it is not there any more
        tellCurrent();
    }
    Q_EMIT countChanged(m_model->entryCount(), complete);
    const QString error = search.error() ? QString::fromUtf8(search.error()->message()) : QString();
    if (error != m_toldError) {
        m_toldError = error;
        Q_EMIT queryFailed(error);
    }
}

QString EntryTable::nodePath() const
{
    QStringList crumbs;
    const auto &index = m_model->keyIndex();
    if (!index)
        return {};
    for (NodeInfo node = m_model->node(); node.kind != NodeKind::Root;
         node = index->node(node.parent)) {
        if (node.kind == NodeKind::OtherKeys)
            crumbs.push_front(tr("Other keys"));
        else if (!node.label.isEmpty())
            crumbs.push_front(displayKey(node.label));
    }
    return crumbs.join(QStringLiteral(" › "));
}

void EntryTable::updateTitle()
{
    const QString path = nodePath();
    m_title->setText(path.isEmpty() ? tr("Entries") : tr("Entries  %1").arg(path));
    m_title->setToolTip(displayKey(m_model->node().prefix));
}

} // namespace Cachelens
