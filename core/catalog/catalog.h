// SPDX-License-Identifier: MIT
#pragma once

#include "core/invalidation/rule.h"
#include "core/key/keyreader.h"
#include "core/key/keyspec.h"
#include "core/result.h"
#include "core/value/jsontree.h"

#include <QHash>

#include <chrono>
#include <optional>
#include <vector>

namespace Cachelens {

/// A function and what is known of it beyond the bytes in the cache.
struct CatalogFunction {
    KeyedFunction keyed; ///< id, parameters, key constructor
    bool defaultKey = true; ///< no `key` was written: the default constructor
    std::optional<std::chrono::seconds> ttl = std::chrono::seconds(3600); ///< none: no expiry
    std::vector<InvalidationRule> rules;
    /// For each rule that cannot be registered (see mistakeOf()) an error that names the source,
    /// the line and the rule. The function is good for all else.
    std::vector<Error> impossibleRules;
};

/// What is known of a cache's functions. An immutable value. Source of the format:
/// docs/wire-format.md, "A catalog".
class Catalog {
public:
    Catalog() = default;
    explicit Catalog(std::vector<CatalogFunction> functions);

    /// Reads a catalog. A mistake is an error that names the member, where it stands
    /// (`functions[1].key.fields[0].type`) and its line. `source` is named in it.
    [[nodiscard]] static Result<Catalog> fromJson(QByteArrayView json, const QByteArray &source);
    /// All that keeps a text from being a catalog, and the rules in it that cannot be registered,
    /// in the order of the text (some hundred at most; what is not JSON has one mistake). Empty: it
    /// is a catalog, and all of it can be used.
    [[nodiscard]] static std::vector<JsonMistake> mistakes(QByteArrayView json);
    /// Reads one element of `functions`, as `cachelens key --batch` takes it.
    [[nodiscard]] static Result<CatalogFunction> functionFromJson(QByteArrayView json,
                                                                  const QByteArray &source);
    [[nodiscard]] static Result<Catalog> fromFile(const QByteArray &path);
    /// Several catalogs as one; a function in two of them is an error that names it.
    [[nodiscard]] static Result<Catalog> merged(const std::vector<Catalog> &catalogs);

    /// What fromJson reads back to an equal catalog.
    [[nodiscard]] QByteArray toJson() const;

    [[nodiscard]] const std::vector<CatalogFunction> &functions() const { return m_functions; }
    [[nodiscard]] bool isEmpty() const { return m_functions.empty(); }
    /// Null when the catalog does not know the function. Valid as long as the catalog.
    [[nodiscard]] const CatalogFunction *find(QByteArrayView id) const;
    /// A reader of raw keys that knows this catalog's functions, in the same order.
    [[nodiscard]] KeyReader keyReader() const;

private:
    std::vector<CatalogFunction> m_functions;
    QHash<QByteArray, size_t> m_index; // of the functions by id
};

} // namespace Cachelens
