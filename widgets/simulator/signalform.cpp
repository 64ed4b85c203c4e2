// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/simulator/signalform.h"

#include "widgets/key/displaykey.h"
#include "widgets/simulator/attributesmodel.h"
#include "widgets/style/plaintable.h"
#include "widgets/style/stretchedcolumn.h"
#include "widgets/style/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScopedValueRollback>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace Cachelens {

namespace {

/// Tells of a value while it is being typed. A name is one when it is whole only: with each letter
/// a row would come or go.
class TypingDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const override
    {
        QWidget *editor = QStyledItemDelegate::createEditor(parent, option, index);
        auto *line = qobject_cast<QLineEdit *>(editor);
        if (line && index.column() != AttributesModel::NameColumn) {
            line->setProperty(before, index.data(Qt::EditRole));
            auto *self = const_cast<TypingDelegate *>(this);
            connect(line, &QLineEdit::textEdited, self,
                    [self, line] { Q_EMIT self->commitData(line); });
        }
        return editor;
    }
    void setEditorData(QWidget *editor, const QModelIndex &index) const override
    {
        const auto *line = qobject_cast<QLineEdit *>(editor);
        if (!line || line->text() != index.data(Qt::EditRole).toString()) // the cursor stays
            QStyledItemDelegate::setEditorData(editor, index);
    }

protected:
    bool eventFilter(QObject *object, QEvent *event) override
    {
        auto *line = qobject_cast<QLineEdit *>(object);
        if (line && event->type() == QEvent::KeyPress
            && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
            if (const QVariant text = line->property(before); text.isValid()) {
                line->setText(text.toString());
                Q_EMIT commitData(line);
            }
        }
        return QStyledItemDelegate::eventFilter(object, event);
    }

private:
    static constexpr char before[] = "textBefore"; // Escape brings it back
};

} // namespace

SignalForm::SignalForm(QWidget *parent)
    : QWidget(parent), m_catalog(std::make_shared<const Catalog>()),
      m_attributes(new AttributesModel(this))
{
    build();
    connect(m_attributes, &AttributesModel::draftChanged, this, &SignalForm::takeDraft);
    connect(m_model, &QComboBox::currentTextChanged, this, &SignalForm::chooseModel);
    connect(m_event, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (!m_taking)
            m_attributes->setEvent(static_cast<SignalDraft::Event>(index));
    });
    connect(m_saysFields, &QCheckBox::toggled, this, [this](bool says) {
        if (!m_taking)
            m_attributes->setSaysFields(says);
    });
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex &index) {
        if (index.flags() & Qt::ItemIsEditable)
            m_table->edit(index);
    });
    connect(m_asJson, &QToolButton::toggled, this, &SignalForm::setJson);
    connect(m_json, &QPlainTextEdit::textChanged, this, &SignalForm::readJson);
}

SignalForm::~SignalForm()
{
    m_attributes->disconnect(this); // what is being typed is told while the table goes
}

QLayout *SignalForm::buildControls()
{
    m_model = new QComboBox(this);
    m_model->setEditable(true);
    m_model->setInsertPolicy(QComboBox::NoInsert);
    m_model->setAccessibleName(tr("Model"));
    m_model->lineEdit()->setPlaceholderText(tr("auth.User"));
    m_model->setMinimumContentsLength(12);
    m_model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    auto *modelLabel = new QLabel(tr("&Model"), this);
    modelLabel->setBuddy(m_model);
    m_event = new QComboBox(this);
    m_event->addItems({tr("saved"), tr("created"), tr("deleted")});
    m_event->setAccessibleName(tr("What happened to it"));
    m_saysFields = new QCheckBox(tr("Says &which fields"), this);
    m_saysFields->setToolTip(
        tr("The save names the fields that it wrote (update_fields): tick them under Written. One "
           "that does not may have written any."));
    m_asJson = new QToolButton(this);
    m_asJson->setText(tr("&JSON"));
    m_asJson->setAccessibleName(tr("Show the signal as JSON"));
    m_asJson->setToolTip(tr("The whole signal as JSON, to be edited or pasted"));
    m_asJson->setCheckable(true);
    m_asJson->setAutoRaise(true);
    m_asJson->setFocusPolicy(Qt::TabFocus);

    auto *what = new QHBoxLayout;
    what->setContentsMargins(8, 4, 4, 0);
    what->setSpacing(4);
    what->addWidget(modelLabel);
    what->addWidget(m_model, 1);
    what->addWidget(m_event);
    auto *how = new QHBoxLayout;
    how->setContentsMargins(8, 0, 4, 4);
    how->addWidget(m_saysFields);
    how->addStretch(1);
    how->addWidget(m_asJson);
    auto *lines = new QVBoxLayout;
    lines->setSpacing(4);
    lines->addLayout(what);
    lines->addLayout(how);
    return lines;
}

void SignalForm::setUpTable()
{
    m_table = new QTableView(this);
    setUpPlainTable(m_table, tr("Attributes of the instance"), tr("Columns of the attributes"), 10);
    m_table->setModel(m_attributes);
    m_table->setItemDelegate(new TypingDelegate(m_table));
    m_table->setShowGrid(true); // cells are what is edited
    m_table->setSelectionBehavior(QAbstractItemView::SelectItems);
    m_table->setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::AnyKeyPressed);
    const int character = m_table->fontMetrics().averageCharWidth();
    m_table->setColumnWidth(AttributesModel::NameColumn, 14 * character);
    m_table->setColumnWidth(
        AttributesModel::ChangedColumn,
        m_table->horizontalHeader()->sectionSizeHint(AttributesModel::ChangedColumn) + 8);
    m_table->setColumnWidth(AttributesModel::OldColumn, 10 * character);
    new StretchedColumn(m_table, AttributesModel::ValueColumn, 10 * character);
}

