// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keybuilder.h"
#include "core/key/keyreader.h"
#include "core/key/keywarning.h"

namespace Cachelens {

/// One field's part in a key.
struct ExplainedField {
    FieldContribution contribution;
    KeyField::Type type = KeyField::Type::Args;
    bool hashed = false; ///< the field hashes its value
    std::vector<QByteArray> arguments; ///< Args, ViewKwargs: the arguments that it takes
    qsizetype begin = 0; ///< in BuiltKey::key; == end: nothing of it stands there
    qsizetype end = 0;
};

/// How the key of one call came about.
struct KeyExplanation {
    QByteArray function; ///< its id
    BuiltKey built;
    qsizetype namespaceEnd = 0; ///< in the key, behind `<namespace>::`; 0 when there is none
    qsizetype functionEnd = 0; ///< behind `<function>::`: the prefix of the whole function
    std::vector<ExplainedField> fields; ///< in the order in which they stand in the key
    QByteArray unhashedSuffix; ///< equal to `built.suffix` unless that is a digest
    bool suffixHashed = false;
    qsizetype suffixLength = 0; ///< code points of `unhashedSuffix`
    std::vector<KeyWarning> warnings;
};

/// Fails as KeyBuilder::build() does.
[[nodiscard]] Result<KeyExplanation> explainKey(const KeyBuilder &builder, const Call &call);

/// The explained key in a cache, and how it reads. Where a reader would have to choose between
/// several readings, this is the one that the call has.
struct LocatedKey {
    QByteArray rawKey;
    KeyReading reading;
    KeyLevels levels;
};
[[nodiscard]] LocatedKey locateKey(const KeyExplanation &explanation,
                                   const QByteArray &clientPrefix, int version);

} // namespace Cachelens
