// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "widgets/simulator/signaldraft.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QPlainTextEdit;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace Cachelens {

class AttributesModel;

/// A signal as a form or as JSON. Both always show the same signal.
class SignalForm final : public QWidget {
    Q_OBJECT

public:
    explicit SignalForm(QWidget *parent = nullptr);
    ~SignalForm() override;

    /// Whose models are offered, and which attributes they have.
    void setCatalog(std::shared_ptr<const Catalog> catalog);
    /// None while the JSON that is being typed is no signal.
    [[nodiscard]] std::optional<SignalDraft> draft() const;
    void setDraft(const SignalDraft &draft);
    using Attributes = std::vector<std::pair<QByteArray, QString>>; ///< name, text of the value
    /// Takes the attributes from an instance, and those that it lacks from `otherwise`.
    void fill(const Value &instance, const Attributes &otherwise = {});

    /// Whether it is shown as JSON.
    void setJson(bool json);
    [[nodiscard]] QComboBox *model() const { return m_model; }
    [[nodiscard]] QComboBox *event() const { return m_event; }
    [[nodiscard]] QTableView *attributes() const { return m_table; }
    [[nodiscard]] QPlainTextEdit *json() const { return m_json; }
    [[nodiscard]] QString mistake() const;

Q_SIGNALS:
    void draftChanged();

private:
    void build();
    [[nodiscard]] QLayout *buildControls();
    void setUpTable();
    void chooseModel();
    void takeDraft();
    void writeJson();
    void readJson();
    [[nodiscard]] bool isJson() const;
    void tell(const QString &mistake);

    std::shared_ptr<const Catalog> m_catalog;
    AttributesModel *m_attributes;
    QComboBox *m_model = nullptr;
    QComboBox *m_event = nullptr;
    QCheckBox *m_saysFields = nullptr;
    QToolButton *m_asJson = nullptr;
    QStackedWidget *m_pages = nullptr;
    QTableView *m_table = nullptr;
    QPlainTextEdit *m_json = nullptr;
    QLabel *m_mistake = nullptr;
    bool m_broken = false; // the JSON is no signal
    bool m_taking = false; // the form or the JSON is being set to what the other one says
};

} // namespace Cachelens