void SignalForm::build()
{
    QLayout *controls = buildControls();
    setUpTable();
    m_json = new QPlainTextEdit(this);
    m_json->setAccessibleName(tr("Signal as JSON"));
    m_json->setFont(fixedFont());
    m_json->setFrameShape(QFrame::NoFrame);
    m_json->setTabChangesFocus(true);
    for (QWidget *view : std::initializer_list<QWidget *>{m_table, m_json})
        view->setMinimumHeight(2 * fontMetrics().lineSpacing()); // of a window that is low
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(m_table);
    m_pages->addWidget(m_json);
    m_mistake = new QLabel(this);
    m_mistake->setTextFormat(Qt::PlainText);
    m_mistake->setWordWrap(true);
    m_mistake->setMargin(4);
    m_mistake->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(controls);
    layout->addWidget(m_pages, 1);
    layout->addWidget(m_mistake);
}

void SignalForm::setCatalog(std::shared_ptr<const Catalog> catalog)
{
    m_catalog = catalog ? std::move(catalog) : std::make_shared<const Catalog>();
    const QString current = m_model->currentText();
    {
        const QScopedValueRollback taking(m_taking, true);
        m_model->clear();
        for (const QByteArray &model : modelsOf(*m_catalog))
            m_model->addItem(displayKey(model));
        m_model->setCurrentIndex(m_model->findText(current));
        if (m_model->currentIndex() < 0)
            m_model->setEditText(current);
        if (current.isEmpty() && m_model->count() > 0)
            m_model->setCurrentIndex(0);
    }
    chooseModel();
}

std::optional<SignalDraft> SignalForm::draft() const
{
    return m_broken ? std::nullopt : std::optional(m_attributes->draft());
}

void SignalForm::setDraft(const SignalDraft &draft)
{
    m_broken = false;
    tell({});
    SignalDraft whole = draft;
    whole.setNames(attributesOf(*m_catalog, draft.model));
    m_attributes->setDraft(whole);
    writeJson();
}

void SignalForm::fill(const Value &instance, const Attributes &otherwise)
{
    SignalDraft draft = m_attributes->draft();
    for (SignalDraft::Attribute &attribute : draft.attributes)
        attribute.value.clear(); // of the instance before
    draft.fill(instance);
    for (const auto &[name, text] : otherwise) {
        SignalDraft::Attribute *known = draft.find(name);
        if (!known)
            draft.attributes.push_back({name, text, {}, false});
        else if (known->value.isEmpty())
            known->value = text;
    }
    setDraft(draft);
}

void SignalForm::chooseModel()
{
    if (m_taking)
        return;
    const QByteArray model = bytesOfDisplayKey(m_model->currentText().trimmed());
    m_attributes->setModel(model, attributesOf(*m_catalog, model));
}

void SignalForm::takeDraft()
{
    const SignalDraft &draft = m_attributes->draft();
    {
        const QScopedValueRollback taking(m_taking, true);
        if (bytesOfDisplayKey(m_model->currentText().trimmed()) != draft.model)
            m_model->setEditText(displayKey(draft.model));
        m_event->setCurrentIndex(static_cast<int>(draft.event));
        m_saysFields->setChecked(draft.saysFields);
        m_saysFields->setEnabled(draft.event == SignalDraft::Event::Saved);
    }
    if (!m_json->hasFocus())
        writeJson();
    Q_EMIT draftChanged();
}

bool SignalForm::isJson() const
{
    return m_pages->currentWidget() == m_json;
}

void SignalForm::setJson(bool json)
{
    m_asJson->setChecked(json);
    if (json == isJson())
        return;
    if (json)
        writeJson();
    m_pages->setCurrentWidget(json ? static_cast<QWidget *>(m_json) : m_table);
    m_pages->currentWidget()->setFocus();
    if (!json && std::exchange(m_broken, false)) { // the form has what was understood last
        tell({});
        Q_EMIT draftChanged();
    }
}

void SignalForm::writeJson()
{
    const QScopedValueRollback taking(m_taking, true);
    m_json->setPlainText(QString::fromUtf8(m_attributes->draft().toJson(2)));
}

void SignalForm::readJson()
{
    if (m_taking)
        return;
    auto draft = SignalDraft::fromJson(m_json->toPlainText().toUtf8(), m_attributes->draft().model);
    const bool wasBroken = std::exchange(m_broken, !draft);
    if (!draft) {
        tell(QString::fromUtf8(draft.error().message()));
        if (!wasBroken)
            Q_EMIT draftChanged();
        return;
    }
    tell({});
    draft->setNames(attributesOf(*m_catalog, draft->model));
    const bool same = *draft == m_attributes->draft();
    m_attributes->setDraft(*draft);
    if (wasBroken && same)
        Q_EMIT draftChanged();
}

QString SignalForm::mistake() const
{
    return m_mistake->text();
}

void SignalForm::tell(const QString &mistake)
{
    QPalette colors;
    colors.setColor(QPalette::WindowText, dangerColor(palette()));
    m_mistake->setPalette(colors);
    m_mistake->setText(mistake);
    m_mistake->setVisible(!mistake.isEmpty());
}

} // namespace Cachelens
