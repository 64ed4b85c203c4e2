// SPDX-License-Identifier: MIT
#include "core/catalog/catalog.h"

#include "core/catalog/catalogparser.h"

#include <QFile>

#include <algorithm>

namespace Cachelens {

Catalog::Catalog(std::vector<CatalogFunction> functions) : m_functions(std::move(functions))
{
    for (size_t i = 0; i < m_functions.size(); ++i) {
        const QByteArray &id = m_functions[i].keyed.id;
        if (!m_index.contains(id))
            m_index.insert(id, i);
    }
}

Result<Catalog> Catalog::fromJson(QByteArrayView json, const QByteArray &source)
{
    const Result<JsonNode> tree = parseJsonTree(json, source);
    if (!tree)
        return failure(tree.error());
    CatalogParser parser(source);
    std::vector<CatalogFunction> functions;
    if (!parser.catalog(*tree, &functions))
        return failure(parser.errors().front());
    return Catalog(std::move(functions));
}

std::vector<JsonMistake> Catalog::mistakes(QByteArrayView json)
{
    const QByteArray source;
    const Result<JsonNode> tree = parseJsonTree(json, source);
    if (!tree)
        return {jsonMistakeOf(tree.error(), source)};
    CatalogParser parser(source);
    std::vector<CatalogFunction> functions;
    (void)parser.catalog(*tree, &functions);
    std::vector<JsonMistake> mistakes;
    for (const Error &error : parser.errors())
        mistakes.push_back(jsonMistakeOf(error, source));
    for (const CatalogFunction &function : functions) {
        for (const Error &error : function.impossibleRules)
            mistakes.push_back(jsonMistakeOf(error, source));
    }
    std::ranges::stable_sort(mistakes, {}, &JsonMistake::line);
    if (mistakes.size() > CatalogParser::mostErrors)
        mistakes.resize(CatalogParser::mostErrors);
    return mistakes;
}

Result<CatalogFunction> Catalog::functionFromJson(QByteArrayView json, const QByteArray &source)
{
    const Result<JsonNode> tree = parseJsonTree(json, source);
    if (!tree)
        return failure(tree.error());
    CatalogParser parser(source);
    CatalogFunction function;
    if (!parser.function(*tree, {}, &function))
        return failure(parser.errors().front());
    return function;
}

Result<Catalog> Catalog::fromFile(const QByteArray &path)
{
    QFile file(QFile::decodeName(path));
    if (!file.open(QIODevice::ReadOnly)) {
        const bool absent = !file.exists();
        return failure({.code = absent ? Error::Code::NotFound : Error::Code::Io,
                        .attempt = "open the catalog",
                        .subject = path,
                        .reason = file.errorString().toUtf8(),
                        .retryable = true});
    }
    const QByteArray json = file.readAll();
    if (file.error() != QFileDevice::NoError) {
        return failure({.code = Error::Code::Io,
                        .attempt = "read the catalog",
                        .subject = path,
                        .reason = file.errorString().toUtf8(),
                        .retryable = true});
    }
    return fromJson(json, path);
}

Result<Catalog> Catalog::merged(const std::vector<Catalog> &catalogs)
{
    std::vector<CatalogFunction> functions;
    QHash<QByteArray, size_t> known;
    for (size_t i = 0; i < catalogs.size(); ++i) {
        for (const CatalogFunction &function : catalogs[i].functions()) {
            const QByteArray &id = function.keyed.id;
            if (known.contains(id)) {
                return failure({.code = Error::Code::InvalidInput,
                                .attempt = "merge the catalogs",
                                .subject = id,
                                .reason = "the function is in more than one of them"});
            }
            known.insert(id, i);
            functions.push_back(function);
        }
    }
    return Catalog(std::move(functions));
}

const CatalogFunction *Catalog::find(QByteArrayView id) const
{
    const auto it = m_index.constFind(QByteArray::fromRawData(id.data(), id.size()));
    return it == m_index.constEnd() ? nullptr : &m_functions[*it];
}

KeyReader Catalog::keyReader() const
{
    std::vector<KeyedFunction> functions;
    functions.reserve(m_functions.size());
    for (const CatalogFunction &function : m_functions)
        functions.push_back(function.keyed);
    return KeyReader(std::move(functions));
}

} // namespace Cachelens
