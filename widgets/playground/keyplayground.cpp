// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/playground/keyplayground.h"

#include "core/key/keycomparison.h"
#include "widgets/key/displaykey.h"
#include "widgets/key/keylabel.h"
#include "widgets/key/rediscli.h"
#include "widgets/playground/callform.h"
#include "widgets/playground/comparisonmodel.h"
#include "widgets/playground/constructorform.h"
#include "widgets/playground/contributionsmodel.h"
#include "widgets/playground/entrylookup.h"
#include "widgets/playground/typedargument.h"
#include "widgets/playground/warningtext.h"
#include "widgets/style/format.h"
#include "widgets/style/theme.h"
#include "widgets/style/whynot.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QResizeEvent>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace Cachelens {

KeyPlayground::KeyPlayground(QWidget *parent)
    : QWidget(parent), m_lookup(new EntryLookup(this)), m_splitter(new QSplitter(this))
{
    buildActions();
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(buildCallPane());
    m_splitter->addWidget(buildKeyPane());
    m_splitter->addWidget(buildTables());
    for (int pane = 0; const int stretch : {3, 4, 5})
        m_splitter->setStretchFactor(pane++, stretch);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto *scroll = new QScrollArea; // of a window that is low
    scroll->setWidget(m_splitter);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    layout->addWidget(scroll);
    setFocusProxy(m_functions);

    connect(m_lookup, &EntryLookup::changed, this, &KeyPlayground::showLookup);
    m_second.setInterval(1000);
    m_second.callOnTimeout(this, [this] {
        if (!isVisible())
            return;
        m_lookup->tick();
        if (m_lookup->state() == EntryLookup::State::Answered)
            showLookup(); // what it says grows older
    });
    m_second.start();
    updateCatalog();
}

KeyPlayground::~KeyPlayground()
{
    m_functions->lineEdit()->disconnect(this); // it loses the focus while this goes
}

const KeyExplanation *KeyPlayground::explanation() const
{
    return m_explanation ? &*m_explanation : nullptr;
}

QString KeyPlayground::problem() const
{
    return m_explanation ? QString() : m_problem->text();
}

void KeyPlayground::setSession(Session *session)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    m_entryAtHand.clear();
    if (m_session) {
        connect(m_session, &Session::indexReplaced, this, &KeyPlayground::updateCatalog);
        connect(m_session, &Session::scanProgressed, this, [this](const ScanProgress &progress) {
            if (progress.complete())
                guessClientPrefix();
        });
    }
    m_lookup->setSession(session);
    if (!isOwn()) { // the functions of another cache are other ones
        m_builder.reset();
        m_constructor->setFunction({});
    }
    updateCatalog();
}

void KeyPlayground::updateCatalog()
{
    const QByteArray chosen = m_functions->currentData().toByteArray();
    const auto &functions
        = m_session ? m_session->catalog().functions() : std::vector<CatalogFunction>();
    m_reader.reset();
    if (m_builder && isListed(functions)) {
        compare(); // a scan begins anew with the catalog that was there
        return;
    }
    m_functions->clear();
    for (const CatalogFunction &function : functions)
        m_functions->addItem(displayKey(function.keyed.id), function.keyed.id);
    m_functions->addItem(tr("A constructor of my own"), QByteArray());
    const int index = m_functions->findData(chosen);
    m_functions->setCurrentIndex(m_builder && index >= 0 ? index : 0);
    chooseFunction(m_functions->currentIndex());
    m_functions->lineEdit()->setCursorPosition(0);
}

bool KeyPlayground::isOwn() const
{
    return m_functions->currentIndex() >= 0 && m_functions->currentData().toByteArray().isEmpty();
}

/// Whether these are the functions that can be chosen, and the chosen one is as it was read.
bool KeyPlayground::isListed(const std::vector<CatalogFunction> &functions) const
{
    if (m_functions->count() != static_cast<int>(functions.size()) + 1)
        return false;
    for (int i = 0; i < m_functions->count() - 1; ++i) {
        const CatalogFunction &function = functions[static_cast<std::size_t>(i)];
        if (m_functions->itemData(i).toByteArray() != function.keyed.id)
            return false;
        if (i == m_functions->currentIndex() && !m_edited
            && functionJson(function) != functionJson(m_constructor->function()))
            return false;
    }
    return true;
}

