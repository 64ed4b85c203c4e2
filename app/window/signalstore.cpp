// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/signalstore.h"

#include <QSettings>

namespace Cachelens {

namespace {

const QString group = QStringLiteral("signals");

QString nameOf(const BackendUrl &url)
{
    return QString::fromUtf8(url.description());
}

} // namespace

std::vector<SignalStore::Entry> SignalStore::read() const
{
    std::vector<Entry> entries;
    const int count = m_settings.beginReadArray(group);
    for (int i = 0; i < count; ++i) {
        m_settings.setArrayIndex(i);
        const QByteArray json = m_settings.value(QStringLiteral("signal")).toString().toUtf8();
        auto draft = SignalDraft::fromJson(json, {});
        if (!draft)
            continue; // written by hand, or by a version that knows more
        entries.push_back({m_settings.value(QStringLiteral("url")).toString(),
                           {m_settings.value(QStringLiteral("name")).toString(), *draft}});
    }
    m_settings.endArray();
    return entries;
}

std::vector<NamedSignal> SignalStore::of(const BackendUrl &url) const
{
    std::vector<NamedSignal> named;
    for (Entry &entry : read()) {
        if (entry.url == nameOf(url))
            named.push_back(std::move(entry.signal));
    }
    return named;
}

void SignalStore::save(const BackendUrl &url, const std::vector<NamedSignal> &named)
{
    std::vector<Entry> entries = read();
    std::erase_if(entries, [name = nameOf(url)](const Entry &e) { return e.url == name; });
    for (const NamedSignal &signal : named)
        entries.push_back({nameOf(url), signal});
    m_settings.remove(group);
    m_settings.beginWriteArray(group, static_cast<int>(entries.size()));
    for (int i = 0; i < static_cast<int>(entries.size()); ++i) {
        const Entry &entry = entries[static_cast<size_t>(i)];
        m_settings.setArrayIndex(i);
        m_settings.setValue(QStringLiteral("url"), entry.url);
        m_settings.setValue(QStringLiteral("name"), entry.signal.name);
        m_settings.setValue(QStringLiteral("signal"),
                            QString::fromUtf8(entry.signal.draft.toJson()));
    }
    m_settings.endArray();
}

} // namespace Cachelens
