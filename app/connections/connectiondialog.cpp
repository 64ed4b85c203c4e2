// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/connectiondialog.h"

#include "app/connections/cacheaccess.h"
#include "app/connections/connectionform.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"
#include "widgets/whenready.h"

#include <QBoxLayout>
#include <QDialogButtonBox>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QtConcurrent>

namespace Cachelens {

namespace {

Result<std::chrono::microseconds> reach(const BackendUrl &url)
{
    const OpenedCache cache = openCache(url, std::make_shared<SystemClock>());
    return cache.backend->ping();
}

} // namespace

ConnectionDialog::ConnectionDialog(ConnectionStore &store, std::optional<Connection> edited,
                                   QWidget *parent)
    : QDialog(parent), m_store(store)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Connections"));
    build();
    const Connection wanted = edited.value_or(Connection());
    m_rows = m_store.connections();
    m_rows.removeIf([](const Connection &c) { return c.isDemo(); });
    auto row = m_rows.size();
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        if (edited && m_rows.at(i).url.description() == wanted.url.description())
            row = i;
    }
    if (row == m_rows.size()) {
        m_rows.append(wanted.isDemo() ? Connection() : wanted);
        m_hasNew = true;
    }
    fillList(static_cast<int>(row));
    m_form->focusFirst();
}

void ConnectionDialog::build()
{
    m_list = new QListWidget(this);
    m_list->setAccessibleName(tr("Connections"));
    m_list->setMinimumWidth(200);
    auto *create = new QPushButton(tr("Ne&w"), this);
    create->setAccessibleName(tr("New connection"));
    m_delete = new QPushButton(tr("Dele&te"), this);
    m_delete->setAccessibleName(tr("Delete the connection"));
    m_delete->setToolTip(tr("Forgets the connection; nothing happens to the cache."));
    m_form = new ConnectionForm(this);
    m_outcome = new QLabel(this);
    m_outcome->setWordWrap(true);
    m_outcome->setTextFormat(Qt::PlainText);
    m_outcome->setAccessibleName(tr("Outcome"));
    m_outcome->setMinimumHeight(m_outcome->fontMetrics().lineSpacing() * 2);
    m_try = new QPushButton(tr("Te&st"), this);
    m_try->setAccessibleName(tr("Test the connection"));
    auto *buttons = new QDialogButtonBox(this);
    QPushButton *open = buttons->addButton(tr("&Connect"), QDialogButtonBox::AcceptRole);
    QPushButton *keep = buttons->addButton(tr("Sa&ve"), QDialogButtonBox::ApplyRole);
    buttons->addButton(QDialogButtonBox::Close);
    buttons->addButton(m_try, QDialogButtonBox::ActionRole);
    open->setDefault(true);

    auto *left = new QVBoxLayout;
    left->addWidget(m_list, 1);
    auto *listButtons = new QHBoxLayout;
    listButtons->addWidget(create);
    listButtons->addWidget(m_delete);
    left->addLayout(listButtons);
    auto *right = new QVBoxLayout;
    right->addWidget(m_form);
    right->addWidget(m_outcome);
    right->addStretch(1);
    auto *top = new QHBoxLayout;
    top->setSpacing(16);
    top->addLayout(left, 2);
    top->addLayout(right, 5);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(top, 1);
    layout->addWidget(buttons);
    resize(760, 480);

    connect(m_list, &QListWidget::currentRowChanged, this, &ConnectionDialog::showRow);
    connect(create, &QPushButton::clicked, this, [this] {
        if (!m_hasNew) {
            m_rows.append(Connection());
            m_hasNew = true;
        }
        fillList(static_cast<int>(m_rows.size()) - 1);
        m_form->focusFirst();
    });
    connect(m_delete, &QPushButton::clicked, this, &ConnectionDialog::remove);
    connect(m_form, &ConnectionForm::edited, this, [this] {
        ++m_turn; // a test under way was of something else
        m_try->setEnabled(true);
        tell({}, false);
    });
    connect(m_try, &QPushButton::clicked, this, &ConnectionDialog::tryConnection);
    connect(keep, &QPushButton::clicked, this, [this] {
        if (save())
            tell(tr("Saved."), false);
    });
    connect(open, &QPushButton::clicked, this, [this] {
        if (const auto connection = save()) {
            Q_EMIT connectRequested(*connection);
            accept();
        }
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

QString ConnectionDialog::outcome() const
{
    return m_outcome->text();
}

void ConnectionDialog::fillList(int current)
{
    {
        const QSignalBlocker quiet(m_list);
        m_list->clear();
        for (qsizetype i = 0; i < m_rows.size(); ++i) {
            const bool isNew = m_hasNew && i == m_rows.size() - 1;
            auto *item = new QListWidgetItem(isNew ? tr("New connection") : m_rows.at(i).title());
            item->setToolTip(QString::fromUtf8(m_rows.at(i).url.description()));
            m_list->addItem(item);
        }
        m_list->setCurrentRow(current);
    }
    showRow(current);
}

void ConnectionDialog::showRow(int row)
{
    ++m_turn;
    m_try->setEnabled(true);
    tell({}, false);
    if (row < 0 || row >= m_rows.size())
        return;
    const Connection &connection = m_rows.at(row);
    m_form->show(connection, m_store.password(connection.url));
}

void ConnectionDialog::remove()
{
    const int row = m_list->currentRow();
    if (row < 0)
        return;
    if (m_hasNew && row == m_rows.size() - 1)
        m_hasNew = false;
    else
        m_store.remove(m_rows.at(row).url);
    m_rows.removeAt(row);
    if (m_rows.isEmpty()) {
        m_rows.append(Connection());
        m_hasNew = true;
    }
    fillList(std::min(row, static_cast<int>(m_rows.size()) - 1));
}

std::optional<Connection> ConnectionDialog::save()
{
    auto connection = m_form->connection();
    if (!connection) {
        tell(QString::fromUtf8(connection.error().message()), true);
        return std::nullopt;
    }
    const int row = m_list->currentRow();
    const bool isNew = m_hasNew && row == m_rows.size() - 1;
    if (!isNew && row >= 0 && m_rows.at(row).url != connection->url)
        m_store.remove(m_rows.at(row).url);
    m_store.setPassword(connection->url, m_form->password());
    m_store.save(*connection);
    m_hasNew = m_hasNew && !isNew;
    if (row >= 0)
        m_rows[row] = *connection;
    fillList(row);
    return *connection;
}

void ConnectionDialog::tryConnection()
{
    const auto connection = m_form->connection();
    if (!connection) {
        tell(QString::fromUtf8(connection.error().message()), true);
        return;
    }
    BackendUrl url = connection->url;
    url.password = m_form->password();
    url = withPasswordFromEnvironment(std::move(url));
    m_try->setEnabled(false);
    tell(tr("Trying %1 …").arg(QString::fromUtf8(url.description())), false);
    whenReady(QtConcurrent::run(reach, url), this,
              [this, turn = ++m_turn](const Result<std::chrono::microseconds> &answer) {
                  if (turn != m_turn)
                      return;
                  m_try->setEnabled(true);
                  if (answer)
                      tell(tr("It answers, in %1.").arg(formatLatency(*answer)), false);
                  else
                      tell(QString::fromUtf8(answer.error().message()), true);
              });
}

void ConnectionDialog::tell(const QString &text, bool bad)
{
    QPalette colors = palette();
    if (bad)
        colors.setColor(QPalette::WindowText, dangerColor(colors));
    m_outcome->setPalette(colors);
    m_outcome->setText(text);
}

} // namespace Cachelens
