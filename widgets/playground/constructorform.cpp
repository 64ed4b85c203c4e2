// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/constructorform.h"

#include "core/value/valuejson.h"
#include "widgets/key/displaykey.h"
#include "widgets/playground/contributionsmodel.h"
#include "widgets/playground/fieldsmodel.h"
#include "widgets/playground/typedargument.h"
#include "widgets/style/theme.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QSpinBox>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace Cachelens {

namespace {

constexpr qsizetype longestJson = 1'000'000; // characters that are read while one types

constexpr QCryptographicHash::Algorithm hashes[]
    = {QCryptographicHash::Sha256,       QCryptographicHash::Sha512,
       QCryptographicHash::Sha384,       QCryptographicHash::Sha224,
       QCryptographicHash::Sha1,         QCryptographicHash::Md5,
       QCryptographicHash::Md4,          QCryptographicHash::RealSha3_224,
       QCryptographicHash::RealSha3_256, QCryptographicHash::RealSha3_384,
       QCryptographicHash::RealSha3_512, QCryptographicHash::Blake2b_512,
       QCryptographicHash::Blake2s_256};

/// Offers the types of fields.
class FieldDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const override
    {
        if (index.column() != FieldsModel::TypeColumn)
            return QStyledItemDelegate::createEditor(parent, option, index);
        auto *box = new QComboBox(parent);
        box->addItems(FieldsModel::typeNames());
        return box;
    }
    void setEditorData(QWidget *editor, const QModelIndex &index) const override
    {
        if (auto *box = qobject_cast<QComboBox *>(editor))
            box->setCurrentText(index.data(Qt::EditRole).toString());
        else
            QStyledItemDelegate::setEditorData(editor, index);
    }
    void setModelData(QWidget *editor, QAbstractItemModel *model,
                      const QModelIndex &index) const override
    {
        if (const auto *box = qobject_cast<QComboBox *>(editor))
            model->setData(index, box->currentText(), Qt::EditRole);
        else
            QStyledItemDelegate::setModelData(editor, model, index);
    }
};

/// "user_id, page=1".
QString parametersText(const std::vector<Parameter> &parameters)
{
    QStringList texts;
    for (const Parameter &parameter : parameters) {
        QString text = displayKey(parameter.name);
        if (parameter.defaultValue)
            text += u'=' + QString::fromUtf8(valueToJson(*parameter.defaultValue).json);
        texts.append(text);
    }
    return texts.join(QStringLiteral(", "));
}

/// A comma within a default's brackets or quotes is the default's own.
QStringList splitParameters(const QString &text)
{
    QStringList parts{QString()};
    int depth = 0;
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (quoted && c == u'\\' && i + 1 < text.size()) {
            parts.last() += c;
            parts.last() += text.at(++i);
            continue;
        }
        if (c == u'"')
            quoted = !quoted;
        else if (!quoted && (c == u'[' || c == u'{'))
            ++depth;
        else if (!quoted && (c == u']' || c == u'}'))
            --depth;
        if (c == u',' && !quoted && depth == 0)
            parts.append(QString());
        else
            parts.last() += c;
    }
    return parts;
}

std::vector<Parameter> parametersOf(const QString &text)
{
    std::vector<Parameter> parameters;
    for (const QString &part : splitParameters(text)) {
        const qsizetype equals = part.indexOf(u'=');
        Parameter parameter;
        parameter.name = bytesOfDisplayKey(part.left(equals).trimmed());
        if (equals >= 0)
            parameter.defaultValue = typedValue(part.mid(equals + 1).trimmed());
        if (!parameter.name.isEmpty())
            parameters.push_back(std::move(parameter));
    }
    return parameters;
}

} // namespace

QByteArray functionJson(const CatalogFunction &function)
{
    const auto catalog = valueFromJson(Catalog({function}).toJson(), "the catalog");
    JsonOptions options;
    options.indent = 2;
    return valueToJson(catalog->find("functions")->items().front(), options).json;
}

