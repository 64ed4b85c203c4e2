// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/catalogdialog.h"

#include "widgets/catalog/catalogeditor.h"
#include "widgets/catalog/catalogtext.h"
#include "widgets/style/theme.h"
#include "widgets/whenready.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QtConcurrent>

#include <utility>

namespace Cachelens {

CatalogDialog::CatalogDialog(const QStringList &files, QWidget *parent) : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    build(files);
    connect(&m_watch, &FileWatch::changed, this, &CatalogDialog::readFile);
    openFile(files.constFirst());
}

void CatalogDialog::build(const QStringList &files)
{
    m_files = new QComboBox(this);
    m_files->setAccessibleName(tr("File"));
    for (const QString &file : files)
        m_files->addItem(QDir::toNativeSeparators(file), file);
    m_files->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_files->setMinimumContentsLength(24);
    auto *fileLabel = new QLabel(tr("&File:"), this);
    fileLabel->setBuddy(m_files);
    m_editor = new CatalogEditor(this);
    m_notice = new QLabel(this);
    m_notice->setTextFormat(Qt::PlainText);
    m_notice->setWordWrap(true);
    m_notice->setAccessibleName(tr("About the file"));
    m_load = new QPushButton(tr("&Load It"), this);
    m_load->setToolTip(tr("Gives up what was typed here, and shows what is in the file."));
    m_load->hide();

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_save = buttons->addButton(tr("&Save"), QDialogButtonBox::ApplyRole);
    m_save->setShortcut(QKeySequence::Save);
    m_save->setToolTip(tr("Writes the file; the cache is read anew with it (%1).")
                           .arg(QKeySequence(QKeySequence::Save).toString()));
    m_revert = buttons->addButton(tr("Re&vert"), QDialogButtonBox::ResetRole);
    m_revert->setToolTip(tr("Shows the file as it is on disk."));
    for (QAbstractButton *button : buttons->buttons())
        static_cast<QPushButton *>(button)->setAutoDefault(false);

    auto *top = new QHBoxLayout;
    top->addWidget(fileLabel);
    top->addWidget(m_files, 1);
    auto *notice = new QHBoxLayout;
    notice->addWidget(m_notice, 1);
    notice->addWidget(m_load);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(top);
    layout->addLayout(notice);
    layout->addWidget(m_editor, 1);
    layout->addWidget(buttons);
    resize(820, 640);

    connect(m_files, &QComboBox::activated, this, [this](int row) {
        const QString file = m_files->itemData(row).toString();
        m_files->setCurrentIndex(m_files->findData(m_file)); // until that is settled
        letGo([this, file] { openFile(file); });
    });
    connect(m_editor, &CatalogEditor::modificationChanged, this, &CatalogDialog::updateState);
    connect(m_save, &QPushButton::clicked, this, &CatalogDialog::save);
    connect(m_revert, &QPushButton::clicked, this, [this] {
        showText(m_onDisk);
        updateState();
    });
    connect(m_load, &QPushButton::clicked, m_revert, &QPushButton::click);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

bool CatalogDialog::isModified() const
{
    return m_editor->isModified();
}

void CatalogDialog::openFile(const QString &file)
{
    m_file = file;
    m_readable = false;
    m_files->setCurrentIndex(m_files->findData(file));
    setWindowTitle(tr("%1[*] - Catalog").arg(QFileInfo(file).fileName()));
    m_watch.setFiles({file});
    if (!m_editor->text().isEmpty())
        m_editor->setText({});
    readFile();
}

void CatalogDialog::readFile()
{
    if (m_saving)
        return; // it is being told of what is written here
    whenReady(QtConcurrent::run(&TextFile::read, m_file), this,
              [this, turn = ++m_turn](Result<TextFile> read) {
                  if (turn == m_turn)
                      takeFile(std::move(read));
              });
}

void CatalogDialog::takeFile(Result<TextFile> read)
{
    if (!read) {
        if (!m_readable)
            m_editor->setText({});
        tell(QString::fromUtf8(read.error().message()), true);
    } else if (m_readable && isModified()) {
        if (*read != m_onDisk)
            tell(tr("The file has been changed by somebody else. Saving would replace that."), true,
                 true);
        m_onDisk = std::move(*read);
    } else if (!m_readable || *read != m_onDisk) {
        showText(*read);
    }
    updateState();
    Q_EMIT loaded();
}

void CatalogDialog::showText(const TextFile &file)
{
    m_readable = true;
    m_onDisk = file;
    tell({});
    if (m_editor->text() != file.text)
        m_editor->setText(file.text);
    m_editor->setModified(false);
}

void CatalogDialog::save()
{
    if (!m_readable || m_saving)
        return;
    m_saving = true;
    ++m_turn;
    TextFile written{m_editor->text(), m_onDisk.windowsLines};
    updateState();
    whenReady(QtConcurrent::run([written, file = m_file] { return written.write(file); }), this,
              [this, written](const Result<void> &done) {
                  m_saving = false;
                  const auto then = std::exchange(m_whenSaved, nullptr);
                  if (!done) {
                      tell(QString::fromUtf8(done.error().message()), true);
                      updateState();
                      return;
                  }
                  m_onDisk = written;
                  if (m_editor->text() == written.text)
                      m_editor->setModified(false);
                  tell(tr("Saved."));
                  updateState();
                  if (then)
                      then();
              });
}

void CatalogDialog::tell(const QString &text, bool bad, bool offer)
{
    QPalette colors;
    if (bad)
        colors.setColor(QPalette::WindowText, dangerColor(palette()));
    m_notice->setPalette(colors);
    m_notice->setText(text);
    m_notice->setVisible(!text.isEmpty());
    m_load->setVisible(offer);
}

void CatalogDialog::updateState()
{
    setWindowModified(isModified());
    m_editor->view()->setReadOnly(!m_readable);
    m_save->setEnabled(m_readable && isModified() && !m_saving);
    m_revert->setEnabled(m_readable && isModified() && !m_saving);
}

void CatalogDialog::letGo(std::function<void()> then)
{
    if (!isModified()) {
        then();
        return;
    }
    auto *box
        = new QMessageBox(QMessageBox::Question, tr("Unsaved catalog"),
                          tr("Save what was changed in %1?").arg(QFileInfo(m_file).fileName()),
                          QMessageBox::NoButton, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    QPushButton *keep = box->addButton(tr("&Save"), QMessageBox::AcceptRole);
    const QPushButton *drop = box->addButton(tr("&Discard"), QMessageBox::DestructiveRole);
    box->addButton(QMessageBox::Cancel);
    box->setDefaultButton(keep);
    connect(keep, &QPushButton::clicked, this, [this, then] {
        m_whenSaved = then;
        save();
    });
    connect(drop, &QPushButton::clicked, this, [this, then] {
        m_editor->setModified(false);
        then();
    });
    box->open();
}

void CatalogDialog::reject()
{
    letGo([this] { QDialog::reject(); });
}

} // namespace Cachelens
