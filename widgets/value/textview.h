// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/value/rowview.h"

#include <memory>
#include <vector>

namespace Cachelens {

/// Text with its lines found, ready to be shown. Made on a worker.
struct TextLines {
    QString text;
    std::vector<qsizetype> begins; ///< of each line, without the last line's end
    std::vector<bool> wide; ///< whether a line has characters that are not one cell wide

    [[nodiscard]] static TextLines of(QString text);
    [[nodiscard]] QStringView line(qsizetype index) const;
};

/// Read-only text of any length, in a fixed-width font, wrapped at the view's width. Only the rows
/// in sight are looked at, so a line of a megabyte is as good as any other.
class TextView : public RowView {
    Q_OBJECT

public:
    explicit TextView(QWidget *parent = nullptr);

    void setText(std::shared_ptr<const TextLines> text); ///< null: none
    [[nodiscard]] const TextLines *text() const { return m_text.get(); }

protected:
    struct Token {
        qsizetype begin = 0; ///< in the line
        qsizetype length = 0;
        QColor color;
    };
    /// Colours of a line's parts, from left to right. None here.
    [[nodiscard]] virtual std::vector<Token> tokens(QStringView line) const;

    qint64 positionCount() const override;
    int rowCount() const override;
    int contentWidth() const override;
    int rowOf(qint64 position) const override;
    qint64 rowBegin(int row) const override;
    qint64 positionAt(int row, int x) const override;
    int xOf(qint64 position) const override;
    qint64 moved(qint64 position, int by) const override;
    QString selectedText() const override;
    QString rowText(int row) const override;
    void paintRow(QPainter &painter, int row, QRect rect) override;
    void layoutRows() override;
    void changeEvent(QEvent *event) override;

private:
    struct Row {
        qsizetype line = 0;
        qsizetype begin = 0; ///< in the text
        qsizetype end = 0;
    };
    [[nodiscard]] Row row(int index) const;
    [[nodiscard]] qsizetype rowLength(qsizetype line) const;
    const std::vector<Token> &tokensOf(qsizetype line);

    std::shared_ptr<const TextLines> m_text;
    std::vector<int> m_firstRows; // of each line, and one more: the number of rows
    qsizetype m_columns = 80;
    std::vector<Token> m_tokens; // of m_tokensLine: a long line has many rows
    qsizetype m_tokensLine = -1;
};

} // namespace Cachelens
