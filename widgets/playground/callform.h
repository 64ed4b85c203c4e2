// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/key/keyspec.h"

#include <QWidget>

class QFormLayout;
class QLabel;
class QLineEdit;
class QScrollArea;

namespace Cachelens {

/// The arguments of a call, a line each. A line that is left empty gives no argument: its default
/// is used. See typedValue() for what a text stands for.
class CallForm : public QWidget {
    Q_OBJECT

public:
    explicit CallForm(QWidget *parent = nullptr);

    /// What was typed for a parameter of the same name stays.
    void setParameters(const std::vector<Parameter> &parameters);
    using Texts = std::vector<std::pair<QByteArray, QString>>;
    /// Empties the lines of the arguments that are not named.
    void setTexts(const Texts &texts);
    [[nodiscard]] Call call() const;

Q_SIGNALS:
    void changed();

private:
    struct Line {
        QByteArray name;
        QLineEdit *edit;
    };

    QFormLayout *m_layout = nullptr;
    QScrollArea *m_scroll = nullptr;
    QLabel *m_empty = nullptr;
    std::vector<Line> m_lines;
    std::vector<Parameter> m_parameters;
    bool m_filling = false;
};

} // namespace Cachelens