void KeyPlayground::chooseFunction(int index)
{
    const QByteArray id = m_functions->itemData(index).toByteArray();
    m_readBack.clear();
    if (!id.isEmpty()) {
        openFunction(id);
        return;
    }
    m_inputs->setCurrentWidget(m_constructor);
    useConstructor();
}

void KeyPlayground::openFunction(const QByteArray &id)
{
    const CatalogFunction *function = m_session ? m_session->catalog().find(id) : nullptr;
    const int index = m_functions->findData(id);
    if (!function || index < 0)
        return;
    m_functions->setCurrentIndex(index);
    m_functions->lineEdit()->setCursorPosition(0);
    const bool other = !m_builder || m_builder->function().id != id;
    m_edited = false;
    m_constructor->setFunction(*function);
    m_inputs->setCurrentWidget(m_callForm);
    setFunction(*function);
    if (other) {
        m_prefixGiven = false;
        guessClientPrefix();
    }
}

void KeyPlayground::useConstructor()
{
    m_edited = true;
    if (!m_constructor->problem().isEmpty() || m_constructor->function().keyed.id.isEmpty())
        rebuild();
    else
        setFunction(m_constructor->function());
}

void KeyPlayground::setFunction(const CatalogFunction &function)
{
    m_builder.emplace(function.keyed);
    m_ttl = function.ttl;
    m_reader.reset();
    m_callForm->setParameters(function.keyed.parameters);
    rebuild();
}

/// What the cache client puts in front of the function's keys, where the cache has most of them.
void KeyPlayground::guessClientPrefix()
{
    if (!m_session || !m_builder || m_prefixGiven)
        return;
    const KeyedFunction &function = m_builder->function();
    const auto index = m_session->index();
    const QByteArray version = ':' + QByteArray::number(function.key.version) + ':';
    QByteArray found;
    qsizetype keys = 0;
    for (const NodeInfo &node : index->nodes(index->children(KeyIndex::root))) {
        if (node.kind == NodeKind::Namespace && node.label == function.key.nameSpace
            && node.keys > keys && node.cache.endsWith(version)) {
            found = node.cache.chopped(version.size());
            keys = node.keys;
        }
    }
    if (displayKey(found) != m_clientPrefix->text()) {
        m_clientPrefix->setText(displayKey(found));
        rebuild();
    }
}

const KeyReader &KeyPlayground::reader()
{
    if (!m_reader) {
        std::vector<KeyedFunction> functions;
        if (m_builder)
            functions.push_back(m_builder->function());
        if (m_session) {
            for (const CatalogFunction &known : m_session->catalog().functions()) {
                if (!m_builder || known.keyed.id != m_builder->function().id)
                    functions.push_back(known.keyed);
            }
        }
        m_reader.emplace(std::move(functions));
    }
    return *m_reader;
}

void KeyPlayground::openKey(const QByteArray &rawKey)
{
    if (!m_session)
        return;
    const KeyReading reading = m_session->index()->reader().read(rawKey);
    const CatalogFunction *function = reading.source == KeyReading::Source::Catalog
        ? m_session->catalog().find(reading.function)
        : nullptr;
    if (!function) {
        Q_EMIT message(tr("No catalog names the function of this entry: write its constructor in "
                          "the playground, and compare."));
        m_functions->setCurrentIndex(m_functions->findData(QByteArray()));
        chooseFunction(m_functions->currentIndex());
        compareWith(rawKey);
        return;
    }
    openFunction(reading.function);
    m_clientPrefix->setText(displayKey(reading.clientPrefix));
    m_prefixGiven = true;
    const TypedArguments typed = typedArguments(reading, function->keyed);
    m_callForm->setTexts(typed.texts);
    if (typed.lost)
        m_readBack = tr("The key does not tell all: %1").arg(QString::fromUtf8(typed.lost->reason));
    else if (m_located.rawKey != rawKey)
        m_readBack = tr("The arguments that were read back make another key than the entry's.");
    if (!m_readBack.isEmpty())
        compareWith(rawKey);
    rebuild();
}

