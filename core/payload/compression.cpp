// SPDX-License-Identifier: MIT
#include "core/payload/compression.h"

#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <memory>

namespace Cachelens {

namespace {

// The levels that cache clients use.
constexpr int zlibLevel = 6;
constexpr std::uint32_t xzPreset = 4;
constexpr int zstdLevel = 3;

std::size_t sizeOf(QByteArrayView bytes)
{
    return static_cast<std::size_t>(bytes.size());
}

QByteArray roomFor(std::size_t bytes)
{
    return {static_cast<qsizetype>(bytes), Qt::Uninitialized};
}

/// Cut to what was written; empty: the compressor failed.
QByteArray cut(QByteArray room, std::size_t written)
{
    room.resize(static_cast<qsizetype>(written));
    room.squeeze();
    return room;
}

QByteArray deflateAll(QByteArrayView bytes, int windowBits)
{
    constexpr int memoryLevel = 8;
    z_stream stream{};
    if (deflateInit2(&stream, zlibLevel, Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY)
        != Z_OK)
        return {};
    const std::unique_ptr<z_stream, int (*)(z_stream *)> guard(&stream, deflateEnd);
    QByteArray out = roomFor(deflateBound(&stream, sizeOf(bytes)));
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        return {};
    return cut(std::move(out), stream.total_out);
}

QByteArray xz(QByteArrayView bytes)
{
    QByteArray out = roomFor(lzma_stream_buffer_bound(sizeOf(bytes)));
    std::size_t written = 0;
    const lzma_ret code = lzma_easy_buffer_encode(
        xzPreset, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t *>(bytes.data()),
        sizeOf(bytes), reinterpret_cast<std::uint8_t *>(out.data()), &written, sizeOf(out));
    return code == LZMA_OK ? cut(std::move(out), written) : QByteArray();
}

QByteArray lz4(QByteArrayView bytes)
{
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.contentSize = sizeOf(bytes);
    QByteArray out = roomFor(LZ4F_compressFrameBound(sizeOf(bytes), &preferences));
    const std::size_t written
        = LZ4F_compressFrame(out.data(), sizeOf(out), bytes.data(), sizeOf(bytes), &preferences);
    return LZ4F_isError(written) ? QByteArray() : cut(std::move(out), written);
}

QByteArray zstd(QByteArrayView bytes)
{
    QByteArray out = roomFor(ZSTD_compressBound(sizeOf(bytes)));
    const std::size_t written
        = ZSTD_compress(out.data(), sizeOf(out), bytes.data(), sizeOf(bytes), zstdLevel);
    return ZSTD_isError(written) ? QByteArray() : cut(std::move(out), written);
}

QByteArray compressed(Compressor compressor, QByteArrayView bytes)
{
    constexpr int window = 15;
    constexpr int gzipHeader = 16;
    switch (compressor) {
    case Compressor::None:
        break;
    case Compressor::Zlib:
        return deflateAll(bytes, window);
    case Compressor::Gzip:
        return deflateAll(bytes, window + gzipHeader);
    case Compressor::Lz4:
        return lz4(bytes);
    case Compressor::Xz:
        return xz(bytes);
    case Compressor::Zstd:
        return zstd(bytes);
    }
    return bytes.toByteArray();
}

} // namespace

Result<QByteArray> compress(Compressor compressor, QByteArrayView bytes)
{
    const auto error = [&](QByteArray reason) {
        return failure({.code = Error::Code::LimitExceeded,
                        .attempt = QByteArray("compress with ") + name(compressor),
                        .subject = QByteArray::number(bytes.size()) + " bytes",
                        .reason = std::move(reason)});
    };
    if (bytes.size() > DecodeLimits().decompressedBytes)
        return error("more than are decompressed again");
    QByteArray out = compressed(compressor, bytes);
    if (out.isEmpty() && compressor != Compressor::None)
        return error("there is not enough memory");
    return out;
}

} // namespace Cachelens
