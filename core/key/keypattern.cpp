// SPDX-License-Identifier: MIT
#include "core/key/keypattern.h"

#include "core/key/fieldtext.h"

#include <algorithm>
#include <map>

namespace Cachelens {

namespace {

/// Most texts differ from a marker in their first byte already.
bool startsWith(std::string_view text, std::string_view start)
{
    return !text.empty() && text.front() == start.front() && text.starts_with(start);
}

} // namespace

KeyPattern::KeyPattern(const KeyField &field, const KeyedFunction &function)
    : m_unambiguous(function.key.unambiguous), m_digestLength(digestLength(function.key.hash))
{
    if (field.type == KeyField::Type::Constant) {
        m_kind = Kind::Exact;
        m_exact = constantKeyText(field, function.key).toStdString();
        QByteArray name;
        appendName(name, field.constantKey, function.key);
        m_nameLength = field.hashValue ? 0 : static_cast<size_t>(name.size());
    } else if (field.hashValue) {
        m_kind = Kind::Digest;
    } else {
        addMarkers(field, function);
    }
}

void KeyPattern::addMarkers(const KeyField &field, const KeyedFunction &function)
{
    std::map<QByteArray, bool> markers; // whether it may be missing, by name
    switch (field.type) {
    case KeyField::Type::Constant:
        break;
    case KeyField::Type::Args:
    case KeyField::Type::ViewKwargs:
        if (field.everything && function.parameters.empty())
            m_kind = Kind::AnyNamed;
        for (const QByteArray &name : field.names) {
            if (takesArgument(field, name))
                markers[name] = true;
        }
        for (const Parameter &parameter : function.parameters) {
            if (takesArgument(field, parameter.name))
                markers[parameter.name] = false; // a call binds every parameter
        }
        break;
    case KeyField::Type::RequestValue:
        markers[requestValueName(field)] = true;
        break;
    case KeyField::Type::QueryParams:
        if (field.everything)
            m_kind = Kind::AnyNamed;
        for (const QByteArray &name : field.names)
            markers[name] = true;
        break;
    }
    m_mayBeEmpty = true;
    for (const auto &[name, optional] : markers) {
        QByteArray text;
        appendName(text, name, function.key);
        m_markers.push_back({text.toStdString(), optional});
        m_mayBeEmpty = m_mayBeEmpty && optional;
    }
}

bool KeyPattern::admits(std::string_view piece) const
{
    switch (m_kind) {
    case Kind::Exact:
        return piece == m_exact;
    case Kind::Digest:
        return piece == noText || (piece.size() == m_digestLength && isHex(piece));
    case Kind::AnyNamed:
        return piece == noText || piece.find(':') != std::string_view::npos;
    case Kind::Marked:
        return piece == noText
            || std::any_of(m_markers.begin(), m_markers.end(), [piece](const Marker &marker) {
                   return startsWith(piece, marker.text);
               });
    }
    return false;
}

PieceMask KeyPattern::ends(const KeyPieces &pieces, int start) const
{
    const size_t begin = pieces.start(start);
    const std::string_view rest = pieces.text().substr(begin);
    switch (m_kind) {
    case Kind::Exact:
        return endsOfExact(pieces, begin);
    case Kind::Marked:
        return endsOfMarked(pieces, begin);
    case Kind::Digest:
        return rest.size() >= m_digestLength && isHex(rest.substr(0, m_digestLength))
            ? pieces.endAt(begin + m_digestLength)
            : 0;
    case Kind::AnyNamed: {
        const size_t colon = rest.find(':');
        if (colon == 0 || colon == std::string_view::npos)
            return 0;
        // `name::` is a text without a colon of its own, `name:::` an empty value.
        const std::string_view behind = rest.substr(colon + 1);
        if (behind.starts_with(':') && !behind.starts_with("::"))
            return 0;
        return pieces.endsFrom(begin + colon + 1);
    }
    }
    return 0;
}

PieceMask KeyPattern::endsOfExact(const KeyPieces &pieces, size_t begin) const
{
    const std::string_view rest = pieces.text().substr(begin);
    if (startsWith(rest, m_exact))
        return pieces.endAt(begin + m_exact.size());
    // At the end of a part it stands without its own trailing separators.
    std::string_view stripped = m_exact;
    while (stripped.ends_with("::"))
        stripped.remove_suffix(2);
    return !stripped.empty() && rest.starts_with(stripped) ? pieces.endAt(begin + stripped.size())
                                                           : 0;
}

PieceMask KeyPattern::endsOfMarked(const KeyPieces &pieces, size_t begin) const
{
    const std::string_view text = pieces.text();
    const std::string_view rest = text.substr(begin);
    auto marker = m_markers.begin();
    while (marker != m_markers.end() && !startsWith(rest, marker->text)) {
        if (!marker->optional)
            return 0;
        ++marker;
    }
    if (marker == m_markers.end())
        return 0;
    size_t position = begin + marker->text.size();
    while (++marker != m_markers.end()) {
        if (marker->optional)
            continue;
        position = text.find("||", position);
        while (position != std::string_view::npos
               && !startsWith(text.substr(position + 2), marker->text)) {
            position = text.find("||", position + 1); // bars may overlap
        }
        if (position == std::string_view::npos)
            return 0;
        position += 2 + marker->text.size();
    }
    return pieces.endsFrom(position);
}

std::vector<ArgumentSpan> KeyPattern::arguments(std::string_view text, size_t begin,
                                                size_t end) const
{
    switch (m_kind) {
    case Kind::Digest:
        return {{begin, begin, end}};
    case Kind::Exact:
        return {{begin, begin + (begin + m_nameLength <= end ? m_nameLength : 0), end}};
    case Kind::AnyNamed:
        return m_unambiguous ? exactPieces(text, begin, end) : namedPieces(text, begin, end);
    case Kind::Marked:
        if (m_unambiguous)
            return exactPieces(text, begin, end);
        break;
    }
    // From the last to the first, each where its name occurs last.
    const std::string_view own = text.substr(0, end);
    auto front = m_markers.begin();
    while (front != m_markers.end() && !startsWith(own.substr(begin), front->text))
        ++front;
    std::vector<ArgumentSpan> result;
    size_t last = end;
    for (auto marker = m_markers.end(); marker != front;) {
        --marker;
        size_t first = begin;
        if (marker != front) {
            const size_t bars = own.substr(0, last).rfind("||" + marker->text);
            if (bars == std::string_view::npos || bars < begin + front->text.size())
                continue;
            first = bars + 2;
        }
        result.push_back({first, first + marker->text.size(), last});
        last = first - 2;
    }
    std::reverse(result.begin(), result.end());
    return result;
}

std::vector<ArgumentSpan> exactPieces(std::string_view text, size_t begin, size_t end)
{
    std::vector<ArgumentSpan> result;
    while (begin < end) {
        const std::string_view rest = text.substr(begin, end - begin);
        const size_t length = std::min(rest.find("||"), rest.size());
        const size_t colon = rest.substr(0, length).find(':');
        result.push_back(
            {begin, colon == std::string_view::npos ? begin : begin + colon + 1, begin + length});
        begin += length + 2;
    }
    return result;
}

std::vector<ArgumentSpan> namedPieces(std::string_view text, size_t begin, size_t end)
{
    std::vector<ArgumentSpan> result;
    while (begin < end) {
        const std::string_view rest = text.substr(begin, end - begin);
        const size_t colon = rest.find(':');
        const size_t name = colon == std::string_view::npos ? 0 : colon + 1;
        // A bar that no name follows belongs to the value.
        size_t bars = rest.find("||", name);
        while (bars != std::string_view::npos) {
            const std::string_view next = rest.substr(bars + 2);
            const size_t length = identifierLength(next);
            if (length > 0 && next.substr(length).starts_with(':'))
                break;
            bars = rest.find("||", bars + 1);
        }
        const size_t length = bars == std::string_view::npos ? rest.size() : bars;
        result.push_back({begin, begin + name, begin + length});
        begin += length + 2;
    }
    return result;
}

} // namespace Cachelens
