// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/jsonview.h"

#include "widgets/style/theme.h"

namespace Cachelens {

JsonView::JsonView(QWidget *parent) : TextView(parent)
{
}

std::vector<TextView::Token> JsonView::tokens(QStringView line) const
{
    const QPalette &colors = palette();
    const QColor nameColor = statusStyle(CacheStatus::Refresh, colors).color;
    const QColor stringColor = statusStyle(CacheStatus::Hit, colors).color;
    const QColor numberColor = statusStyle(CacheStatus::Stale, colors).color;
    const QColor wordColor = statusStyle(CacheStatus::Bypass, colors).color;

    std::vector<Token> found;
    for (qsizetype i = 0; i < line.size();) {
        const QChar c = line[i];
        const qsizetype begin = i;
        if (c == u'"') {
            for (++i; i < line.size() && line[i] != u'"'; ++i) {
                if (line[i] == u'\\')
                    ++i;
            }
            i = qMin(i + 1, line.size());
            const bool name = i < line.size() && line[i] == u':';
            found.push_back({begin, i - begin, name ? nameColor : stringColor});
        } else if (c.isDigit() || c == u'-') {
            while (i < line.size()
                   && (line[i].isLetterOrNumber() || line[i] == u'.' || line[i] == u'-'
                       || line[i] == u'+'))
                ++i;
            found.push_back({begin, i - begin, numberColor});
        } else if (c.isLetter()) {
            while (i < line.size() && line[i].isLetter())
                ++i;
            found.push_back({begin, i - begin, wordColor});
        } else {
            ++i;
        }
    }
    return found;
}

} // namespace Cachelens
