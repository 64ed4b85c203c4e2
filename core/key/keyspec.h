// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

#include <QCryptographicHash>

#include <functional>
#include <optional>
#include <vector>

namespace Cachelens {

/// One field of a key constructor: which part of a call it contributes to the key.
/// Source: docs/wire-format.md, "What a field contributes".
struct KeyField {
    enum class Type { Constant, Args, RequestValue, QueryParams, ViewKwargs };

    QByteArray name; ///< fields contribute in the byte order of their names
    Type type = Type::Args;

    bool everything = true; ///< Args, ViewKwargs, QueryParams: "*" instead of the list `names`
    std::vector<QByteArray> names; ///< arguments (Args, ViewKwargs) or params (QueryParams)
    QByteArray path; ///< Args, ViewKwargs, RequestValue: dotted path into the value; empty: none
    QByteArray constantKey; ///< Constant
    Value constantValue; ///< Constant

    bool partition = false;
    bool hashValue = false;
    bool sortLists = false;
    /// Runs last on each argument's value (Args, ViewKwargs). A failure, that is none or an
    /// exception, keeps the value.
    std::function<std::optional<Value>(const Value &)> normalizer;
};

struct Parameter {
    QByteArray name;
    std::optional<Value> defaultValue; ///< none: the argument is required
};

/// How a function's keys are put together.
struct KeySpec {
    QByteArray nameSpace; ///< empty: none
    int version = 1; ///< of the cache key, as the cache client writes it
    QByteArray keyIdentifier; ///< stands for the function's id when not empty
    qsizetype maxKeySuffixLength = 250; ///< code points
    bool hashSuffixOnOverflow = false;
    QCryptographicHash::Algorithm hash = QCryptographicHash::Sha256;
    /// Two calls whose fields take different values never share a key, whatever the values hold:
    /// each field always writes a text, a `-` when it has nothing to say, and a value's text is
    /// that of core/value/unambiguoustext.h. No text holds `::` or begins or ends with `:`, so the
    /// `::` between them are found again, and with them every value. (A field that is hashed, or a
    /// suffix, is told apart as well as its hash does it.) Such keys are not shared with
    /// drf-restflow.
    bool unambiguous = false;
    std::vector<KeyField> fields;

    /// The default constructor: one Args field over every argument.
    static KeySpec defaultSpec();
};

/// All that a key needs to know of a function. A value.
struct KeyedFunction {
    QByteArray id; ///< dotted path
    std::vector<Parameter> parameters;
    KeySpec key = KeySpec::defaultSpec();
};

/// The arguments of one call. A value.
struct Call {
    ValueList args;
    std::vector<std::pair<QByteArray, Value>> kwargs;
};

} // namespace Cachelens
