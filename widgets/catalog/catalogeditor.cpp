// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/catalog/catalogeditor.h"

#include "core/catalog/catalog.h"
#include "widgets/catalog/catalogtext.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"
#include "widgets/whenready.h"

#include <QEvent>
#include <QLabel>
#include <QListWidget>
#include <QtConcurrent>
#include <QTextDocument>
#include <QVBoxLayout>

namespace Cachelens {

struct CatalogEditor::Verdict {
    std::vector<JsonMistake> mistakes;
    qsizetype functions = 0;
    qsizetype rules = 0;
};

CatalogEditor::CatalogEditor(QWidget *parent)
    : QWidget(parent), m_text(new CatalogText(this)), m_summary(new QLabel(this)),
      m_list(new QListWidget(this))
{
    m_text->setAccessibleName(tr("Catalog"));
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setAccessibleName(tr("What the check found"));
    m_list->setAccessibleName(tr("Mistakes"));
    m_list->setWordWrap(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setMaximumHeight(fontMetrics().lineSpacing() * 7);
    m_list->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_summary);
    layout->addWidget(m_list);

    m_pause.setSingleShot(true);
    m_pause.setInterval(patience);
    m_pause.callOnTimeout(this, &CatalogEditor::check);
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        ++m_turn;
        m_checked = false;
        m_pause.start();
    });
    connect(m_text->document(), &QTextDocument::modificationChanged, this,
            &CatalogEditor::modificationChanged);
    connect(m_list, &QListWidget::itemActivated, this,
            [this](const QListWidgetItem *item) { goToMistake(m_list->row(item)); });
    connect(m_list, &QListWidget::itemClicked, this,
            [this](const QListWidgetItem *item) { goToMistake(m_list->row(item)); });
}

void CatalogEditor::setText(const QString &text)
{
    const int line = m_text->currentLine();
    m_text->setPlainText(text);
    m_text->goToLine(line);
    setModified(false);
    check();
}

QString CatalogEditor::text() const
{
    return m_text->toPlainText();
}

bool CatalogEditor::isModified() const
{
    return m_text->document()->isModified();
}

void CatalogEditor::setModified(bool modified)
{
    m_text->document()->setModified(modified);
}

CatalogEditor::Verdict CatalogEditor::verdictOn(const QByteArray &json)
{
    Verdict verdict;
    verdict.mistakes = Catalog::mistakes(json);
    if (!verdict.mistakes.empty())
        return verdict;
    if (const auto catalog = Catalog::fromJson(json, {})) {
        verdict.functions = static_cast<qsizetype>(catalog->functions().size());
        for (const CatalogFunction &function : catalog->functions())
            verdict.rules += static_cast<qsizetype>(function.rules.size());
    }
    return verdict;
}

void CatalogEditor::check()
{
    m_pause.stop();
    m_checked = false;
    const QByteArray json = text().toUtf8();
    whenReady(QtConcurrent::run(verdictOn, json), this, [this, turn = ++m_turn](Verdict verdict) {
        if (turn == m_turn)
            take(std::move(verdict));
    });
}

void CatalogEditor::take(Verdict verdict)
{
    m_checked = true;
    m_mistakes = std::move(verdict.mistakes);
    m_text->setMistakes(m_mistakes);
    m_list->clear();
    for (const JsonMistake &mistake : m_mistakes) {
        const QString text = QString::fromUtf8(mistake.text);
        auto *item = new QListWidgetItem(
            mistake.line > 0 ? tr("Line %1: %2").arg(mistake.line).arg(text) : text, m_list);
        item->setToolTip(text.toHtmlEscaped());
    }
    m_list->setVisible(!m_mistakes.empty());
    if (m_mistakes.empty()) {
        m_summary->setText(
            tr("No mistakes: %1, %2.", "1 function, 3 rules")
                .arg(counted(verdict.functions, tr("1 function"), tr("%1 functions")),
                     counted(verdict.rules, tr("1 rule"), tr("%1 rules"))));
    } else {
        m_summary->setText(
            counted(static_cast<qint64>(m_mistakes.size()), tr("1 mistake:"), tr("%1 mistakes:")));
    }
    updateColors();
    Q_EMIT checked();
}

void CatalogEditor::updateColors()
{
    QPalette colors;
    if (!m_mistakes.empty())
        colors.setColor(QPalette::WindowText, dangerColor(palette()));
    m_summary->setPalette(colors);
}

void CatalogEditor::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateColors();
}

void CatalogEditor::goToMistake(int row)
{
    const JsonMistake &mistake = m_mistakes.at(static_cast<size_t>(row));
    m_text->goToLine(mistake.line);
    m_text->setFocus();
}

} // namespace Cachelens
