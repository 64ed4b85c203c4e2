// SPDX-License-Identifier: MIT
#include "core/catalog/catalognames.h"

#include <algorithm>

namespace Cachelens {

namespace {

constexpr NamedHashAlgorithm namedHashes[] = {
    {"md4", QCryptographicHash::Md4},
    {"md5", QCryptographicHash::Md5},
    {"sha1", QCryptographicHash::Sha1},
    {"sha224", QCryptographicHash::Sha224},
    {"sha256", QCryptographicHash::Sha256},
    {"sha384", QCryptographicHash::Sha384},
    {"sha512", QCryptographicHash::Sha512},
    {"sha3_224", QCryptographicHash::RealSha3_224},
    {"sha3_256", QCryptographicHash::RealSha3_256},
    {"sha3_384", QCryptographicHash::RealSha3_384},
    {"sha3_512", QCryptographicHash::RealSha3_512},
    {"blake2b", QCryptographicHash::Blake2b_512},
    {"blake2s", QCryptographicHash::Blake2s_256},
};

constexpr NamedFieldType namedTypes[] = {
    {"constant", KeyField::Type::Constant},          {"args", KeyField::Type::Args},
    {"request_value", KeyField::Type::RequestValue}, {"query_params", KeyField::Type::QueryParams},
    {"view_kwargs", KeyField::Type::ViewKwargs},
};

} // namespace

std::span<const NamedHashAlgorithm> hashAlgorithms()
{
    return namedHashes;
}

std::span<const NamedFieldType> fieldTypes()
{
    return namedTypes;
}

QByteArray hashAlgorithmName(QCryptographicHash::Algorithm algorithm)
{
    const auto it = std::ranges::find(namedHashes, algorithm, &NamedHashAlgorithm::algorithm);
    return it == std::end(namedHashes) ? QByteArray() : QByteArray(it->name);
}

QByteArray fieldTypeName(KeyField::Type type)
{
    const auto it = std::ranges::find(namedTypes, type, &NamedFieldType::type);
    return it == std::end(namedTypes) ? QByteArray() : QByteArray(it->name);
}

} // namespace Cachelens
