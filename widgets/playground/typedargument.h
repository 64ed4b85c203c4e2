// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/key/keyreader.h"
#include "core/result.h"
#include "core/value/value.h"

#include <QString>

namespace Cachelens {

/// What a text that a person typed stands for: JSON where it is JSON, else the text itself.
[[nodiscard]] Value typedValue(const QString &text);
/// What one types for a value.
[[nodiscard]] QString typedText(const Value &value);

/// The arguments of a call as one types them, read back from its key.
struct TypedArguments {
    std::vector<std::pair<QByteArray, QString>> texts;
    std::optional<Error> lost; ///< why some could not be read back
};
[[nodiscard]] TypedArguments typedArguments(const KeyReading &reading,
                                            const KeyedFunction &function);

} // namespace Cachelens
