// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/keyspace/keyquery.h"

#include <QWidget>

class QBoxLayout;
class QComboBox;
class QLabel;
class QLineEdit;
class QTimer;
class QToolButton;

namespace Cachelens {

/// What to look for, as a line of controls.
class FilterBar final : public QWidget {
    Q_OBJECT

public:
    explicit FilterBar(QWidget *parent = nullptr);

    /// What the controls say now, even if queryChanged() has not told it yet.
    [[nodiscard]] KeyQuery query() const;
    /// Sets the controls, and emits queryChanged() at once if that changes the query. A bound that
    /// no control offers is dropped.
    void setQuery(const KeyQuery &query);
    /// The node to look beneath. Emits queryChanged() at once.
    void setWithin(NodeId node);
    /// Drops every condition, not the node.
    void clear();
    /// No condition is set.
    [[nodiscard]] bool isEmpty() const;

    /// Shown beneath the text until it is edited; empty: none.
    void setError(const QString &error);
    void focusFilter();

    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// Emitted a moment after the last keystroke, and only when the query has changed. A pattern
    /// that cannot be compiled is shown as an error; the last good one stays in force.
    void queryChanged(const Cachelens::KeyQuery &query);

protected:
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    /// Where there is little width the conditions go below the text.
    void resizeEvent(QResizeEvent *event) override;

private:
    void setUpText();
    void setUpConditions();
    void addCommands();
    void tell();
    void updateControls();
    void updateStatusIcons();

    KeyQuery m_told;
    NodeId m_within = KeyIndex::root;
    QLineEdit *m_text = nullptr;
    QComboBox *m_syntax = nullptr;
    QToolButton *m_case = nullptr;
    QComboBox *m_status = nullptr;
    QComboBox *m_ttl = nullptr;
    QComboBox *m_size = nullptr;
    QComboBox *m_age = nullptr;
    QToolButton *m_clear = nullptr;
    QLabel *m_error = nullptr;
    QBoxLayout *m_lines = nullptr;
    QTimer *m_debounce = nullptr;
};

} // namespace Cachelens
