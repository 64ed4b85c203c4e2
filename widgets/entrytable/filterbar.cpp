// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/entrytable/filterbar.h"

#include "widgets/key/displaykey.h"
#include "widgets/style/theme.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace Cachelens {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

struct ExpiryChoice {
    const char *text;
    KeyQuery::Expiry expiry;
    Range<milliseconds> ttl;
};
using Expiry = KeyQuery::Expiry;
const ExpiryChoice expiryChoices[] = {
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "Any TTL"), Expiry::Any, {}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "No expiry"), Expiry::Never, {}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "Less than 1 min"), Expiry::Within, {{}, 60s}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "Less than 10 min"), Expiry::Within, {{}, 10min}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "Less than 1 h"), Expiry::Within, {{}, 1h}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "More than 1 h"), Expiry::Within, {1h, {}}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "More than 1 day"), Expiry::Within, {24h, {}}},
};

struct SizeChoice {
    const char *text;
    Range<qint64> size;
};
const SizeChoice sizeChoices[] = {
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "Any size"), {}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "1 kB or less"), {{}, 1'000}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "10 kB or more"), {10'000, {}}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "100 kB or more"), {100'000, {}}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "1 MB or more"), {1'000'000, {}}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "10 MB or more"), {10'000'000, {}}},
};

struct AgeChoice {
    const char *text;
    Range<milliseconds> age;
};
const AgeChoice ageChoices[] = {
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "Any age"), {}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "1 min or younger"), {{}, 1min}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "10 min or younger"), {{}, 10min}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "10 min or older"), {10min, {}}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "1 h or older"), {1h, {}}},
    {QT_TRANSLATE_NOOP("Cachelens::FilterBar", "1 day or older"), {24h, {}}},
};

template <typename Choices, typename Matches>
int indexWhere(const Choices &choices, Matches matches)
{
    const auto at = std::find_if(std::begin(choices), std::end(choices), matches);
    return at == std::end(choices) ? 0 : static_cast<int>(at - std::begin(choices));
}

std::size_t chosen(const QComboBox *box)
{
    return static_cast<std::size_t>(box->currentIndex());
}

void setUpBox(QComboBox *box, const QString &name, const QString &toolTip)
{
    box->setAccessibleName(name);
    box->setToolTip(toolTip);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    // Rather a choice cut short than a window that does not fit.
    box->setMinimumWidth(box->fontMetrics().averageCharWidth() * 9);
}

} // namespace

FilterBar::FilterBar(QWidget *parent)
    : QWidget(parent), m_text(new QLineEdit(this)), m_syntax(new QComboBox(this)),
      m_case(new QToolButton(this)), m_status(new QComboBox(this)), m_ttl(new QComboBox(this)),
      m_size(new QComboBox(this)), m_age(new QComboBox(this)), m_clear(new QToolButton(this)),
      m_error(new QLabel(this)), m_lines(new QBoxLayout(QBoxLayout::LeftToRight)),
      m_debounce(new QTimer(this))
{
    setUpText();
    setUpConditions();
    addCommands();

    m_lines->setSpacing(4);
    QWidget *before = nullptr;
    for (const std::initializer_list<QWidget *> controls :
         {std::initializer_list<QWidget *>{m_text, m_case, m_syntax},
          std::initializer_list<QWidget *>{m_status, m_ttl, m_size, m_age, m_clear}}) {
        auto *line = new QHBoxLayout;
        line->setSpacing(4);
        for (QWidget *control : controls) {
            line->addWidget(control, control == m_text ? 1 : 0);
            if (before)
                setTabOrder(before, control);
            before = control;
        }
        m_lines->addLayout(line, controls.begin()[0] == m_text ? 1 : 0);
    }
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(m_lines);
    layout->addWidget(m_error);
    setFocusProxy(m_text);

    m_debounce->setSingleShot(true);
    m_debounce->setInterval(80ms);
    connect(m_debounce, &QTimer::timeout, this, &FilterBar::tell);
    connect(m_text, &QLineEdit::textEdited, this, [this] {
        setError({});
        updateControls();
        m_debounce->start();
    });
    connect(m_text, &QLineEdit::returnPressed, this, &FilterBar::tell);
    for (QComboBox *box : {m_syntax, m_status, m_ttl, m_size, m_age})
        connect(box, &QComboBox::activated, this, &FilterBar::tell);
    connect(m_case, &QToolButton::toggled, this, &FilterBar::tell);
    connect(m_clear, &QToolButton::clicked, this, &FilterBar::clear);
    setError({});
    updateControls();
}

