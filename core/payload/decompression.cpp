// SPDX-License-Identifier: MIT
#include "core/payload/decompression.h"

#include "core/payload/decodeerror.h"

#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace Cachelens {

namespace {

constexpr QByteArrayView gzipMagic = "\x1f\x8b\x08";
constexpr QByteArrayView lz4Magic = "\x04\x22\x4d\x18";
constexpr QByteArrayView zstdMagic = "\x28\xb5\x2f\xfd";
constexpr QByteArrayView xzMagic{"\xfd\x37\x7a\x58\x5a\x00", 6};

/// Where the decompressed bytes go: grows by doubling, never beyond one byte over the limit, by
/// which it is seen that there is more.
class Output {
public:
    Output(qsizetype inputBytes, qsizetype limit)
        : m_limit(limit),
          m_bytes(std::min(std::max<qsizetype>(4 * inputBytes, 256), limit + 1), Qt::Uninitialized)
    {
    }

    /// Makes room for more; false when the limit is passed.
    [[nodiscard]] bool grow()
    {
        if (m_used > m_limit)
            return false;
        if (m_used == m_bytes.size())
            m_bytes.resize(std::min(2 * m_bytes.size(), m_limit + 1));
        return true;
    }
    [[nodiscard]] char *free() { return m_bytes.data() + m_used; }
    [[nodiscard]] std::size_t room() const
    {
        return static_cast<std::size_t>(m_bytes.size() - m_used);
    }
    void written(std::size_t bytes) { m_used += static_cast<qsizetype>(bytes); }
    [[nodiscard]] Error limitError() const { return limitReached("decompressedBytes", m_limit); }
    [[nodiscard]] Result<QByteArray> take()
    {
        if (m_used > m_limit)
            return failure(limitError());
        m_bytes.resize(m_used);
        return std::move(m_bytes);
    }

private:
    qsizetype m_limit;
    qsizetype m_used = 0;
    QByteArray m_bytes;
};

Error broken(Compressor compressor, const char *why)
{
    return undecodable(QByteArray("the ") + name(compressor) + " data is " + why);
}

Error truncated(Compressor compressor)
{
    return broken(compressor, "cut off");
}

Error corrupt(Compressor compressor)
{
    return broken(compressor, "corrupt");
}

Error trailing(Compressor compressor)
{
    return broken(compressor, "followed by something else");
}

Result<QByteArray> inflateAll(Compressor compressor, QByteArrayView stored, qsizetype limit)
{
    z_stream stream{};
    const int windowBits = compressor == Compressor::Gzip ? 15 + 16 : 15;
    if (inflateInit2(&stream, windowBits) != Z_OK)
        return failure(undecodable("no memory to decompress it"));
    const std::unique_ptr<z_stream, int (*)(z_stream *)> guard(&stream, inflateEnd);

    Output out(stored.size(), limit);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(stored.data()));
    stream.avail_in = static_cast<uInt>(stored.size());
    for (;;) {
        if (!out.grow())
            return failure(out.limitError());
        const auto room = static_cast<uInt>(out.room());
        stream.next_out = reinterpret_cast<Bytef *>(out.free());
        stream.avail_out = room;
        const int code = inflate(&stream, Z_NO_FLUSH);
        out.written(room - stream.avail_out);
        if (code == Z_STREAM_END) {
            if (stream.avail_in == 0)
                return out.take();
            // A gzip file may hold several members one after another.
            const QByteArrayView rest = stored.last(static_cast<qsizetype>(stream.avail_in));
            if (compressor != Compressor::Gzip || !rest.startsWith(gzipMagic))
                return failure(trailing(compressor));
            if (inflateReset(&stream) != Z_OK)
                return failure(corrupt(compressor));
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            return failure(corrupt(compressor));
        } else if (stream.avail_in == 0 && stream.avail_out != 0) {
            return failure(truncated(compressor));
        }
    }
}

Result<QByteArray> unxz(QByteArrayView stored, qsizetype limit)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    // A dictionary greater than what may come out of it serves nothing.
    const auto memory = static_cast<std::uint64_t>(limit) + 16 * 1024 * 1024;
    const lzma_ret made = stored.startsWith(xzMagic)
        ? lzma_stream_decoder(&stream, memory, LZMA_CONCATENATED)
        : lzma_alone_decoder(&stream, memory);
    if (made != LZMA_OK)
        return failure(undecodable("no memory to decompress it"));
    const std::unique_ptr<lzma_stream, void (*)(lzma_stream *)> guard(&stream, lzma_end);

    Output out(stored.size(), limit);
    stream.next_in = reinterpret_cast<const std::uint8_t *>(stored.data());
    stream.avail_in = static_cast<std::size_t>(stored.size());
    for (;;) {
        if (!out.grow())
            return failure(out.limitError());
        const std::size_t room = out.room();
        stream.next_out = reinterpret_cast<std::uint8_t *>(out.free());
        stream.avail_out = room;
        const lzma_ret code = lzma_code(&stream, LZMA_FINISH);
        out.written(room - stream.avail_out);
        switch (code) {
        case LZMA_OK:
            if (stream.avail_out != 0 && stream.avail_in == 0)
                return failure(truncated(Compressor::Xz));
            break;
        case LZMA_STREAM_END:
            if (stream.avail_in != 0)
                return failure(trailing(Compressor::Xz));
            return out.take();
        case LZMA_BUF_ERROR:
            if (stream.avail_out != 0)
                return failure(truncated(Compressor::Xz));
            break;
        case LZMA_MEMLIMIT_ERROR:
            return failure(out.limitError());
        default:
            return failure(corrupt(Compressor::Xz));
        }
    }
}

