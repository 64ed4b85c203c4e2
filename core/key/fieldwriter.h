// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keyspec.h"
#include "core/value/keytext.h"

#include <QVarLengthArray>

namespace Cachelens {

/// The values of a call's arguments, by the position of their parameter; null where there is none.
using BoundArguments = QVarLengthArray<const Value *, 16>;

/// What a QueryParams field takes of a request: one value as itself, several as a sorted list.
[[nodiscard]] ValueMap queryParamsFor(const KeyField &field, const Value &request);

/// Writes what one field contributes to a key. Works out once what does not depend on the call.
class FieldWriter {
public:
    /// Both must outlive the writer; the field is one of the function's.
    FieldWriter(const KeyField &field, const KeyedFunction &function);

    [[nodiscard]] const KeyField &field() const { return *m_field; }
    /// As it stands in a key. False when the field had nothing to say.
    bool append(QByteArray &out, const BoundArguments &bound) const;
    /// Without any hashing.
    void appendUnhashed(QByteArray &out, const BoundArguments &bound) const;

private:
    void takeArguments(const std::vector<Parameter> &parameters);
    void appendMap(QByteArray &out, const BoundArguments &bound,
                   const KeyTextOptions &options) const;
    void appendValue(QByteArray &out, const Value &value, const KeyTextOptions &options) const;
    void appendArguments(QByteArray &out, const BoundArguments &bound,
                         const KeyTextOptions &options) const;
    void appendRequestValue(QByteArray &out, const BoundArguments &bound,
                            const KeyTextOptions &options) const;
    void appendQueryParams(QByteArray &out, const BoundArguments &bound,
                           const KeyTextOptions &options) const;

    struct Taken {
        qsizetype parameter;
        QByteArray name; // as it stands in front of the value
    };

    const KeyField *m_field;
    const KeySpec *m_key;
    KeyTextOptions m_options;
    std::vector<Taken> m_taken; // Args, ViewKwargs: in the byte order of the names
    std::vector<QByteArray> m_path; // the steps of the field's path
    QByteArray m_requestName; // RequestValue
    QByteArray m_constant; // Constant: its whole text
};

} // namespace Cachelens
