// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/value/rowview.h"

namespace Cachelens {

/// Bytes as offset, hexadecimal and ASCII, sixteen a row (eight where it is narrow). Copies what is
/// selected as hexadecimal digits.
class BytesView : public RowView {
    Q_OBJECT

public:
    explicit BytesView(QWidget *parent = nullptr);

    void setBytes(const QByteArray &bytes);
    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }

protected:
    qint64 positionCount() const override;
    int rowCount() const override;
    int contentWidth() const override;
    int rowOf(qint64 position) const override;
    qint64 rowBegin(int row) const override;
    qint64 positionAt(int row, int x) const override;
    int xOf(qint64 position) const override;
    QString selectedText() const override;
    QString rowText(int row) const override;
    void paintRow(QPainter &painter, int row, QRect rect) override;
    void layoutRows() override;

private:
    [[nodiscard]] int hexColumn(int byte) const;
    [[nodiscard]] int asciiColumn(int byte) const;
    [[nodiscard]] int xOfColumn(int column) const;

    QByteArray m_bytes;
    int m_perRow = 16;
};

} // namespace Cachelens