Result<QByteArray> unlz4(QByteArrayView stored, qsizetype limit)
{
    LZ4F_dctx *context = nullptr;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
        return failure(undecodable("no memory to decompress it"));
    const std::unique_ptr<LZ4F_dctx, std::size_t (*)(LZ4F_dctx *)> guard(
        context, LZ4F_freeDecompressionContext);

    Output out(stored.size(), limit);
    QByteArrayView rest = stored;
    for (;;) {
        if (!out.grow())
            return failure(out.limitError());
        const std::size_t room = out.room();
        std::size_t written = room;
        auto read = static_cast<std::size_t>(rest.size());
        const std::size_t hint
            = LZ4F_decompress(context, out.free(), &written, rest.data(), &read, nullptr);
        if (LZ4F_isError(hint))
            return failure(corrupt(Compressor::Lz4));
        out.written(written);
        rest = rest.sliced(static_cast<qsizetype>(read));
        if (hint == 0) {
            if (rest.isEmpty())
                return out.take();
            if (!rest.startsWith(lz4Magic))
                return failure(trailing(Compressor::Lz4));
        } else if (rest.isEmpty() && written < room) {
            return failure(truncated(Compressor::Lz4));
        }
    }
}

Result<QByteArray> unzstd(QByteArrayView stored, qsizetype limit)
{
    const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx *)> context(ZSTD_createDCtx(),
                                                                           ZSTD_freeDCtx);
    if (!context)
        return failure(undecodable("no memory to decompress it"));
    constexpr int windowLog = 27; // 128 MiB, the most that is written without --long
    if (ZSTD_isError(ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, windowLog)))
        return failure(undecodable("no memory to decompress it"));

    Output out(stored.size(), limit);
    ZSTD_inBuffer in{stored.data(), static_cast<std::size_t>(stored.size()), 0};
    for (;;) {
        if (!out.grow())
            return failure(out.limitError());
        ZSTD_outBuffer to{out.free(), out.room(), 0};
        const std::size_t hint = ZSTD_decompressStream(context.get(), &to, &in);
        if (ZSTD_isError(hint)) {
            const bool window = ZSTD_getErrorCode(hint) == ZSTD_error_frameParameter_windowTooLarge;
            return failure(window ? out.limitError() : corrupt(Compressor::Zstd));
        }
        out.written(to.pos);
        const bool allRead = in.pos == in.size;
        if (hint == 0) {
            if (allRead)
                return out.take();
            if (!stored.sliced(static_cast<qsizetype>(in.pos)).startsWith(zstdMagic))
                return failure(trailing(Compressor::Zstd));
        } else if (allRead && to.pos < to.size) {
            return failure(truncated(Compressor::Zstd));
        }
    }
}

bool hasZlibHeader(QByteArrayView stored)
{
    if (stored.size() < 2)
        return false;
    const auto method = static_cast<unsigned>(static_cast<unsigned char>(stored[0]));
    const auto flags = static_cast<unsigned>(static_cast<unsigned char>(stored[1]));
    const bool deflate = (method & 0x0f) == 8 && (method >> 4) <= 7;
    const bool dictionary = (flags & 0x20) != 0;
    return deflate && !dictionary && (method * 256 + flags) % 31 == 0;
}

/// The old .lzma format has no magic; this is how every common tool begins it: the usual
/// properties, a dictionary of at least 64 KiB, and a length that is not told.
bool hasLzmaHeader(QByteArrayView stored)
{
    return stored.size() >= 13 && stored[0] == '\x5d' && stored[1] == '\0' && stored[2] == '\0'
        && stored.sliced(5, 8) == QByteArrayView("\xff\xff\xff\xff\xff\xff\xff\xff");
}

} // namespace

Compressor detectCompressor(QByteArrayView stored)
{
    if (stored.startsWith(gzipMagic))
        return Compressor::Gzip;
    if (stored.startsWith(lz4Magic))
        return Compressor::Lz4;
    if (stored.startsWith(zstdMagic))
        return Compressor::Zstd;
    if (stored.startsWith(xzMagic) || hasLzmaHeader(stored))
        return Compressor::Xz;
    return hasZlibHeader(stored) ? Compressor::Zlib : Compressor::None;
}

Result<QByteArray> decompressWith(Compressor compressor, QByteArrayView stored,
                                  const DecodeLimits &limits)
{
    // Redis holds no more than 512 MiB in a value, and zlib counts in 32 bits.
    if (stored.size() > std::numeric_limits<qint32>::max())
        return failure(limitReached("decompressedBytes", limits.decompressedBytes));
    const qsizetype limit = std::clamp<qsizetype>(limits.decompressedBytes, 0,
                                                  std::numeric_limits<qint32>::max() - 1);
    switch (compressor) {
    case Compressor::None:
        break;
    case Compressor::Zlib:
    case Compressor::Gzip:
        return inflateAll(compressor, stored, limit);
    case Compressor::Lz4:
        return unlz4(stored, limit);
    case Compressor::Xz:
        return unxz(stored, limit);
    case Compressor::Zstd:
        return unzstd(stored, limit);
    }
    return stored.toByteArray();
}

Result<Decompressed> decompress(QByteArrayView stored, const DecodeLimits &limits)
{
    const Compressor compressor = detectCompressor(stored);
    auto bytes = decompressWith(compressor, stored, limits);
    if (!bytes)
        return failure(std::move(bytes.error()));
    return Decompressed{compressor, std::move(*bytes)};
}

} // namespace Cachelens
