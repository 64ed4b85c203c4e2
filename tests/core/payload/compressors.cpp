// SPDX-License-Identifier: GPL-3.0-or-later
#include "compressors.h"

#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

namespace Cachelens::Testing {

namespace {

void require(bool done)
{
    if (!done)
        qFatal("the compressor refuses");
}

QByteArray deflated(QByteArrayView bytes, int windowBits)
{
    z_stream stream{};
    require(deflateInit2(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    QByteArray out(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(bytes.size()))),
                   '\0');
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    require(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    return out;
}

QByteArray lzmaCoded(lzma_stream &stream, QByteArrayView bytes)
{
    QByteArray out(bytes.size() + bytes.size() / 2 + 1024, '\0');
    stream.next_in = reinterpret_cast<const std::uint8_t *>(bytes.data());
    stream.avail_in = static_cast<std::size_t>(bytes.size());
    stream.next_out = reinterpret_cast<std::uint8_t *>(out.data());
    stream.avail_out = static_cast<std::size_t>(out.size());
    require(lzma_code(&stream, LZMA_FINISH) == LZMA_STREAM_END);
    out.resize(static_cast<qsizetype>(stream.total_out));
    lzma_end(&stream);
    return out;
}

QByteArray xz(QByteArrayView bytes)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    require(lzma_easy_encoder(&stream, 6, LZMA_CHECK_CRC64) == LZMA_OK);
    return lzmaCoded(stream, bytes);
}

QByteArray lz4(QByteArrayView bytes)
{
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.contentSize = static_cast<unsigned long long>(bytes.size());
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    const auto size = static_cast<std::size_t>(bytes.size());
    QByteArray out(static_cast<qsizetype>(LZ4F_compressFrameBound(size, &preferences)), '\0');
    const std::size_t written = LZ4F_compressFrame(out.data(), static_cast<std::size_t>(out.size()),
                                                   bytes.data(), size, &preferences);
    require(!LZ4F_isError(written));
    out.resize(static_cast<qsizetype>(written));
    return out;
}

QByteArray zstd(QByteArrayView bytes)
{
    const auto size = static_cast<std::size_t>(bytes.size());
    QByteArray out(static_cast<qsizetype>(ZSTD_compressBound(size)), '\0');
    const std::size_t written
        = ZSTD_compress(out.data(), static_cast<std::size_t>(out.size()), bytes.data(), size, 3);
    require(!ZSTD_isError(written));
    out.resize(static_cast<qsizetype>(written));
    return out;
}

} // namespace

QByteArray compress(Compressor compressor, QByteArrayView bytes)
{
    switch (compressor) {
    case Compressor::None:
        break;
    case Compressor::Zlib:
        return deflated(bytes, 15);
    case Compressor::Gzip:
        return deflated(bytes, 15 + 16);
    case Compressor::Lz4:
        return lz4(bytes);
    case Compressor::Xz:
        return xz(bytes);
    case Compressor::Zstd:
        return zstd(bytes);
    }
    return bytes.toByteArray();
}

QByteArray compressLzma(QByteArrayView bytes)
{
    lzma_options_lzma options;
    require(!lzma_lzma_preset(&options, 6));
    lzma_stream stream = LZMA_STREAM_INIT;
    require(lzma_alone_encoder(&stream, &options) == LZMA_OK);
    return lzmaCoded(stream, bytes);
}

} // namespace Cachelens::Testing
