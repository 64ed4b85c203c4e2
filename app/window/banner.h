// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QList>

class QAction;
class QHBoxLayout;
class QLabel;

namespace Cachelens {

/// A strip over the window's content that says what is wrong and offers what can be done about it.
/// Hidden as long as nothing is.
class Banner final : public QFrame {
    Q_OBJECT

public:
    explicit Banner(QWidget *parent = nullptr);

    /// `actions`: a button each; the first is the one to try first. Plain text.
    void tell(const QString &text, const QList<QAction *> &actions);
    void clear();
    [[nodiscard]] QString text() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateColors();

    QLabel *m_icon = nullptr;
    QLabel *m_text = nullptr;
    QHBoxLayout *m_buttons = nullptr;
    QList<QAction *> m_shown;
};

} // namespace Cachelens
