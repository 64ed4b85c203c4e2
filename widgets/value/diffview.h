// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/value/textview.h"

namespace Cachelens {

/// The lines of a diffText(): what was added and what was removed in a colour of its own, beside
/// their signs.
class DiffView : public TextView {
    Q_OBJECT

public:
    explicit DiffView(QWidget *parent = nullptr);

protected:
    std::vector<Token> tokens(QStringView line) const override;
};

} // namespace Cachelens