ConstructorForm::ConstructorForm(QWidget *parent)
    : QWidget(parent), m_asJson(new QToolButton(this)), m_pages(new QStackedWidget(this)),
      m_problemLabel(new QLabel(this)), m_fields(new FieldsModel(this))
{
    m_asJson->setText(tr("As &JSON"));
    m_asJson->setCheckable(true);
    m_asJson->setAccessibleName(tr("Edit the constructor as JSON"));
    m_asJson->setToolTip(tr("What a catalog has of this function"));
    m_asJson->setFocusPolicy(Qt::StrongFocus);
    m_pages->addWidget(buildForm());
    m_pages->addWidget(buildJson());
    m_problemLabel->setTextFormat(Qt::PlainText);
    m_problemLabel->setWordWrap(true);
    m_problemLabel->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 8);
    layout->setSpacing(4);
    layout->addWidget(m_asJson, 0, Qt::AlignRight);
    layout->addWidget(m_pages, 1);
    layout->addWidget(m_problemLabel);
    connect(m_asJson, &QToolButton::toggled, this, [this](bool json) {
        m_pages->setCurrentIndex(json ? 1 : 0);
        if (json)
            fillJson();
        else
            fillForm();
        setProblem({}); // what was no function yet is gone
        Q_EMIT changed();
    });
    connect(m_fields, &FieldsModel::changed, this, &ConstructorForm::readForm);
    fillForm();
}

QWidget *ConstructorForm::buildForm()
{
    auto *content = new QWidget;
    auto *form = new QFormLayout;
    form->setSpacing(4);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto addText = [&](const QString &label, const QString &name, const QString &hint) {
        auto *edit = new QLineEdit;
        edit->setFont(fixedFont());
        edit->setAccessibleName(name);
        edit->setPlaceholderText(hint);
        connect(edit, &QLineEdit::textEdited, this, &ConstructorForm::readForm);
        form->addRow(label, edit);
        return edit;
    };
    const auto addNumber = [&](const QString &label, const QString &name) {
        auto *box = new QSpinBox;
        box->setRange(0, 1'000'000'000);
        box->setAccessibleName(name);
        connect(box, &QSpinBox::valueChanged, this, &ConstructorForm::readForm);
        form->addRow(label, box);
        return box;
    };
    const auto addFlag = [&](const QString &label, const QString &tip) {
        auto *box = new QCheckBox(label);
        box->setToolTip(tip);
        connect(box, &QCheckBox::toggled, this, &ConstructorForm::readForm);
        form->addRow(QString(), box);
        return box;
    };
    m_id = addText(tr("F&unction:"), tr("Function"), QStringLiteral("shop.services.get_user"));
    m_parameters = addText(tr("&Parameters:"), tr("Parameters"), QStringLiteral("user_id, page=1"));
    m_namespace = addText(tr("Namespa&ce:"), tr("Namespace"), tr("none"));
    m_identifier = addText(tr("Ke&y identifier:"), tr("Key identifier"), tr("the function"));
    m_version = addNumber(tr("Ve&rsion:"), tr("Version"));
    m_longest = addNumber(tr("&Longest suffix:"), tr("Longest suffix, in characters"));
    m_hashLong = addFlag(tr("Hash a longer &suffix"),
                         tr("Off: a suffix that is too long stands in the key as it is"));
    m_hash = new QComboBox;
    m_hash->setAccessibleName(tr("Hash algorithm"));
    for (const auto hash : hashes)
        m_hash->addItem(hashName(hash), static_cast<int>(hash));
    connect(m_hash, &QComboBox::activated, this, &ConstructorForm::readForm);
    form->addRow(tr("Hash algori&thm:"), m_hash);
    m_unambiguous = addFlag(tr("Una&mbiguous keys"),
                            tr("No two calls share a key, whatever the values hold. Not shared "
                               "with drf-restflow."));

    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(form);
    layout->addWidget(buildFields(), 1);
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    return scroll;
}

QWidget *ConstructorForm::buildFields()
{
    auto *pane = new QWidget;
    m_table = new QTableView;
    m_table->setModel(m_fields);
    m_table->setItemDelegate(new FieldDelegate(m_table));
    m_table->setAccessibleName(tr("Fields of the constructor"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed
                             | QAbstractItemView::AnyKeyPressed
                             | QAbstractItemView::SelectedClicked);
    m_table->setTabKeyNavigation(false);
    m_table->setCornerButtonEnabled(false);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    QHeaderView *columns = m_table->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    columns->setSectionsClickable(false);
    columns->setAccessibleName(tr("Columns of the fields"));
    const int character = fontMetrics().averageCharWidth();
    for (const auto &[column, characters] :
         std::initializer_list<std::pair<int, int>>{{FieldsModel::NameColumn, 12},
                                                    {FieldsModel::TypeColumn, 15},
                                                    {FieldsModel::TakesColumn, 18},
                                                    {FieldsModel::PathColumn, 10}})
        columns->resizeSection(column, characters * character);
    for (const int column :
         {FieldsModel::PartitionColumn, FieldsModel::HashColumn, FieldsModel::SortColumn})
        columns->resizeSection(column, columns->sectionSizeHint(column) + 4);
    m_table->setMinimumHeight(5 * (fontMetrics().height() + 8));

    auto *add = new QToolButton;
    add->setText(tr("Add &Field"));
    add->setFocusPolicy(Qt::StrongFocus);
    connect(add, &QToolButton::clicked, this, [this] {
        const int row = m_fields->addField();
        m_table->setCurrentIndex(m_fields->index(row, FieldsModel::NameColumn));
        m_table->setFocus();
    });
    auto *remove = new QToolButton;
    remove->setText(tr("Remove Fiel&d"));
    remove->setFocusPolicy(Qt::StrongFocus);
    remove->setEnabled(false);
    connect(remove, &QToolButton::clicked, this,
            [this] { m_fields->removeField(m_table->currentIndex().row()); });
    const auto update
        = [this, remove] { remove->setEnabled(m_table->selectionModel()->hasSelection()); };
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, update);
    connect(m_fields, &FieldsModel::modelReset, this, update);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(4);
    buttons->addWidget(add);
    buttons->addWidget(remove);
    buttons->addStretch(1);
    auto *layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_table, 1);
    layout->addLayout(buttons);
    return pane;
}

