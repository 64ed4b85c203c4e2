// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/diffview.h"

#include "widgets/style/theme.h"

namespace Cachelens {

DiffView::DiffView(QWidget *parent) : TextView(parent)
{
}

std::vector<TextView::Token> DiffView::tokens(QStringView line) const
{
    if (line.startsWith(u'+'))
        return {{0, line.size(), statusStyle(CacheStatus::Hit, palette()).color}};
    if (line.startsWith(u'-'))
        return {{0, line.size(), dangerColor(palette())}};
    return {{0, line.size(), quietColor(palette())}};
}

} // namespace Cachelens
