// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/key/keyreader.h"

#include <QTextEdit>

namespace Cachelens {

/// A raw key in full: each field's part on its own tint, names in the tooltips, wrapped as narrow
/// as it has to be, selectable. What is copied is what is shown (see displayKey); rawKey() is
/// exact.
class KeyLabel : public QTextEdit {
    Q_OBJECT

public:
    explicit KeyLabel(QWidget *parent = nullptr);

    /// `levels` and `reading` are of the same key, by the same reader.
    void setKey(const QByteArray &rawKey, const KeyReading &reading, const KeyLevels &levels);
    void clearKey();
    [[nodiscard]] const QByteArray &rawKey() const { return m_key; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void render();
    void fitHeight();

    QByteArray m_key;
    KeyReading m_reading;
    KeyLevels m_levels;
};

} // namespace Cachelens