QWidget *ConstructorForm::buildJson()
{
    m_json = new QPlainTextEdit;
    m_json->setFont(fixedFont());
    m_json->setAccessibleName(tr("The function as JSON"));
    m_json->setTabChangesFocus(true);
    m_json->setLineWrapMode(QPlainTextEdit::NoWrap);
    connect(m_json, &QPlainTextEdit::textChanged, this, &ConstructorForm::readJson);
    return m_json;
}

void ConstructorForm::setFunction(const CatalogFunction &function)
{
    m_function = function;
    setProblem({});
    fillForm();
    if (m_asJson->isChecked())
        fillJson();
}

void ConstructorForm::fillForm()
{
    const QScopedValueRollback filling(m_filling, true);
    const KeySpec &key = m_function.keyed.key;
    m_id->setText(displayKey(m_function.keyed.id));
    m_parameters->setText(parametersText(m_function.keyed.parameters));
    m_namespace->setText(displayKey(key.nameSpace));
    m_identifier->setText(displayKey(key.keyIdentifier));
    m_version->setValue(key.version);
    m_longest->setValue(
        static_cast<int>(std::min<qsizetype>(key.maxKeySuffixLength, m_longest->maximum())));
    m_hashLong->setChecked(key.hashSuffixOnOverflow);
    m_hash->setCurrentIndex(std::max(0, m_hash->findData(static_cast<int>(key.hash))));
    m_unambiguous->setChecked(key.unambiguous);
    m_fields->setFields(key.fields);
}

void ConstructorForm::fillJson()
{
    const QScopedValueRollback filling(m_filling, true);
    m_json->setPlainText(QString::fromUtf8(functionJson(m_function)));
}

void ConstructorForm::readForm()
{
    if (m_filling)
        return;
    const QByteArray id = bytesOfDisplayKey(m_id->text().trimmed());
    if (id.isEmpty()) {
        setProblem(tr("Give the function a name: its dotted path stands in the key."));
        Q_EMIT changed();
        return;
    }
    KeySpec &key = m_function.keyed.key;
    m_function.keyed.id = id;
    m_function.keyed.parameters = parametersOf(m_parameters->text());
    m_function.defaultKey = false;
    key.nameSpace = bytesOfDisplayKey(m_namespace->text());
    key.keyIdentifier = bytesOfDisplayKey(m_identifier->text());
    key.version = m_version->value();
    key.maxKeySuffixLength = m_longest->value();
    key.hashSuffixOnOverflow = m_hashLong->isChecked();
    key.hash = static_cast<QCryptographicHash::Algorithm>(m_hash->currentData().toInt());
    key.unambiguous = m_unambiguous->isChecked();
    key.fields = m_fields->fields();
    setProblem({});
    Q_EMIT changed();
}

void ConstructorForm::readJson()
{
    if (m_filling)
        return;
    const QString text = m_json->toPlainText();
    if (text.size() > longestJson) {
        setProblem(tr("This is more than one function: paste the one that is meant."));
    } else if (auto function = Catalog::functionFromJson(text.toUtf8(), "the constructor")) {
        m_function = std::move(*function);
        setProblem({});
    } else {
        setProblem(QString::fromUtf8(function.error().message()));
    }
    Q_EMIT changed();
}

void ConstructorForm::setProblem(const QString &problem)
{
    m_problem = problem;
    m_problemLabel->setText(problem);
    m_problemLabel->setVisible(!problem.isEmpty());
}

} // namespace Cachelens
