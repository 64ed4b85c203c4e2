// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/callform.h"

#include "widgets/key/displaykey.h"
#include "widgets/playground/typedargument.h"
#include "widgets/style/paneheader.h"
#include "widgets/style/theme.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace Cachelens {

namespace {

bool sameParameters(const std::vector<Parameter> &a, const std::vector<Parameter> &b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Parameter &one, const Parameter &other) {
                          return one.name == other.name && one.defaultValue == other.defaultValue;
                      });
}

} // namespace

CallForm::CallForm(QWidget *parent)
    : QWidget(parent), m_scroll(new QScrollArea(this)), m_empty(emptyPane(this))
{
    auto *content = new QWidget;
    m_layout = new QFormLayout(content);
    m_layout->setContentsMargins(8, 8, 8, 8);
    m_layout->setSpacing(4);
    m_layout->setRowWrapPolicy(QFormLayout::WrapLongRows);
    m_layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_empty->setText(tr("This function has no parameters: every call gets the same key."));
    m_empty->setMargin(8);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_scroll);
    layout->addWidget(m_empty);
}

void CallForm::setParameters(const std::vector<Parameter> &parameters)
{
    m_scroll->setVisible(!parameters.empty());
    m_empty->setVisible(parameters.empty());
    if (sameParameters(m_parameters, parameters))
        return;
    const QScopedValueRollback filling(m_filling, true);
    m_parameters = parameters;
    Texts kept;
    for (const Line &line : m_lines)
        kept.emplace_back(line.name, line.edit->text());
    m_lines.clear();
    while (m_layout->rowCount() > 0)
        m_layout->removeRow(0);
    for (const Parameter &parameter : parameters) {
        auto *edit = new QLineEdit;
        const QString name = displayKey(parameter.name);
        edit->setFont(fixedFont());
        edit->setAccessibleName(tr("Argument %1").arg(name));
        edit->setPlaceholderText(parameter.defaultValue ? typedText(*parameter.defaultValue)
                                                        : tr("required"));
        edit->setToolTip(tr("JSON, or plain text. \"42\" in quotes is a text, 42 a number; an "
                            "empty line gives no argument."));
        connect(edit, &QLineEdit::textChanged, this, [this] {
            if (!m_filling)
                Q_EMIT changed();
        });
        auto *label = new QLabel(name);
        label->setTextFormat(Qt::PlainText);
        label->setBuddy(edit);
        m_layout->addRow(label, edit);
        m_lines.push_back({parameter.name, edit});
    }
    setTexts(kept);
    setFocusProxy(m_lines.empty() ? nullptr : m_lines.front().edit);
}

void CallForm::setTexts(const Texts &texts)
{
    {
        const QScopedValueRollback filling(m_filling, true);
        for (const Line &line : m_lines) {
            const auto given = std::find_if(texts.begin(), texts.end(), [&line](const auto &text) {
                return text.first == line.name;
            });
            line.edit->setText(given == texts.end() ? QString() : given->second);
        }
    }
    if (!m_filling)
        Q_EMIT changed();
}

Call CallForm::call() const
{
    Call call;
    for (const Line &line : m_lines) {
        if (!line.edit->text().isEmpty())
            call.kwargs.emplace_back(line.name, typedValue(line.edit->text()));
    }
    return call;
}

} // namespace Cachelens
