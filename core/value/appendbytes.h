// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <cstring>

namespace Cachelens {

/// As QByteArray::append(), and several times as quick for what is short and fits: a key is put
/// together of a dozen pieces for every call.
inline void appendBytes(QByteArray &out, QByteArrayView bytes)
{
    const qsizetype size = out.size();
    out.resize(size + bytes.size());
    std::memcpy(out.data() + size, bytes.data(), static_cast<size_t>(bytes.size()));
}

} // namespace Cachelens
