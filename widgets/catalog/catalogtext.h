// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/value/jsontree.h"

#include <QPlainTextEdit>

namespace Cachelens {

/// Plain text with the numbers of its lines, on which mistakes are marked. Tab leaves it; a new
/// line is indented as the one above.
class CatalogText final : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit CatalogText(QWidget *parent = nullptr);

    void setMistakes(std::vector<JsonMistake> mistakes);
    /// Lines begin at 1; beyond the last one, it is the last one.
    void goToLine(int line);
    [[nodiscard]] int currentLine() const;

protected:
    bool event(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    class Gutter;

    void fitGutter();
    void markMistakes();
    void paintGutter(QPainter &painter, const QRect &area) const;
    [[nodiscard]] bool hasMistake(int line) const;
    /// What is wrong on a line, for a tooltip.
    [[nodiscard]] QString mistakesOf(int line) const;

    Gutter *m_gutter;
    std::vector<JsonMistake> m_mistakes;
};

} // namespace Cachelens