void FilterBar::setUpText()
{
    m_text->setPlaceholderText(tr("Filter keys"));
    m_text->setAccessibleName(tr("Filter"));
    m_text->setToolTip(
        tr("Keys that hold this text (Ctrl+F). Bytes can be typed as they are shown: "
           "\\x00, and \\\\ for a backslash."));
    m_text->addAction(themedIcon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    m_text->setMinimumWidth(160);
    m_text->setFont(fixedFont());

    setUpBox(m_syntax, tr("Filter syntax"),
             tr("Text: anywhere in the key. Glob: * ? [a-z] against the whole key. Regex: PCRE, "
                "anywhere in the key."));
    m_syntax->addItem(tr("Text"), static_cast<int>(KeyQuery::Syntax::Text));
    m_syntax->addItem(tr("Glob"), static_cast<int>(KeyQuery::Syntax::Glob));
    m_syntax->addItem(tr("Regex"), static_cast<int>(KeyQuery::Syntax::Regex));

    auto *matchCase = new QAction(themedIcon(QStringLiteral("case")), tr("&Match Case"), this);
    matchCase->setCheckable(true);
    matchCase->setShortcut(Qt::ALT | Qt::Key_C);
    matchCase->setToolTip(tr("Match case (Alt+C)"));
    addAction(matchCase);
    m_case->setDefaultAction(matchCase);
    m_case->setAutoRaise(true);
    m_case->setFocusPolicy(Qt::TabFocus);
    m_case->setAccessibleName(tr("Match case"));

    m_error->setTextFormat(Qt::PlainText);
    m_error->setWordWrap(true);
    m_error->setAccessibleName(tr("What is wrong with the filter"));
}

void FilterBar::setUpConditions()
{
    const QString asks = u'\n'
        + tr("The server is asked about every key that the text lets through, which takes a while "
             "for many keys.");
    setUpBox(m_status, tr("Next call"), tr("How a call would be answered now.") + asks);
    m_status->addItem(tr("Any status"));
    for (const NextCall next : {NextCall::Hit, NextCall::Stale, NextCall::Unknown}) {
        const StatusStyle style = statusStyle(next, palette());
        m_status->addItem(style.icon, next == NextCall::Unknown ? tr("Not an entry") : style.text,
                          static_cast<int>(next));
    }
    setUpBox(m_ttl, tr("Time to live"), tr("How long the entry still lives.") + asks);
    for (const ExpiryChoice &choice : expiryChoices)
        m_ttl->addItem(tr(choice.text));
    setUpBox(m_size, tr("Size"), tr("Bytes of the value as it is stored.") + asks);
    for (const SizeChoice &choice : sizeChoices)
        m_size->addItem(tr(choice.text));
    setUpBox(m_age, tr("Age"), tr("Since the entry was written. Values are read to tell.") + asks);
    for (const AgeChoice &choice : ageChoices)
        m_age->addItem(tr(choice.text));

    m_clear->setIcon(themedIcon(QStringLiteral("clear")));
    m_clear->setAutoRaise(true);
    m_clear->setAccessibleName(tr("Clear the filter"));
    m_clear->setToolTip(tr("Clear the filter (Esc)"));
}

void FilterBar::addCommands()
{
    const std::initializer_list<std::pair<QString, QComboBox *>> choices{
        {tr("Choose the Filter's S&yntax"), m_syntax},
        {tr("Filter by &Next Call"), m_status},
        {tr("Filter by &Time to Live"), m_ttl},
        {tr("Filter by &Size"), m_size},
        {tr("Filter by &Age"), m_age},
    };
    for (const auto &[text, box] : choices) {
        auto *choose = new QAction(text, this);
        connect(choose, &QAction::triggered, box, [box = box] {
            box->setFocus(Qt::ShortcutFocusReason);
            box->showPopup();
        });
        addAction(choose);
    }
}

KeyQuery FilterBar::query() const
{
    KeyQuery query;
    query.within = m_within;
    query.syntax = static_cast<KeyQuery::Syntax>(m_syntax->currentData().toInt());
    query.pattern = query.syntax == KeyQuery::Syntax::Text ? bytesOfDisplayKey(m_text->text())
                                                           : m_text->text().toUtf8();
    query.caseSensitive = m_case->isChecked();
    query.expiry = expiryChoices[chosen(m_ttl)].expiry;
    query.ttl = expiryChoices[chosen(m_ttl)].ttl;
    query.size = sizeChoices[chosen(m_size)].size;
    query.age = ageChoices[chosen(m_age)].age;
    if (m_status->currentIndex() > 0)
        query.nextCall = static_cast<NextCall>(m_status->currentData().toInt());
    return query;
}

void FilterBar::setQuery(const KeyQuery &query)
{
    m_within = query.within;
    m_text->setText(query.syntax == KeyQuery::Syntax::Text ? displayKey(query.pattern)
                                                           : QString::fromUtf8(query.pattern));
    m_syntax->setCurrentIndex(m_syntax->findData(static_cast<int>(query.syntax)));
    m_ttl->setCurrentIndex(indexWhere(expiryChoices, [&](const ExpiryChoice &choice) {
        return choice.expiry == query.expiry && choice.ttl == query.ttl;
    }));
    m_size->setCurrentIndex(indexWhere(
        sizeChoices, [&](const SizeChoice &choice) { return choice.size == query.size; }));
    m_age->setCurrentIndex(
        indexWhere(ageChoices, [&](const AgeChoice &choice) { return choice.age == query.age; }));
    const int status = query.nextCall ? m_status->findData(static_cast<int>(*query.nextCall)) : 0;
    m_status->setCurrentIndex(std::max(status, 0));
    {
        const QSignalBlocker blocker(m_case);
        m_case->setChecked(query.caseSensitive);
    }
    tell();
}

void FilterBar::setWithin(NodeId node)
{
    m_within = node;
    tell();
}

void FilterBar::clear()
{
    KeyQuery empty;
    empty.within = m_within;
    empty.syntax = query().syntax;
    empty.caseSensitive = m_case->isChecked();
    setQuery(empty);
}

bool FilterBar::isEmpty() const
{
    const KeyQuery now = query();
    return now.pattern.isEmpty() && !now.needsFacts();
}

void FilterBar::tell()
{
    m_debounce->stop();
    updateControls();
    KeyQuery now = query();
    const auto pattern = compilePattern(now);
    setError(pattern ? QString() : QString::fromUtf8(pattern.error().reason));
    if (!pattern) {
        // The rest of the conditions goes with the last pattern that worked.
        now.pattern = m_told.pattern;
        now.syntax = m_told.syntax;
        now.caseSensitive = m_told.caseSensitive;
    }
    if (now == m_told)
        return;
    m_told = now;
    Q_EMIT queryChanged(now);
}

void FilterBar::updateControls()
{
    m_clear->setEnabled(!isEmpty());
}

void FilterBar::setError(const QString &error)
{
    QPalette colors = palette();
    if (!error.isEmpty()) {
        colors.setColor(QPalette::Text, dangerColor(palette()));
        colors.setColor(QPalette::WindowText, dangerColor(palette()));
    }
    m_text->setPalette(error.isEmpty() ? QPalette() : colors);
    m_error->setPalette(error.isEmpty() ? QPalette() : colors);
    m_error->setText(error);
    m_error->setVisible(!error.isEmpty());
}

void FilterBar::focusFilter()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void FilterBar::updateStatusIcons()
{
    for (int i = 1; i < m_status->count(); ++i) {
        const auto next = static_cast<NextCall>(m_status->itemData(i).toInt());
        m_status->setItemIcon(i, statusStyle(next, palette()).icon);
    }
}

void FilterBar::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_error) {
        updateStatusIcons();
        setError(m_error->text());
    }
}

QSize FilterBar::minimumSizeHint() const
{
    // With the lines one below the other, whether they are now or not.
    const int first = m_lines->itemAt(0)->minimumSize().width();
    const int second = m_lines->itemAt(1)->minimumSize().width();
    return {std::max(first, second), QWidget::minimumSizeHint().height()};
}

void FilterBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const int beside = m_lines->itemAt(0)->sizeHint().width() + m_lines->spacing()
        + m_lines->itemAt(1)->sizeHint().width();
    const auto direction = width() < beside ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight;
    if (m_lines->direction() != direction) {
        m_lines->setDirection(direction);
        updateGeometry();
    }
}

void FilterBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !isEmpty()) {
        clear();
        event->accept();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace Cachelens
