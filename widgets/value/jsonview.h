// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/value/textview.h"

namespace Cachelens {

/// Pretty-printed JSON in colours: names, strings, numbers and the rest.
class JsonView : public TextView {
    Q_OBJECT

public:
    explicit JsonView(QWidget *parent = nullptr);

protected:
    std::vector<Token> tokens(QStringView line) const override;
};

} // namespace Cachelens
