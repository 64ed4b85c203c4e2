// SPDX-License-Identifier: MIT
#pragma once

#include "core/catalog/catalog.h"
#include "core/value/jsontree.h"

#include <QSet>

#include <functional>
#include <initializer_list>

namespace Cachelens {

/// Turns a catalog's JSON into functions. Every member function answers whether the node was as it
/// must be. Mistakes are collected in the order of the text; one does not hide those behind it,
/// only those in the same node.
class CatalogParser {
public:
    explicit CatalogParser(QByteArray source) : m_source(std::move(source)) { }

    bool catalog(const JsonNode &node, std::vector<CatalogFunction> *functions);
    bool function(const JsonNode &node, const JsonPlace &place, CatalogFunction *function);
    /// At most `mostErrors`.
    [[nodiscard]] const std::vector<Error> &errors() const { return m_errors; }
    static constexpr size_t mostErrors = 200;

private:
    using Reader = std::function<bool(const JsonNode &, const JsonPlace &)>;
    struct Member {
        const char *name;
        Reader read;
    };

    bool fail(const JsonNode &node, const JsonPlace &place, const QByteArray &reason);
    bool fail(Error error);
    bool wrongType(const JsonNode &node, const JsonPlace &place, const QByteArray &expected);
    /// Hands each member to its reader; a member that has none, or that stands twice, is a mistake.
    bool object(const JsonNode &node, const JsonPlace &place,
                std::initializer_list<Member> members);
    /// Takes in the name of a member; one that was there before is a mistake.
    bool once(QSet<QByteArray> *seen, const JsonNode &node, const JsonPlace &member);
    bool list(const JsonNode &node, const JsonPlace &place, const Reader &item);

    bool parameters(const JsonNode &node, const JsonPlace &place, std::vector<Parameter> *out);
    bool key(const JsonNode &node, const JsonPlace &place, KeySpec *spec);
    bool field(const JsonNode &node, const JsonPlace &place, KeyField *field);
    bool fieldType(const JsonNode &node, const JsonPlace &place, KeyField *field);
    bool rule(const JsonNode &node, const JsonPlace &place, InvalidationRule *rule);
    /// Looks for impossible rules. `nodes` are those of the function's rules; null where one is a
    /// mistake already.
    void judgeRules(const std::vector<const JsonNode *> &nodes, const JsonPlace &place,
                    CatalogFunction *function);

    // Readers of one member.
    Reader string(QByteArray *out);
    Reader name(QByteArray *out); ///< a string that is not empty
    Reader boolean(bool *out);
    Reader integer(qint64 *out, qint64 min, qint64 max);
    Reader value(Value *out);
    Reader names(std::vector<QByteArray> *out);
    Reader selection(KeyField *field); ///< "*", a name, or a list of names
    Reader hashAlgorithm(QCryptographicHash::Algorithm *out);
    Reader fieldMapping(InvalidationRule *rule);
    Reader requireArgs(InvalidationRule *rule);
    Reader conditions(InvalidationRule *rule);

    const QByteArray m_source;
    std::vector<Error> m_errors;
    QSet<QByteArray> m_ruleIds;
};

} // namespace Cachelens
