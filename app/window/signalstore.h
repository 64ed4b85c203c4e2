// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backend/backendurl.h"
#include "widgets/simulator/simulatorview.h"

class QSettings;

namespace Cachelens {

/// The signals that were given a name, each for the connection whose models they are of.
class SignalStore {
public:
    /// `settings` must outlive the store.
    explicit SignalStore(QSettings &settings) : m_settings(settings) { }

    [[nodiscard]] std::vector<NamedSignal> of(const BackendUrl &url) const;
    /// Instead of those that the connection had.
    void save(const BackendUrl &url, const std::vector<NamedSignal> &named);

private:
    struct Entry {
        QString url; ///< without the password
        NamedSignal signal;
    };
    [[nodiscard]] std::vector<Entry> read() const;

    QSettings &m_settings;
};

} // namespace Cachelens
