// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/widgets/livecache.h"
#include "widgets/operations/deletedialog.h"
#include "widgets/operations/operationsview.h"
#include "widgets/operations/ttldialog.h"

#include <QPointer>
#include <QSignalSpy>
#include <QTest>

#include <memory>

namespace Cachelens::Testing {

[[nodiscard]] inline DeletionTarget users()
{
    DeletionTarget target;
    target.title = "shop.services.get_user_payload";
    target.prefixes = {LiveCache::usersPrefix};
    return target;
}

[[nodiscard]] inline DeletionTarget one(const QByteArray &key)
{
    DeletionTarget target;
    target.title = key;
    target.keys = {key};
    return target;
}

template <typename Button>
[[nodiscard]] Button *button(const QWidget &widget, const char *beginning)
{
    const auto buttons = widget.findChildren<Button *>();
    for (Button *found : buttons) {
        if (found->isVisible() && found->text().remove(u'&').startsWith(QLatin1String(beginning)))
            return found;
    }
    return nullptr;
}

/// The live cache, the view of what was done to it, and one dialog at a time.
struct OperationsWorld {
    explicit OperationsWorld(SessionOptions options = {})
    {
        using namespace std::chrono_literals;
        options.tick = 5ms;
        cache = std::make_unique<LiveCache>(std::move(options));
        operations = std::make_unique<OperationsView>();
        operations->setSession(cache->session.get());
        operations->resize(600, 300);
        operations->show();
    }
    ~OperationsWorld()
    {
        cache->held->release();
        delete dialog;
        operations.reset();
    }
    Q_DISABLE_COPY_MOVE(OperationsWorld)

    DeleteDialog *makeDelete(DeletionTarget target)
    {
        auto *made = new DeleteDialog(cache->session.get(), std::move(target));
        dialog = made;
        return made;
    }
    DeleteDialog &openDelete(DeletionTarget target)
    {
        auto *made = makeDelete(std::move(target));
        QSignalSpy planned(made, &DeleteDialog::planned);
        made->open();
        if (planned.isEmpty() && !planned.wait())
            qFatal("no plan was made");
        return *made;
    }
    TtlDialog &openTtl(const QByteArray &key, std::optional<std::chrono::milliseconds> current)
    {
        auto *made = new TtlDialog(cache->session.get(), key, current);
        dialog = made;
        made->open();
        return *made;
    }

    /// Keys that are there, by the backend itself.
    [[nodiscard]] int existing(const QByteArray &prefix) const
    {
        int count = 0;
        const auto cursor = cache->memory->scan({.prefix = prefix});
        while (cursor
                   ->next([&](std::span<const std::string_view> keys) {
                       count += static_cast<int>(keys.size());
                   })
                   .value()) { }
        return count;
    }
    [[nodiscard]] std::optional<std::chrono::milliseconds> ttl(const QByteArray &key) const
    {
        return cache->memory->facts(std::vector{key}).value().front().ttl;
    }

    std::unique_ptr<LiveCache> cache;
    std::unique_ptr<OperationsView> operations;
    QPointer<QDialog> dialog;
};

} // namespace Cachelens::Testing
