// SPDX-License-Identifier: MIT
#include "core/value/jsontree.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <string>

namespace Cachelens {

namespace {

/// Where the parser has read to. Lines are counted as they are passed, so that counting stays
/// linear however often a line is asked for.
struct Progress {
    const char *position = nullptr; ///< behind the byte read last
    const char *counted = nullptr;
    int line = 1;

    /// The line of the byte read last: a number's is the byte behind it, which may be the newline
    /// that ends its line, so that byte itself is not counted.
    int lineOfLastByte()
    {
        if (position > counted + 1) {
            line += static_cast<int>(std::count(counted, position - 1, '\n'));
            counted = position - 1;
        }
        return line;
    }
};

class CountingIterator {
public:
    using difference_type = std::ptrdiff_t;
    using value_type = char;
    using pointer = const char *;
    using reference = const char &;
    using iterator_category = std::input_iterator_tag;

    CountingIterator(const char *position, Progress *progress)
        : m_position(position), m_progress(progress)
    {
    }
    reference operator*() const { return *m_position; }
    CountingIterator &operator++()
    {
        m_progress->position = ++m_position;
        return *this;
    }
    bool operator==(const CountingIterator &other) const { return m_position == other.m_position; }
    bool operator!=(const CountingIterator &other) const { return !(*this == other); }

private:
    const char *m_position;
    Progress *m_progress;
};

class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
public:
    TreeBuilder(Progress *progress, int maxDepth) : m_progress(progress), m_maxDepth(maxDepth) { }

    bool null() override { return add(JsonNode::Kind::Null); }
    bool boolean(bool value) override
    {
        return add(value ? JsonNode::Kind::True : JsonNode::Kind::False);
    }
    bool number_integer(number_integer_t value) override
    {
        return add(JsonNode::Kind::Integer, QByteArray::number(qint64(value)));
    }
    bool number_unsigned(number_unsigned_t value) override
    {
        return add(JsonNode::Kind::Integer, QByteArray::number(quint64(value)));
    }
    bool number_float(number_float_t, const string_t &text) override
    {
        // An integer of more than 64 bits arrives here, its text whole.
        const bool integer = text.find_first_of(".eE") == std::string::npos;
        return add(integer ? JsonNode::Kind::Integer : JsonNode::Kind::Float,
                   QByteArray::fromStdString(text));
    }
    bool string(string_t &text) override
    {
        return add(JsonNode::Kind::String, QByteArray::fromStdString(text));
    }
    bool binary(binary_t &) override { return false; }
    bool start_object(std::size_t) override { return open(JsonNode::Kind::Object); }
    bool key(string_t &name) override
    {
        m_open.back()->names.push_back(QByteArray::fromStdString(name));
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(JsonNode::Kind::Array); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string &, const nlohmann::json::exception &e) override
    {
        // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ..."
        QByteArray text = e.what();
        if (const auto place = text.indexOf("line "); place >= 0)
            text = text.sliced(place);
        else if (const auto bracket = text.indexOf("] "); bracket >= 0) // of a number out of range
            text = "line " + QByteArray::number(m_progress->lineOfLastByte()) + ": "
                + text.sliced(bracket + 2, qMin(text.size() - bracket - 2, qsizetype(100)));
        m_reason = text;
        return false;
    }

    JsonNode takeRoot() { return std::move(m_root); }
    [[nodiscard]] const QByteArray &reason() const { return m_reason; }

private:
    bool add(JsonNode::Kind kind, QByteArray text = {})
    {
        place({kind, m_progress->lineOfLastByte(), std::move(text), {}, {}});
        return true;
    }
    bool open(JsonNode::Kind kind)
    {
        if (int(m_open.size()) >= m_maxDepth) {
            m_reason = "line " + QByteArray::number(m_progress->lineOfLastByte())
                + ": nested deeper than " + QByteArray::number(m_maxDepth) + " levels";
            return false;
        }
        m_open.push_back(place({kind, m_progress->lineOfLastByte(), {}, {}, {}}));
        return true;
    }
    bool close()
    {
        m_open.pop_back();
        return true;
    }
    /// The node's address holds as long as it is open: its siblings come after it is closed.
    JsonNode *place(JsonNode node)
    {
        if (m_open.empty()) {
            m_root = std::move(node);
            return &m_root;
        }
        return &m_open.back()->items.emplace_back(std::move(node));
    }

    Progress *m_progress;
    int m_maxDepth;
    JsonNode m_root;
    std::vector<JsonNode *> m_open;
    QByteArray m_reason;
};

} // namespace

QByteArray JsonNode::kindName() const
{
    switch (kind) {
    case Kind::Null:
        return "null";
    case Kind::False:
        return "false";
    case Kind::True:
        return "true";
    case Kind::Integer:
        return "an integer";
    case Kind::Float:
        return "a number";
    case Kind::String:
        return "a string";
    case Kind::Array:
        return "a list";
    case Kind::Object:
        return "an object";
    }
    return {};
}

QByteArray JsonPlace::path() const
{
    if (!parent)
        return {};
    QByteArray path = parent->path();
    if (index >= 0)
        return path + '[' + QByteArray::number(index) + ']';
    if (!path.isEmpty())
        path += '.';
    path.append(name);
    return path;
}

Error jsonMistake(const QByteArray &source, const JsonNode &node, const JsonPlace &place,
                  const QByteArray &reason)
{
    Error error;
    error.code = Error::Code::InvalidInput;
    error.attempt = "read";
    error.subject = source + ", line " + QByteArray::number(node.line);
    const QByteArray path = place.path();
    if (!path.isEmpty())
        error.subject += ", " + path;
    error.reason = reason;
    return error;
}

JsonMistake jsonMistakeOf(const Error &error, const QByteArray &source)
{
    QByteArray text = error.reason;
    if (QByteArray place = error.subject.sliced(source.size()); !place.isEmpty())
        text = place.sliced(2) + ": " + text; // behind ", "
    JsonMistake mistake;
    const qsizetype from = text.indexOf("line ");
    if (from < 0)
        return {0, text};
    qsizetype end = from + 5;
    for (; end < text.size() && text.at(end) >= '0' && text.at(end) <= '9'; ++end)
        mistake.line = mistake.line * 10 + (text.at(end) - '0');
    if (text.sliced(end).startsWith(", ") || text.sliced(end).startsWith(": "))
        end += 2;
    mistake.text = text.left(from) + text.sliced(end);
    return mistake;
}

Result<JsonNode> parseJsonTree(QByteArrayView json, const QByteArray &source, int maxDepth)
{
    Progress progress{json.data(), json.data(), 1};
    TreeBuilder builder(&progress, maxDepth);
    const char *const end = json.data() + json.size();
    if (nlohmann::json::sax_parse(CountingIterator(json.data(), &progress),
                                  CountingIterator(end, &progress), &builder)) {
        return builder.takeRoot();
    }
    Error error;
    error.code = Error::Code::InvalidInput;
    error.attempt = "read";
    error.subject = source;
    error.reason = "not JSON: " + builder.reason();
    return failure(std::move(error));
}

} // namespace Cachelens
