// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/functioncommands.h"

#include "core/cached/keyarguments.h"
#include "widgets/disposal.h"
#include "widgets/key/displaykey.h"
#include "widgets/style/format.h"
#include "widgets/whenready.h"

#include <QMessageBox>
#include <QPushButton>

namespace Cachelens {

FunctionCommands::FunctionCommands(QWidget *window) : QObject(window), m_window(window)
{
}

void FunctionCommands::setCache(Session *session, FunctionLink *functions)
{
    ++m_turn;
    m_session = session;
    m_functions = functions;
}

QByteArray FunctionCommands::functionOf(const QByteArray &key) const
{
    if (!m_session || key.isEmpty())
        return {};
    const KeyReading reading = m_session->index()->reader().read(key);
    return reading.source == KeyReading::Source::Catalog ? reading.function : QByteArray();
}

QString FunctionCommands::whyNot(const QByteArray &key, CallMode mode) const
{
    if (!m_session || key.isEmpty())
        return tr("No entry is chosen");
    if (!m_functions)
        return tr("The functions of this cache run elsewhere: it is not known how to call them");
    const QByteArray function = functionOf(key);
    if (function.isEmpty() || !m_functions->has(function))
        return tr("No function that runs here has made this entry");
    if (mode != CallMode::Bypass && m_session->policy().readOnly)
        return tr("The connection is read-only");
    if (const auto call = callOfKey(m_session->index()->reader(), key); !call)
        return QString::fromUtf8(call.error().message());
    return {};
}

QString FunctionCommands::whyNotInvalidate(const QByteArray &function) const
{
    if (!m_session || function.isEmpty())
        return tr("No function is chosen");
    if (!m_functions)
        return tr("The functions of this cache run elsewhere: delete the function's entries "
                  "instead");
    if (!m_functions->has(function))
        return tr("The function does not run here: delete its entries instead");
    return m_session->policy().readOnly ? tr("The connection is read-only") : QString();
}

void FunctionCommands::call(const QByteArray &key, CallMode mode,
                            std::shared_ptr<const Value> before)
{
    if (const QString why = whyNot(key, mode); !why.isEmpty()) {
        Q_EMIT message(why);
        return;
    }
    const auto call = callOfKey(m_session->index()->reader(), key);
    Q_EMIT message(tr("%1 is being called \u2026").arg(displayKey(call->function)));
    whenReady(m_functions->call(call->function, call->arguments, mode, key), this,
              [this, turn = m_turn, key, mode, before](Result<LinkedAnswer> answer) {
                  if (turn == m_turn)
                      receive(key, mode, before, std::move(answer));
                  else
                      disposeOnWorker(std::move(answer));
              });
}

void FunctionCommands::receive(const QByteArray &key, CallMode mode,
                               const std::shared_ptr<const Value> &before,
                               Result<LinkedAnswer> answer)
{
    if (!answer) {
        Q_EMIT message(QString::fromUtf8(answer.error().message()));
        return;
    }
    const CallMetadata &metadata = answer->metadata;
    const QString took = formatLatency(metadata.duration);
    QString what;
    if (mode == CallMode::Bypass)
        what
            = tr("Bypassed in %1: the entry is as it was, and this is what a run gives.").arg(took);
    else if (metadata.stored)
        what = tr("Refreshed in %1.").arg(took);
    else
        what = tr("Run in %1; the result was not stored.").arg(took);
    Q_EMIT message(what);
    Q_EMIT called(key, before, std::make_shared<const Value>(std::move(answer->value)), what);
}

void FunctionCommands::invalidateAll(const QByteArray &function, qsizetype entries)
{
    if (const QString why = whyNotInvalidate(function); !why.isEmpty()) {
        Q_EMIT message(why);
        return;
    }
    auto *box = new QMessageBox(QMessageBox::Question, tr("Invalidate all"),
                                tr("Invalidate all that %1 has cached?").arg(displayKey(function)),
                                QMessageBox::NoButton, m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(
        tr("%1 now. The function drops whatever it has, also what is being stored at this moment, "
           "and runs anew for each call. There is no undo: Delete Function has one.",
           "12 entries are known now.")
            .arg(counted(entries, tr("1 entry is known"), tr("%1 entries are known"),
                         !m_session->scanProgress().complete())));
    const QPushButton *invalidate
        = box->addButton(tr("&Invalidate All"), QMessageBox::DestructiveRole);
    box->setDefaultButton(box->addButton(QMessageBox::Cancel));
    connect(invalidate, &QPushButton::clicked, this, [this, turn = m_turn, function] {
        if (turn == m_turn)
            invalidateNow(function);
    });
    box->open();
}

void FunctionCommands::invalidateNow(const QByteArray &function)
{
    whenReady(m_functions->invalidateAll(function), this,
              [this, function](const Result<Removal> &removal) {
                  if (!removal)
                      Q_EMIT message(QString::fromUtf8(removal.error().message()));
                  else if (!removal->delivered)
                      Q_EMIT message(tr("The cache cannot be reached. The removal is kept, and "
                                        "done when it is back."));
                  else
                      Q_EMIT message(tr("%1: %2.", "a function: 12 entries invalidated")
                                         .arg(displayKey(function),
                                              counted(removal->entries, tr("1 entry invalidated"),
                                                      tr("%1 entries invalidated"))));
              });
}

} // namespace Cachelens
