// SPDX-License-Identifier: MIT
#include "core/payload/valuewriter.h"

#include "core/payload/decodeerror.h"
#include "core/payload/payloadtext.h"
#include "core/value/pythonstr.h"

namespace Cachelens {

QByteArray ValueWriter::Place::path() const
{
    constexpr qsizetype longestKey = 60;
    if (outer == nullptr)
        return "value";
    QByteArray path = outer->path();
    if (key == nullptr)
        return path + '[' + QByteArray::number(static_cast<qulonglong>(index)) + ']';
    const QByteArray name = pythonStr(*key).left(longestKey);
    return key->isString() ? path + '.' + name : path + '[' + name + ']';
}

Result<QByteArray> ValueWriter::take()
{
    if (!m_error && m_out.size() > m_limits.decompressedBytes)
        failLimit({}, "decompressedBytes", m_limits.decompressedBytes);
    if (m_error)
        return failure(std::move(*m_error));
    return m_out.take();
}

bool ValueWriter::fail(const Place &place, Error error)
{
    error.attempt = QByteArray("write as ") + m_format;
    error.subject = place.path();
    m_error = std::move(error);
    return false;
}

bool ValueWriter::unsupported(const Place &place, const char *reason)
{
    return fail(place,
                {.code = Error::Code::Unsupported, .attempt = {}, .subject = {}, .reason = reason});
}

bool ValueWriter::failLimit(const Place &place, const char *limit, qint64 value)
{
    return fail(place, limitReached(limit, value));
}

bool ValueWriter::enter(const Place &place, std::size_t items)
{
    if (++m_depth > m_limits.depth)
        return failLimit(place, "depth", m_limits.depth);
    return items <= static_cast<std::size_t>(m_limits.containerItems)
        || failLimit(place, "containerItems", m_limits.containerItems);
}

bool ValueWriter::fitsText(const Place &place, QByteArrayView text)
{
    if (text.size() > m_limits.decompressedBytes)
        return failLimit(place, "decompressedBytes", m_limits.decompressedBytes);
    return isUtf8(text) || unsupported(place, "it is text that is not UTF-8");
}

bool ValueWriter::fitsInteger(const Place &place, QByteArrayView decimal)
{
    return decimal.size() - (decimal.startsWith('-') ? 1 : 0) <= m_limits.integerDigits
        || failLimit(place, "integerDigits", m_limits.integerDigits);
}

} // namespace Cachelens
