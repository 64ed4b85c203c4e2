// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/screenshot.h"

#include "app/window/functionpanes.h"
#include "app/window/mainwindow.h"
#include "app/window/playgroundpane.h"
#include "widgets/entrypanel/entrypanel.h"
#include "widgets/entrytable/entrytable.h"
#include "widgets/entrytable/entrytablemodel.h"

#include <QPixmap>
#include <QTableView>

namespace Cachelens {

namespace {

using namespace std::chrono_literals;

constexpr auto glance = 20ms; // how often it is looked whether all is there
constexpr int quietGlances = 5; // all was there so often in a row: nothing is under way any more

} // namespace

Screenshot::Screenshot(MainWindow &window, QString file, QByteArray key,
                       std::chrono::milliseconds deadline)
    : m_window(window), m_file(std::move(file)), m_key(std::move(key))
{
    connect(window.entries(), &EntryTable::countChanged, this,
            [this](qint64, bool complete) { m_listed = complete; });
    m_poll.setInterval(glance);
    m_poll.callOnTimeout(this, &Screenshot::check);
    m_deadline.setInterval(deadline);
    m_deadline.setSingleShot(true);
    m_deadline.callOnTimeout(this, [this] {
        end(Error{Error::Code::Timeout, "draw", m_file.toUtf8(),
                  "this was not there in time: " + missing(), true});
    });
}

void Screenshot::start()
{
    m_poll.start();
    m_deadline.start();
}

QByteArray Screenshot::missing() const
{
    const Session *session = m_window.session();
    if (!session)
        return "the connection";
    const ScanProgress progress = session->scanProgress();
    if (!progress.complete())
        return "the keys" + (progress.error ? " (" + progress.error->message() + ')' : "");
    if (!m_listed || !rowsAreThere())
        return "the entries";
    const EntryPanel *panel = m_window.panel();
    if (!m_key.isEmpty() && (panel->key() != m_key || panel->state() != EntryPanel::State::Shown))
        return "the entry " + m_key;
    if (!m_window.playgroundPane()->isFilled())
        return "what the cache has of the playground's key";
    return m_window.functionPanes()->isFilled() ? QByteArray() : "what the functions do";
}

bool Screenshot::rowsAreThere() const
{
    const QTableView *view = m_window.entries()->view();
    const QAbstractItemModel *model = view->model();
    const int last = view->rowAt(view->viewport()->height() - 1);
    const int end = last < 0 ? model->rowCount() : last + 1;
    for (int row = std::max(0, view->rowAt(0)); row < end; ++row) {
        const QModelIndex index = model->index(row, 0);
        if (!index.data(EntryTableModel::StateRole).isValid()
            || index.data(EntryTableModel::LoadingRole).toBool())
            return false;
    }
    return true;
}

void Screenshot::check()
{
    if (!m_key.isEmpty() && !m_selected && m_window.session()) {
        m_selected = true;
        m_window.selectKey(m_key);
        PlaygroundPane *playground = m_window.playgroundPane();
        if (playground->isInSight())
            playground->open(m_key);
    }
    m_stillTurns = missing().isEmpty() ? m_stillTurns + 1 : 0;
    if (m_stillTurns >= quietGlances)
        draw();
}

void Screenshot::draw()
{
    const QPixmap picture = m_window.grab();
    if (picture.save(m_file, "PNG"))
        end(std::nullopt);
    else
        end(Error{Error::Code::Io, "write", m_file.toUtf8(), "the picture was not saved", false});
}

void Screenshot::end(const std::optional<Error> &error)
{
    m_poll.stop();
    m_deadline.stop();
    if (std::exchange(m_ended, true))
        return;
    if (error)
        Q_EMIT failed(*error);
    else
        Q_EMIT drawn();
}

} // namespace Cachelens
