// SPDX-License-Identifier: MIT
#include "core/backend/redisprotocol.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace Cachelens {

namespace {

QByteArrayView firstWord(const QByteArray &text)
{
    const qsizetype space = text.indexOf(' ');
    return space < 0 ? QByteArrayView(text) : QByteArrayView(text).first(space);
}

struct Meaning {
    const char *word;
    Error::Code code;
    bool retryable;
};

constexpr Meaning meanings[] = {
    {"NOAUTH", Error::Code::NotAuthenticated, false},
    {"WRONGPASS", Error::Code::WrongPassword, false},
    {"NOPERM", Error::Code::PermissionDenied, false},
    {"LOADING", Error::Code::Loading, true},
    {"READONLY", Error::Code::ReadOnlyServer, false},
    {"OOM", Error::Code::OutOfMemory, true},
    {"MISCONF", Error::Code::Misconfigured, false},
    {"BUSY", Error::Code::ServerError, true},
    {"TRYAGAIN", Error::Code::ServerError, true},
    {"CLUSTERDOWN", Error::Code::ServerError, true},
    {"MASTERDOWN", Error::Code::ServerError, true},
    {"NOREPLICAS", Error::Code::ServerError, true},
};

// Errors that Redis gives no word of their own; and in the last ones what Redis before 7 says of an
// error in a script, whose word stands within the text.
constexpr Meaning phrases[] = {
    {"unknown command", Error::Code::Unsupported, false},
    {"invalid password", Error::Code::WrongPassword, false},
    {"max number of clients reached", Error::Code::ServerError, true},
    {"can't access at least one of the keys", Error::Code::PermissionDenied, false},
    {"can't run this command", Error::Code::PermissionDenied, false},
    {" -NOPERM ", Error::Code::PermissionDenied, false},
    {" -OOM ", Error::Code::OutOfMemory, true},
    {" -READONLY ", Error::Code::ReadOnlyServer, false},
    {" -MISCONF ", Error::Code::Misconfigured, false},
};

} // namespace

bool RedisReply::isError(QByteArrayView code) const
{
    return isError() && firstWord(bytes) == code;
}

void ScanPage::clear()
{
    cursor.clear();
    error.clear();
    m_bytes.clear();
    m_ends.clear();
}

void ScanPage::append(std::string_view key)
{
    m_bytes.append(key);
    m_ends.push_back(m_bytes.size());
}

std::string_view ScanPage::key(size_t index) const
{
    const size_t begin = index == 0 ? 0 : m_ends[index - 1];
    return std::string_view(m_bytes).substr(begin, m_ends[index] - begin);
}

void RedisBatch::add(std::initializer_list<QByteArrayView> command)
{
    add(command, {});
}

void RedisBatch::add(std::initializer_list<QByteArrayView> words, std::span<const QByteArray> keys)
{
    constexpr size_t frame = 16; // around a word: its mark, its length and two line ends
    size_t room = frame;
    for (const QByteArrayView each : words)
        room += size_t(each.size()) + frame;
    for (const QByteArray &key : keys)
        room += size_t(key.size()) + frame;
    if (m_bytes.capacity() - m_bytes.size() < room)
        m_bytes.reserve(std::max(m_bytes.size() + room, 2 * m_bytes.size()));

    number('*', words.size() + keys.size());
    for (const QByteArrayView each : words)
        word(each);
    for (const QByteArray &key : keys)
        word(key);
    m_ends.push_back(qsizetype(m_bytes.size()));
}

QByteArrayView RedisBatch::bytes(qsizetype first, qsizetype count) const
{
    const qsizetype begin = first == 0 ? 0 : m_ends[size_t(first) - 1];
    const qsizetype end = m_ends[size_t(first + count) - 1];
    return QByteArrayView(m_bytes).sliced(begin, end - begin);
}

void RedisBatch::number(char mark, size_t count)
{
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), count).ptr;
    m_bytes += mark;
    m_bytes.append(text.data(), size_t(end - text.data()));
    m_bytes += "\r\n";
}

void RedisBatch::word(QByteArrayView word)
{
    number('$', size_t(word.size()));
    m_bytes.append(word.data(), size_t(word.size()));
    m_bytes += "\r\n";
}

Error errorFromReply(const QByteArray &text)
{
    Error error{.code = Error::Code::ServerError, .attempt = {}, .subject = {}, .reason = text};
    const QByteArrayView word = firstWord(text);
    const auto byWord = std::find_if(std::begin(meanings), std::end(meanings),
                                     [&](const Meaning &each) { return word == each.word; });
    const auto byPhrase
        = std::find_if(std::begin(phrases), std::end(phrases),
                       [&](const Meaning &each) { return text.contains(each.word); });
    const Meaning *meaning = byWord != std::end(meanings) ? byWord
        : byPhrase != std::end(phrases)                   ? byPhrase
                                                          : nullptr;
    if (meaning) {
        error.code = meaning->code;
        error.retryable = meaning->retryable;
    }
    return error;
}

QByteArray infoField(const QByteArray &info, const QByteArray &field)
{
    qsizetype at = info.startsWith(field) ? 0 : info.indexOf('\n' + field);
    if (at < 0)
        return {};
    at += info.at(at) == '\n' ? 1 : 0;
    const qsizetype from = at + field.size();
    const qsizetype end = info.indexOf('\r', from);
    return info.sliced(from, (end < 0 ? info.size() : end) - from);
}

QByteArray globForPrefix(const QByteArray &prefix)
{
    QByteArray glob;
    glob.reserve(prefix.size() + 8);
    for (const char c : prefix) {
        if (QByteArrayView("*?[]\\^").contains(c))
            glob += '\\';
        glob += c;
    }
    glob += '*';
    return glob;
}

} // namespace Cachelens
