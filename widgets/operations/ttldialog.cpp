// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/ttldialog.h"

#include "widgets/key/keylabel.h"
#include "widgets/operations/ttltext.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace Cachelens {

using std::chrono::milliseconds;

TtlDialog::TtlDialog(Session *session, QByteArray key, std::optional<milliseconds> current,
                     QWidget *parent)
    : QDialog(parent), m_session(session), m_key(std::move(key)), m_current(current)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Change TTL"));
    build();
    connect(session, &QObject::destroyed, this, &QDialog::reject);
    m_second.setInterval(1000); // the expiry that is shown moves on
    connect(&m_second, &QTimer::timeout, this, &TtlDialog::check);
    m_second.start();
    m_text->setText(ttlToText(m_current));
    m_text->selectAll();
    check();
}

void TtlDialog::build()
{
    auto *key = new KeyLabel;
    key->setKey(m_key, m_session->index()->reader());
    key->setFocusPolicy(Qt::ClickFocus); // the keyboard begins at the text

    auto *title = new QLabel(tr("Time to &live:"));
    m_text = new QLineEdit;
    m_text->setAccessibleName(tr("Time to live"));
    m_text->setPlaceholderText(tr("90s, 5m, 1h 30m, none"));
    title->setBuddy(m_text);

    auto *presets = new QHBoxLayout;
    presets->setSpacing(4);
    const auto addPreset = [&](const QString &label, Ttl ttl) {
        auto *button = new QPushButton(label);
        button->setAutoDefault(false);
        button->setAccessibleName(tr("Set to %1").arg(QString(label).remove(u'&')));
        connect(button, &QPushButton::clicked, this,
                [this, ttl] { m_text->setText(ttlToText(ttl)); });
        presets->addWidget(button);
    };
    addPreset(tr("&1 min"), std::chrono::minutes(1));
    addPreset(tr("&5 min"), std::chrono::minutes(5));
    addPreset(tr("1 &h"), std::chrono::hours(1));
    addPreset(tr("1 &day"), std::chrono::hours(24));
    addPreset(tr("&No expiry"), std::nullopt);

    m_outcome = new QLabel;
    m_outcome->setWordWrap(true);
    m_outcome->setMinimumHeight(2 * fontMetrics().lineSpacing());
    m_outcome->setAlignment(Qt::AlignLeft | Qt::AlignTop);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_apply = buttons->addButton(tr("&Change TTL"), QDialogButtonBox::AcceptRole);
    connect(buttons, &QDialogButtonBox::accepted, this, &TtlDialog::apply);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_text, &QLineEdit::textChanged, this, &TtlDialog::check);

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addWidget(key);
    layout->addWidget(title);
    layout->addWidget(m_text);
    layout->addLayout(presets);
    layout->addWidget(m_outcome);
    layout->addStretch(1);
    layout->addWidget(buttons);
    m_apply->setDefault(true); // a button knows its dialog only now
    setMinimumWidth(480);
}

void TtlDialog::say(const QString &text, bool wrong)
{
    m_outcome->setText(text);
    m_outcome->setAccessibleName(text);
    QPalette colors = palette();
    if (wrong)
        colors.setColor(QPalette::WindowText, dangerColor(colors));
    m_outcome->setPalette(colors);
}

void TtlDialog::check()
{
    if (!m_session)
        return;
    const auto ttl = ttlFromText(m_text->text());
    const bool readOnly = m_session->policy().readOnly;
    m_apply->setEnabled(ttl.has_value() && !readOnly);
    if (readOnly)
        say(tr("This connection is read-only: nothing can be changed over it."), true);
    else if (!ttl)
        say(ttl.error(), true);
    else if (!*ttl)
        say(tr("Stays until it is deleted or evicted."), false);
    else
        say(tr("Expires %1, in %2.")
                .arg(exactTime(m_session->now() + **ttl), formatDuration(**ttl)),
            false);
}

void TtlDialog::apply()
{
    const auto ttl = ttlFromText(m_text->text());
    if (!m_session || !ttl)
        return;
    const Result<OperationId> operation = m_session->changeTtl(m_key, *ttl);
    if (!operation) {
        m_second.stop(); // the message stays until something is typed
        say(QString::fromUtf8(operation.error().message()), true);
        return;
    }
    Q_EMIT started(*operation);
    accept();
}

} // namespace Cachelens
