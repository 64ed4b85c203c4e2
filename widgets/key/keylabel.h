// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/key/keyreader.h"

#include <QTextEdit>

#include <vector>

namespace Cachelens {

/// A raw key in full: each field's part on its own tint, names in the tooltips, wrapped as narrow
/// as it has to be, selectable. What is copied is what is shown (see displayKey); rawKey() is
/// exact.
class KeyLabel : public QTextEdit {
    Q_OBJECT

public:
    explicit KeyLabel(QWidget *parent = nullptr);

    void setKey(const QByteArray &rawKey, const KeyReader &reader);
    /// The same, with a reading that the caller made.
    void setReading(const QByteArray &rawKey, KeyReading reading, const KeyLevels &levels);
    [[nodiscard]] const QByteArray &rawKey() const { return m_key; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    QMimeData *createMimeDataFromSelection() const override;

private:
    struct Part {
        qsizetype begin = 0; ///< in the key
        qsizetype end = 0;
        QTextCharFormat format;
    };

    [[nodiscard]] std::vector<Part> parts() const;
    void render();
    void fitHeight();

    QByteArray m_key;
    KeyReading m_reading;
    KeyLevels m_levels;
};

} // namespace Cachelens
