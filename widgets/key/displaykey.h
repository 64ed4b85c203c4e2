// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

namespace Cachelens {

/// A key, or a part of one, as text. What is not UTF-8 or could not be seen (control characters,
/// invisible and direction-changing ones) stands as `\xNN`, a backslash as `\\`: two different keys
/// never look the same to bytesOfDisplayKey().
[[nodiscard]] QString displayKey(QByteArrayView bytes);
/// The bytes that a text of displayKey() stands for. A backslash that begins neither `\\` nor
/// `\xNN` stands for itself, so that plain text can be typed as it is.
[[nodiscard]] QByteArray bytesOfDisplayKey(QStringView text);

} // namespace Cachelens
