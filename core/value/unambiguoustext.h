// SPDX-License-Identifier: MIT
#pragma once

#include "core/value/value.h"

namespace Cachelens {

// The text of a value in an unambiguous key (KeySpec::unambiguous): different values have different
// texts, equal ones the same.
//
//     none, booleans     None True False
//     integers, floats   1 1.0 1e+16 inf nan   as Python writes them: only an integer is all digits
//     text               "escaped"
//     bytes              b"escaped" bytearray"escaped"
//     dates and times    date"2024-02-29" time"07:08:09" datetime"2024-02-29T07:08:09+00:00"
//                        timedelta"days,seconds,microseconds"
//     other texts        decimal"1.10" uuid"..." class"shop.Order"
//     sequences          [a,b] (a,b) set{a,b} frozenset{a,b}
//     maps, instances    {key=value,key=value} object"shop.Order"{"id"=1} request"..."{...}
//     a cycle            cycle
//
// Sets, maps and attributes are in the byte order of their texts. Between quotes stand as `%` and
// two hex digits: `%`, `"`, control characters, a `:` behind a `:`, a `|` behind a `|`, and in
// bytes all that is not ASCII.
//
// Why no two values share a text: it can be read back from left to right. The first characters
// tell the type; a number ends where one of `,=])}` or the end stands; a quoted text ends at the
// next quote, since no quote stands in it, and undoing `%` gives back its bytes; a container ends
// at its own bracket, since brackets within texts are between quotes. Since a set's or a map's
// texts differ from each other, their order is determined by them.
//
// A text never holds `::` or `||`, and neither begins nor ends with `:` or `|`: within quotes such
// pairs are broken up, and outside of them neither character occurs.

/// With `sortLists` the texts of a list's or tuple's items are sorted: lists that differ in their
/// order only share a text.
void appendUnambiguousText(QByteArray &out, const Value &value, bool sortLists = false);

/// A name in front of `:`. Holds no `:`, `|` or quote, and is never empty; an identifier is itself.
void appendUnambiguousName(QByteArray &out, QByteArrayView name);

} // namespace Cachelens