void KeyPlayground::rebuild()
{
    m_explanation.reset();
    m_call = m_callForm->call();
    const bool ownIncomplete = isOwn() && m_constructor->function().keyed.id.isEmpty();
    if (!m_constructor->problem().isEmpty()) {
        showProblem(m_constructor->problem(), true);
    } else if (!m_builder || ownIncomplete) {
        showProblem(
            m_session && m_session->catalog().isEmpty()
                ? tr("No catalog names the functions of this cache. Give the function a "
                     "name in Constructor to see the keys of its calls, or add a catalog "
                     "to the connection.")
                : tr("Choose a function, or give one a name in Constructor, to see the keys "
                     "of its calls."),
            false);
    } else if (auto explained = explainKey(*m_builder, m_call)) {
        m_explanation = std::move(*explained);
        m_located = locateKey(*m_explanation, bytesOfDisplayKey(m_clientPrefix->text()),
                              m_builder->function().key.version);
        showKey();
    } else {
        const QString reason = QString::fromUtf8(explained.error().reason);
        showProblem(m_readBack.isEmpty()
                        ? tr("No key yet: %1. Type it in Arguments.").arg(reason)
                        : tr("%1. Type what is missing in Arguments.").arg(m_readBack),
                    false);
    }
    updateActions();
    compare();
}

void KeyPlayground::updateActions()
{
    const QString noKey = m_explanation ? QString() : tr("There is no key in the playground");
    for (QAction *action : {m_copyKey, m_copyPrefix, m_copyCpp, m_copyPython})
        setWhyNot(action, noKey);
    const bool isRedis
        = m_session && !redisCliLine(m_session->description(), m_located.rawKey).isEmpty();
    setWhyNot(m_copyRedisCli,
              firstReason(noKey, isRedis ? QString() : tr("redis-cli cannot reach this cache")));
    const QString noEntry = m_entryAtHand.isEmpty() ? tr("No entry is chosen") : QString();
    setWhyNot(m_compareChosen, firstReason(noKey, noEntry));
    QString notThere;
    if (m_lookup->state() != EntryLookup::State::Answered)
        notThere = tr("It is not known whether the cache has this key");
    else if (m_lookup->nextCall() == NextCall::Miss)
        notThere = tr("The cache does not have this key");
    setWhyNot(m_showEntry, firstReason(noKey, notThere));
}

void KeyPlayground::showProblem(const QString &problem, bool mistake)
{
    m_located = {};
    m_lookup->ask({});
    m_contributions->clear();
    m_problem->setText(problem);
    m_problem->setForegroundRole(mistake ? QPalette::WindowText : QPalette::PlaceholderText);
    m_pages->setCurrentWidget(m_problem);
}

void KeyPlayground::showKey()
{
    const KeyedFunction &function = m_builder->function();
    m_key->setReading(m_located.rawKey, m_located.reading, m_located.levels);
    m_contributions->setExplanation(*m_explanation, function.key);
    m_pages->setCurrentIndex(0);
    m_prefix->setReading(m_located.rawKey.first(m_located.levels.partitionEnd), m_located.reading,
                         m_located.levels);
    const QString longest = QLocale().toString(function.key.maxKeySuffixLength);
    const QString length = QLocale().toString(m_explanation->suffixLength);
    m_suffix->setVisible(m_explanation->suffixLength > function.key.maxKeySuffixLength);
    m_suffix->setText(m_explanation->suffixHashed
                          ? tr("The suffix has %1 characters, more than %2: its %3 stands in its "
                               "place. Unhashed it is")
                                .arg(length, longest, hashName(function.key.hash))
                          : tr("The suffix has %1 characters, more than %2, and stays whole: "
                               "hash_suffix_on_overflow is off.")
                                .arg(length, longest));
    m_unhashed->setVisible(m_explanation->suffixHashed);
    m_unhashed->setReading(
        m_explanation->suffixHashed ? m_explanation->unhashedSuffix : QByteArray(), {}, {});
    QStringList sentences;
    if (!m_readBack.isEmpty())
        sentences.append(m_readBack);
    for (const KeyWarning &warning : m_explanation->warnings)
        sentences.append(warningText(warning));
    for (QString &sentence : sentences)
        sentence.prepend(QStringLiteral("\u26a0 "));
    m_warnings->setText(sentences.join(u'\n'));
    m_warnings->setVisible(!sentences.isEmpty());
    m_lookup->ask(m_located.rawKey);
    showLookup();
}

