// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/widgets/livecache.h"
#include "widgets/entrypanel/entrypanel.h"

#include <QPushButton>
#include <QTest>
#include <QToolButton>

namespace Cachelens::Testing {

/// The panel on the live cache.
struct EntryPanelWorld {
    EntryPanelWorld()
    {
        panel.resize(420, 640);
        panel.setSession(cache.session.get());
        panel.show();
    }
    ~EntryPanelWorld() { cache.held->release(); }
    Q_DISABLE_COPY_MOVE(EntryPanelWorld)

    /// Returns when the entry is shown.
    void show(const QByteArray &key)
    {
        panel.showKey(key);
        QTRY_VERIFY_WITH_TIMEOUT(panel.key() == key && panel.state() == EntryPanel::State::Shown,
                                 30'000);
    }
    [[nodiscard]] QPushButton *button(const char *text) const { return find<QPushButton>(text); }
    [[nodiscard]] QToolButton *toolButton(const char *text) const
    {
        return find<QToolButton>(text);
    }
    [[nodiscard]] QToolButton *deleteButton() const { return toolButton("Delete Entry…"); }

    LiveCache cache{options()};
    EntryPanel panel;

private:
    [[nodiscard]] static SessionOptions options()
    {
        SessionOptions options;
        options.catalog = liveCatalog();
        options.tick = std::chrono::milliseconds(5);
        return options;
    }
    template <typename Button> [[nodiscard]] Button *find(const char *text) const
    {
        const auto buttons = panel.findChildren<Button *>();
        for (Button *button : buttons) {
            if (button->text().remove(u'&') == QString::fromUtf8(text)
                || button->accessibleName() == QString::fromUtf8(text))
                return button;
        }
        return nullptr;
    }
};

} // namespace Cachelens::Testing
