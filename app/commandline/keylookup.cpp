// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/keylookup.h"

#include "widgets/key/displaykey.h"

#include <array>

namespace Cachelens {

Result<void> listKeys(CacheBackend &backend, const ScanRequest &request,
                      const std::function<bool(std::span<const std::string_view> keys)> &sink)
{
    const auto cursor = backend.scan(request);
    bool wanted = true;
    while (wanted) {
        const auto more = cursor->next(
            [&](std::span<const std::string_view> keys) { wanted = wanted && sink(keys); });
        if (!more)
            return failure(more.error());
        wanted = wanted && *more;
    }
    return {};
}

Result<QByteArray> keyMeant(CacheBackend &backend, const QByteArray &given)
{
    const QString text = QString::fromUtf8(given);
    const bool isText = text.toUtf8() == given;
    const QByteArray unescaped = isText ? bytesOfDisplayKey(text) : given;
    if (unescaped == given)
        return given;
    const std::array candidates{given, unescaped};
    const auto facts = backend.facts(candidates);
    if (!facts)
        return failure(facts.error());
    const bool isThere = facts->at(0).type != KeyType::None;
    const bool isListed = facts->at(1).type != KeyType::None;
    if (isThere && isListed)
        return failure({Error::Code::InvalidInput, "tell which key is meant by", given,
                        "there is one of exactly these bytes and one that is listed like that; "
                        "write "
                            + displayKey(given).toUtf8()
                            + " for the first, or any character as \\xNN for the second",
                        false});
    return isListed ? unescaped : given;
}

} // namespace Cachelens
