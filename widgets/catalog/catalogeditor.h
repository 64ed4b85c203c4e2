// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/jsontree.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QListWidget;

namespace Cachelens {

class CatalogText;

/// A catalog's text to be edited. While one types it is checked, on a worker: every mistake is
/// listed with its line and marked there.
class CatalogEditor final : public QWidget {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds patience{120}; ///< after a key, before the check

    explicit CatalogEditor(QWidget *parent = nullptr);

    /// As it is somewhere else: it is not modified. The cursor stays on its line.
    void setText(const QString &text);
    [[nodiscard]] QString text() const;
    [[nodiscard]] bool isModified() const;
    void setModified(bool modified);

    /// Whether what stands there now has been checked.
    [[nodiscard]] bool isChecked() const { return m_checked; }
    [[nodiscard]] const std::vector<JsonMistake> &mistakes() const { return m_mistakes; }
    [[nodiscard]] CatalogText *view() const { return m_text; }

Q_SIGNALS:
    void modificationChanged(bool modified);
    void checked();

protected:
    void changeEvent(QEvent *event) override;

private:
    struct Verdict;
    static Verdict verdictOn(const QByteArray &json);

    void check();
    void take(Verdict verdict);
    void updateColors();
    void goToMistake(int row);

    CatalogText *m_text;
    QLabel *m_summary;
    QListWidget *m_list;
    QTimer m_pause;
    quint64 m_turn = 0;
    bool m_checked = false;
    std::vector<JsonMistake> m_mistakes;
};

} // namespace Cachelens
