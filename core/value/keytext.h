// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

#include <QCryptographicHash>

namespace Cachelens {

struct KeyTextOptions {
    bool sortLists = false;
    bool hashValue = false; ///< hash each nested text as well as the whole
    QCryptographicHash::Algorithm hash = QCryptographicHash::Sha256;
};

/// Appends a value as drf-restflow writes it into a key. Source: docs/wire-format.md, "What a
/// field contributes"; checked by tests/data/key-vectors.json.
void appendKeyText(QByteArray &out, const Value &value, const KeyTextOptions &options = {});

} // namespace Cachelens
