// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cached/cacheobserver.h"

#include <QIcon>
#include <QString>

#include <array>
#include <variant>

class QPalette;

namespace Cachelens {

/// What happened in a cache, and when it was told.
struct ActivityEvent {
    WallTime at;
    std::variant<CallEvent, RemovalEvent, Error, RuleFailure> what;
};

/// What events are counted, coloured and filtered by: the status of a call, or what else it is.
enum class ActivityKind : quint8 { Hit, Miss, Stale, Bypass, Refresh, Removal, Problem };
inline constexpr std::array activityKinds{
    ActivityKind::Hit,     ActivityKind::Miss,    ActivityKind::Stale,  ActivityKind::Bypass,
    ActivityKind::Refresh, ActivityKind::Removal, ActivityKind::Problem};
[[nodiscard]] ActivityKind activityKind(const ActivityEvent &event);

struct ActivityStyle {
    QColor color;
    QString text; ///< HIT ...; REMOVED, PROBLEM
    QIcon icon; ///< in a shape of its own
};
[[nodiscard]] ActivityStyle activityStyle(ActivityKind kind, const QPalette &palette);

/// "deleted", "by prefix", ... for people.
[[nodiscard]] QString removalCauseText(RemovalCause cause);
/// Null for what is no problem.
[[nodiscard]] const Error *problemOf(const ActivityEvent &event);
/// Of the function, empty where none is known.
[[nodiscard]] QByteArray functionOf(const ActivityEvent &event);
/// The key of one entry, or the prefix of several; empty for a problem.
[[nodiscard]] QByteArray keyOf(const ActivityEvent &event);
/// The key of the one entry that the event is about; empty when it is about several, or none.
[[nodiscard]] QByteArray entryOf(const ActivityEvent &event);

} // namespace Cachelens
