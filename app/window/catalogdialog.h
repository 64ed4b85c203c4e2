// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/filewatch.h"
#include "app/window/textfile.h"

#include <QDialog>

#include <functional>

class QComboBox;
class QLabel;
class QPushButton;

namespace Cachelens {

class CatalogEditor;

/// Edits the catalogs in these files, one at a time. Opened with show(): one goes on working beside
/// it. Deletes itself when it is closed; asks first when something would be lost.
class CatalogDialog final : public QDialog {
    Q_OBJECT

public:
    /// At least one file.
    explicit CatalogDialog(const QStringList &files, QWidget *parent = nullptr);

    [[nodiscard]] const QString &file() const { return m_file; }
    [[nodiscard]] CatalogEditor *editor() const { return m_editor; }
    [[nodiscard]] bool isModified() const;

public Q_SLOTS:
    void save();
    void reject() override;

Q_SIGNALS:
    /// The file is shown, or it was said why not.
    void loaded();

private:
    void build(const QStringList &files);
    void openFile(const QString &file);
    void readFile();
    void takeFile(Result<TextFile> read);
    void showText(const TextFile &file);
    /// `offer`: to load what is in the file.
    void tell(const QString &text, bool bad = false, bool offer = false);
    void updateState();
    /// Asks, when something would be lost; then does it, or not.
    void letGo(std::function<void()> then);

    QString m_file;
    TextFile m_onDisk; ///< as far as it is known
    FileWatch m_watch;
    QComboBox *m_files = nullptr;
    CatalogEditor *m_editor = nullptr;
    QLabel *m_notice = nullptr;
    QPushButton *m_load = nullptr;
    QPushButton *m_save = nullptr;
    QPushButton *m_revert = nullptr;
    quint64 m_turn = 0;
    bool m_readable = false;
    bool m_saving = false;
    std::function<void()> m_whenSaved;
};

} // namespace Cachelens
