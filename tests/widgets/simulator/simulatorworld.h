// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/widgets/livecache.h"
#include "widgets/simulator/signalform.h"
#include "widgets/simulator/simulatorview.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>

namespace Cachelens::Testing {

/// The live cache's services, as if they had rules.
[[nodiscard]] inline Catalog catalogWithRules()
{
    std::vector<CatalogFunction> functions = liveCatalog().functions();
    InvalidationRule user;
    user.model = "auth.User";
    user.fieldMapping = {{"user_id", "name"}};
    user.watchFields = {"name", "email"};
    InvalidationRule active = user;
    active.id = "inactive users";
    active.watchFields = {};
    active.invalidateWhen = {{"is_active", false, Value(false)}};
    InvalidationRule rewarm;
    rewarm.model = "auth.User";
    rewarm.fieldMapping = {{"name", "nick"}};
    rewarm.rewarm = true;
    InvalidationRule whole;
    whole.model = "shop.Tenant";
    whole.fieldMapping = {{"q", "query"}};
    for (CatalogFunction &function : functions) {
        if (function.keyed.id == "shop.services.get_user_payload")
            function.rules = {user, active};
        else if (function.keyed.id == "shop.services.forever")
            function.rules = {rewarm};
        else
            function.rules = {whole};
    }
    return Catalog(std::move(functions));
}

[[nodiscard]] inline SignalDraft userSaved(const QString &name)
{
    SignalDraft draft;
    draft.model = "auth.User";
    draft.attributes = {{"name", name, {}, false}};
    return draft;
}

/// The simulator on the live cache, whose keys are all known.
struct SimulatorWorld {
    explicit SimulatorWorld(SessionOptions options = {.catalog = catalogWithRules()})
        : cache(std::move(options))
    {
        QSignalSpy progressed(cache.session.get(), &Session::scanProgressed);
        cache.session->startScan();
        const auto complete = [&] { return cache.session->scanProgress().complete(); };
        if (!QTest::qWaitFor(complete))
            qFatal("the scan does not end");
        view.resize(1300, 320);
        view.show();
        view.setSession(cache.session.get());
    }
    ~SimulatorWorld() { view.setSession(nullptr); }
    Q_DISABLE_COPY_MOVE(SimulatorWorld)

    void simulate(const SignalDraft &draft)
    {
        view.form()->setDraft(draft);
        if (!QTest::qWaitFor([&] { return view.simulator()->isSettled(); }))
            qFatal("the simulation does not end");
    }
    [[nodiscard]] QString cell(int row, RulesModel::Column column) const
    {
        return view.rules()->index(row, column).data().toString();
    }
    /// How many keys are in the cache without a prefix of its own, under this one.
    [[nodiscard]] qsizetype keysWith(const QByteArray &prefix) const
    {
        return std::ranges::count_if(cache.keys, [&prefix](const QByteArray &key) {
            return key.startsWith(":2:" + prefix);
        });
    }

    LiveCache cache;
    SimulatorView view;
};

} // namespace Cachelens::Testing
