// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/connectionform.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>

namespace Cachelens {

ConnectionForm::ConnectionForm(QWidget *parent)
    : QWidget(parent), m_layout(new QFormLayout(this)), m_name(new QLineEdit(this)),
      m_kind(new QComboBox(this)), m_host(new QLineEdit(this)), m_port(new QSpinBox(this)),
      m_path(new QLineEdit(this)), m_database(new QSpinBox(this)), m_user(new QLineEdit(this)),
      m_password(new QLineEdit(this)), m_label(new QComboBox(this)),
      m_scanSpeed(new QSpinBox(this)),
      m_production(new QCheckBox(tr("&Production: deleting needs this connection's name"), this)),
      m_readOnly(new QCheckBox(tr("&Read-only: nothing can be changed"), this))
{
    m_kind->addItem(tr("Redis over TCP"), static_cast<int>(BackendUrl::Scheme::Redis));
    m_kind->addItem(tr("Redis over TLS"), static_cast<int>(BackendUrl::Scheme::RedisTls));
    m_kind->addItem(tr("Unix socket"), static_cast<int>(BackendUrl::Scheme::Unix));
    m_name->setPlaceholderText(tr("the URL, when left empty"));
    m_host->setToolTip(tr("A host's name or address. A URL pasted here fills in the rest."));
    m_port->setRange(1, 65535);
    m_path->setPlaceholderText(QStringLiteral("/run/redis/redis.sock"));
    m_database->setRange(0, 16383);
    m_user->setPlaceholderText(tr("the default user"));
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setPlaceholderText(tr("kept until the program ends, never written"));
    m_label->setEditable(true);
    m_label->addItems({QString(), tr("LOCAL"), tr("TEST"), tr("STAGING")});
    m_label->setToolTip(tr("A word to see at once where one is."));

    m_scanSpeed->setRange(0, 10'000'000);
    m_scanSpeed->setSingleStep(10'000);
    m_scanSpeed->setSpecialValueText(tr("as fast as it answers"));
    m_scanSpeed->setSuffix(tr(" keys a second"));
    m_scanSpeed->setToolTip(tr("At most so fast are its keys listed, to spare a busy server."));

    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const std::initializer_list<std::pair<QString, QWidget *>> rows{
        {tr("&Name"), m_name},      {tr("&Kind"), m_kind},         {tr("&Host"), m_host},
        {tr("P&ort"), m_port},      {tr("Sock&et"), m_path},       {tr("&Database"), m_database},
        {tr("&User"), m_user},      {tr("Pass&word"), m_password}, {tr("&Label"), m_label},
        {tr("&Scan"), m_scanSpeed},
    };
    for (const auto &[text, field] : rows) {
        m_layout->addRow(text, field);
        field->setAccessibleName(QString(text).remove(u'&'));
    }
    for (QCheckBox *box : {m_production, m_readOnly}) {
        m_layout->addRow(QString(), box);
        box->setAccessibleName(box->text().remove(u'&'));
        connect(box, &QCheckBox::toggled, this, &ConnectionForm::edited);
    }
    m_layout->addRow(tr("Catalogs"), buildCatalogs());

    for (QLineEdit *line : {m_name, m_host, m_path, m_user, m_password})
        connect(line, &QLineEdit::textEdited, this, &ConnectionForm::edited);
    for (QSpinBox *number : {m_port, m_database, m_scanSpeed})
        connect(number, &QSpinBox::valueChanged, this, &ConnectionForm::edited);
    connect(m_label, &QComboBox::currentTextChanged, this, &ConnectionForm::edited);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &ConnectionForm::updateKind);
    connect(m_host, &QLineEdit::editingFinished, this, &ConnectionForm::takePastedUrl);
    updateKind();
}

QWidget *ConnectionForm::buildCatalogs()
{
    auto *box = new QWidget(this);
    m_catalogs = new QListWidget(box);
    m_catalogs->setAccessibleName(tr("Catalogs"));
    m_catalogs->setToolTip(
        tr("Files that say what is known of the functions beyond the bytes in the cache."));
    m_catalogs->setMaximumHeight(72);
    auto *add = new QPushButton(tr("&Add…"), box);
    add->setAccessibleName(tr("Add a catalog"));
    m_removeCatalog = new QPushButton(tr("Re&move"), box);
    m_removeCatalog->setAccessibleName(tr("Remove the catalog"));
    m_removeCatalog->setEnabled(false);
    connect(add, &QPushButton::clicked, this, &ConnectionForm::addCatalogs);
    connect(m_removeCatalog, &QPushButton::clicked, this, [this] {
        delete m_catalogs->currentItem();
        Q_EMIT edited();
    });
    connect(m_catalogs, &QListWidget::currentRowChanged, this,
            [this](int row) { m_removeCatalog->setEnabled(row >= 0); });
    auto *layout = new QGridLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_catalogs, 0, 0, 3, 1);
    layout->addWidget(add, 0, 1);
    layout->addWidget(m_removeCatalog, 1, 1);
    layout->setColumnStretch(0, 1);
    layout->setRowStretch(2, 1);
    return box;
}

