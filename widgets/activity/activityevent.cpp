// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/activity/activityevent.h"

#include "widgets/style/statusicon.h"
#include "widgets/style/theme.h"

#include <QCoreApplication>

namespace Cachelens {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Cachelens::Activity)
};

} // namespace

ActivityKind activityKind(const ActivityEvent &event)
{
    if (const auto *call = std::get_if<CallEvent>(&event.what)) {
        switch (call->metadata.status) {
        case CacheStatus::Hit:
            return ActivityKind::Hit;
        case CacheStatus::Miss:
            return ActivityKind::Miss;
        case CacheStatus::Stale:
            return ActivityKind::Stale;
        case CacheStatus::Bypass:
            return ActivityKind::Bypass;
        case CacheStatus::Refresh:
            return ActivityKind::Refresh;
        }
    }
    return problemOf(event) ? ActivityKind::Problem : ActivityKind::Removal;
}

ActivityStyle activityStyle(ActivityKind kind, const QPalette &palette)
{
    const auto ofStatus = [&palette](CacheStatus status) {
        const StatusStyle style = statusStyle(status, palette);
        return ActivityStyle{style.color, style.text, style.icon};
    };
    switch (kind) {
    case ActivityKind::Hit:
        return ofStatus(CacheStatus::Hit);
    case ActivityKind::Miss:
        return ofStatus(CacheStatus::Miss);
    case ActivityKind::Stale:
        return ofStatus(CacheStatus::Stale);
    case ActivityKind::Bypass:
        return ofStatus(CacheStatus::Bypass);
    case ActivityKind::Refresh:
        return ofStatus(CacheStatus::Refresh);
    case ActivityKind::Removal:
        break;
    case ActivityKind::Problem: {
        const QColor color = dangerColor(palette);
        return {color, Tr::tr("PROBLEM"), statusIcon(StatusShape::Bang, color)};
    }
    }
    const QColor color = quietColor(palette);
    return {color, Tr::tr("REMOVED"), statusIcon(StatusShape::Cross, color)};
}

QString removalCauseText(RemovalCause cause)
{
    switch (cause) {
    case RemovalCause::Deleted:
        return Tr::tr("deleted");
    case RemovalCause::Prefix:
        return Tr::tr("by prefix");
    case RemovalCause::Rule:
        return Tr::tr("by a rule");
    case RemovalCause::Replaced:
        return Tr::tr("replaced");
    case RemovalCause::Expired:
        return Tr::tr("expired");
    case RemovalCause::Evicted:
        return Tr::tr("evicted");
    }
    return {};
}

const Error *problemOf(const ActivityEvent &event)
{
    if (const auto *failure = std::get_if<RuleFailure>(&event.what))
        return &failure->error;
    return std::get_if<Error>(&event.what);
}

QByteArray functionOf(const ActivityEvent &event)
{
    if (const auto *call = std::get_if<CallEvent>(&event.what))
        return call->function;
    if (const auto *failure = std::get_if<RuleFailure>(&event.what))
        return failure->function;
    const auto *removal = std::get_if<RemovalEvent>(&event.what);
    return removal ? removal->function : QByteArray();
}

QByteArray keyOf(const ActivityEvent &event)
{
    if (const auto *call = std::get_if<CallEvent>(&event.what))
        return call->key;
    const auto *removal = std::get_if<RemovalEvent>(&event.what);
    return removal ? removal->key : QByteArray();
}

QByteArray entryOf(const ActivityEvent &event)
{
    const auto *removal = std::get_if<RemovalEvent>(&event.what);
    const bool several = removal
        && (removal->cause == RemovalCause::Prefix || removal->cause == RemovalCause::Rule);
    return several ? QByteArray() : keyOf(event);
}

} // namespace Cachelens