void KeyPlayground::showLookup()
{
    const auto tell = [this](NextCall next, const QString &text) {
        const StatusStyle style = statusStyle(next, palette());
        const int side = fontMetrics().height();
        m_statusIcon->setPixmap(style.icon.pixmap(QSize(side, side), devicePixelRatioF()));
        m_status->setText(text);
    };
    const EntrySummary &summary = m_lookup->summary();
    updateActions();
    switch (m_lookup->state()) {
    case EntryLookup::State::Nothing:
        tell(NextCall::Unknown,
             tr("Not connected: connect to a cache to see whether it has this key."));
        return;
    case EntryLookup::State::Asking:
        tell(NextCall::Unknown, tr("Looking whether the cache has it \u2026"));
        return;
    case EntryLookup::State::Failed:
        tell(NextCall::Unknown, QString::fromUtf8(m_lookup->error().message()));
        return;
    case EntryLookup::State::Answered:
        break;
    }
    const NextCall next = m_lookup->nextCall();
    const WallTime now = m_session->now();
    const auto &metadata = summary.metadata;
    QString details = formatBytes(summary.facts.size);
    if (metadata && metadata->cachedAtMs)
        details = tr("%1, written %2")
                      .arg(details,
                           relativeTime(WallTime(std::chrono::milliseconds(*metadata->cachedAtMs)),
                                        now));
    switch (next) {
    case NextCall::Hit:
        tell(next, tr("In the cache: a call would report HIT (%1).").arg(details));
        return;
    case NextCall::Stale:
        tell(next,
             tr("In the cache, past the time at which it resets: a call would report STALE, and "
                "refresh it once (%1).")
                 .arg(details));
        return;
    case NextCall::Miss:
        tell(next,
             m_ttl ? tr("Not in the cache: a call would report MISS, and store its result for %1.")
                         .arg(formatDuration(*m_ttl))
                   : tr("Not in the cache: a call would report MISS, and store its result without "
                        "an expiry."));
        return;
    case NextCall::Unknown:
        tell(next,
             tr("The cache has this key, but not with what a function stores: what a call would "
                "report is not known (%1).")
                 .arg(details));
        return;
    }
}

void KeyPlayground::setEntryAtHand(const QByteArray &rawKey)
{
    m_entryAtHand = rawKey;
    updateActions();
}

void KeyPlayground::compareWith(const QByteArray &rawKey)
{
    m_tables->setCurrentIndex(1);
    m_other->setText(displayKey(rawKey));
    m_other->setCursorPosition(0);
    Q_EMIT compared();
}

void KeyPlayground::compare()
{
    const QString text = m_other->text().trimmed();
    if (text.isEmpty() || !m_explanation) {
        m_comparison->setParts({});
        m_verdict->setText(
            m_explanation
                ? tr("Paste the key that the service asked for, or choose an entry in the list, to "
                     "see where it and this key part.")
                : tr("There is no key yet to compare with: complete the call first."));
        m_verdict->setForegroundRole(QPalette::PlaceholderText);
        return;
    }
    const QByteArray other
        = completedKey(reader(), bytesOfDisplayKey(text), m_located.reading.clientPrefix,
                       m_located.reading.version);
    m_comparison->setParts(compareKeys(reader(), m_located.rawKey, other));
    m_verdict->setForegroundRole(QPalette::WindowText);
    m_verdict->setText(m_comparison->differences() == 0
                           ? tr("The keys are the same.")
                           : counted(m_comparison->differences(), tr("The keys differ in 1 part."),
                                     tr("The keys differ in %1 parts.")));
}

void KeyPlayground::copy(const QString &text, const QString &what)
{
    QGuiApplication::clipboard()->setText(text);
    Q_EMIT message(what);
}

void KeyPlayground::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // At the side of the window it is high and narrow.
    m_splitter->setOrientation(
        width() < 3 * fontMetrics().averageCharWidth() * 36 && height() > width() ? Qt::Vertical
                                                                                  : Qt::Horizontal);
}

void KeyPlayground::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_explanation)
        showLookup();
}

} // namespace Cachelens