void ConnectionForm::show(const Connection &connection, const QByteArray &password)
{
    const QSignalBlocker quiet(this);
    m_name->setText(connection.name);
    setUrl(connection.url);
    m_password->setText(QString::fromUtf8(password));
    m_label->setCurrentText(connection.label);
    m_scanSpeed->setValue(connection.keysPerSecond);
    m_production->setChecked(connection.production);
    m_readOnly->setChecked(connection.readOnly);
    m_catalogs->clear();
    m_catalogs->addItems(connection.catalogs);
    m_lastUsed = connection.lastUsed;
}

Result<Connection> ConnectionForm::connection() const
{
    const auto wrong = [](const QString &field, const QString &reason) {
        return failure({Error::Code::InvalidInput, "use", field.toUtf8(), reason.toUtf8(), false});
    };
    Connection connection;
    connection.url.scheme = scheme();
    connection.url.database = m_database->value();
    connection.url.user = m_user->text().trimmed().toUtf8();
    if (scheme() == BackendUrl::Scheme::Unix) {
        connection.url.path = m_path->text().trimmed().toUtf8();
        if (!connection.url.path.startsWith('/'))
            return wrong(tr("the socket"), tr("its whole path is needed, from / on"));
    } else {
        connection.url.host = m_host->text().trimmed().toUtf8();
        connection.url.port = m_port->value();
        if (connection.url.host.isEmpty())
            return wrong(tr("the host"), tr("it is empty"));
    }
    // What cannot be written as a URL could not be remembered.
    if (const auto url = BackendUrl::parse(connection.url.description()); !url)
        return failure(url.error());
    connection.name = m_name->text().trimmed();
    connection.label = m_label->currentText().trimmed();
    connection.keysPerSecond = m_scanSpeed->value();
    connection.production = m_production->isChecked();
    connection.readOnly = m_readOnly->isChecked();
    for (int row = 0; row < m_catalogs->count(); ++row)
        connection.catalogs.append(m_catalogs->item(row)->text());
    connection.lastUsed = m_lastUsed;
    return connection;
}

QByteArray ConnectionForm::password() const
{
    return m_password->text().toUtf8();
}

void ConnectionForm::focusFirst()
{
    m_name->setFocus();
    m_name->selectAll();
}

void ConnectionForm::setUrl(const BackendUrl &url)
{
    m_kind->setCurrentIndex(m_kind->findData(static_cast<int>(url.scheme)));
    m_host->setText(QString::fromUtf8(url.host));
    m_port->setValue(url.port);
    m_path->setText(QString::fromUtf8(url.path));
    m_database->setValue(url.database);
    m_user->setText(QString::fromUtf8(url.user));
}

void ConnectionForm::takePastedUrl()
{
    const QString text = m_host->text().trimmed();
    if (!text.contains(QStringLiteral("://")))
        return;
    const auto url = BackendUrl::parse(text.toUtf8());
    if (!url || url->scheme == BackendUrl::Scheme::Memory)
        return;
    setUrl(*url);
    if (!url->password.isEmpty())
        m_password->setText(QString::fromUtf8(url->password));
    Q_EMIT edited();
}

BackendUrl::Scheme ConnectionForm::scheme() const
{
    return static_cast<BackendUrl::Scheme>(m_kind->currentData().toInt());
}

void ConnectionForm::updateKind()
{
    const bool socket = scheme() == BackendUrl::Scheme::Unix;
    const auto setVisible = [this](QWidget *field, bool visible) {
        field->setVisible(visible);
        m_layout->labelForField(field)->setVisible(visible);
    };
    setVisible(m_host, !socket);
    setVisible(m_port, !socket);
    setVisible(m_path, socket);
    Q_EMIT edited();
}

void ConnectionForm::addCatalogs()
{
    auto *dialog
        = new QFileDialog(this, tr("Add catalogs"), {}, tr("Catalogs (*.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList &files) {
        for (const QString &file : files) {
            if (m_catalogs->findItems(file, Qt::MatchExactly).isEmpty())
                m_catalogs->addItem(file);
        }
        Q_EMIT edited();
    });
    dialog->open();
}

} // namespace Cachelens
