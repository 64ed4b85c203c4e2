// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace Cachelens {

class FieldsModel;

/// A function and its key constructor, to be edited: in a form, or as the JSON that a catalog has
/// of it.
class ConstructorForm : public QWidget {
    Q_OBJECT

public:
    explicit ConstructorForm(QWidget *parent = nullptr);

    /// Without changed().
    void setFunction(const CatalogFunction &function);
    /// As it was last complete.
    [[nodiscard]] const CatalogFunction &function() const { return m_function; }
    /// Why what is typed is no function yet, for a person; empty: it is one.
    [[nodiscard]] QString problem() const { return m_problem; }

Q_SIGNALS:
    void changed();

private:
    QWidget *buildForm();
    QWidget *buildFields();
    QWidget *buildJson();
    void fillForm();
    void fillJson();
    void readForm();
    void readJson();
    void setProblem(const QString &problem);

    CatalogFunction m_function;
    QString m_problem;
    bool m_filling = false;

    QToolButton *m_asJson = nullptr;
    QStackedWidget *m_pages = nullptr;
    QLabel *m_problemLabel = nullptr;
    QLineEdit *m_id = nullptr;
    QLineEdit *m_parameters = nullptr;
    QLineEdit *m_namespace = nullptr;
    QLineEdit *m_identifier = nullptr;
    QSpinBox *m_version = nullptr;
    QSpinBox *m_longest = nullptr;
    QCheckBox *m_hashLong = nullptr;
    QComboBox *m_hash = nullptr;
    QCheckBox *m_unambiguous = nullptr;
    FieldsModel *m_fields = nullptr;
    QTableView *m_table = nullptr;
    QPlainTextEdit *m_json = nullptr;
};

/// A function as a catalog has it.
[[nodiscard]] QByteArray functionJson(const CatalogFunction &function);

} // namespace Cachelens
