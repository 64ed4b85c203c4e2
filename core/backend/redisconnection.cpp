// SPDX-License-Identifier: MIT
#include "core/backend/redisconnection.h"

#include <hiredis/hiredis.h>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace Cachelens {

namespace {

using namespace std::chrono;

constexpr size_t ReceiveAtOnce = 64 * 1024;
// What the reader keeps for the next reply; a larger buffer is given back.
constexpr size_t KeptBuffer = 1024 * 1024;
// A batch or a reply may take this many times the timeout as long as it keeps going.
constexpr int LongestTransfer = 12;
// How long a wait goes on before it looks whether it is still wanted.
constexpr milliseconds Glance(20);

timeval toTimeval(milliseconds time)
{
    const milliseconds atLeast = std::max(time, milliseconds(1)); // zero would mean for ever
    const auto whole = duration_cast<seconds>(atLeast);
    return {time_t(whole.count()), suseconds_t(microseconds(atLeast - whole).count())};
}

QByteArray reasonOf(int code)
{
    std::array<char, 256> buffer{};
    return ::strerror_r(code, buffer.data(), buffer.size());
}

Error broken(QByteArray reason)
{
    return {Error::Code::Unreachable, {}, {}, std::move(reason), true};
}

Error interrupted()
{
    return {Error::Code::Timeout, {}, {}, "it was not waited for any longer", true};
}

Error silent(milliseconds timeout)
{
    return {Error::Code::Timeout,
            {},
            {},
            "no answer within " + QByteArray::number(qint64(timeout.count())) + " ms",
            true};
}

// How hiredis builds a RedisReply. Only the ancestors of what is being read are pointed at, so
// that a vector may move the finished siblings.
RedisReply *place(const redisReadTask *task)
{
    if (!task->parent)
        return new RedisReply;
    return &static_cast<RedisReply *>(task->parent->obj)->elements.emplace_back();
}

void *replyString(const redisReadTask *task, char *text, size_t length)
{
    RedisReply *reply = place(task);
    reply->type = task->type == REDIS_REPLY_ERROR ? RedisReply::Type::Error
        : task->type == REDIS_REPLY_STATUS        ? RedisReply::Type::Status
                                                  : RedisReply::Type::String;
    reply->bytes = QByteArray(text, qsizetype(length));
    return reply;
}

redisReplyObjectFunctions replyFunctions()
{
    redisReplyObjectFunctions functions{};
    functions.createString = replyString;
    functions.createArray = [](const redisReadTask *task, auto count) -> void * {
        constexpr size_t BelievedAtOnce = 1024; // the rest when it is there
        RedisReply *reply = place(task);
        reply->type = RedisReply::Type::Array;
        reply->elements.reserve(std::min(size_t(count), BelievedAtOnce));
        return reply;
    };
    functions.createInteger = [](const redisReadTask *task, long long value) -> void * {
        RedisReply *reply = place(task);
        reply->type = RedisReply::Type::Integer;
        reply->integer = value;
        return reply;
    };
    functions.createNil = [](const redisReadTask *task) -> void * { return place(task); };
    functions.freeObject = [](void *reply) { delete static_cast<RedisReply *>(reply); };
    return functions;
}

// How hiredis fills a ScanPage: [cursor, [key, ...]].
void *pageString(const redisReadTask *task, char *text, size_t length)
{
    auto *page = static_cast<ScanPage *>(task->privdata);
    if (!task->parent)
        page->error = QByteArray(text, qsizetype(length));
    else if (!task->parent->parent)
        page->cursor = QByteArray(text, qsizetype(length));
    else
        page->append({text, length});
    return page;
}

redisReplyObjectFunctions pageFunctions()
{
    redisReplyObjectFunctions functions{};
    functions.createString = pageString;
    functions.createArray
        = [](const redisReadTask *task, auto) -> void * { return task->privdata; };
    functions.createInteger
        = [](const redisReadTask *task, long long) -> void * { return task->privdata; };
    functions.createNil = [](const redisReadTask *task) -> void * { return task->privdata; };
    functions.freeObject = [](void *) {};
    return functions;
}

// The reply to a password where none is needed: of Redis 6 and later, and of Redis 5.
bool wantsNoPassword(const RedisReply &reply)
{
    return reply.isError()
        && (reply.bytes.contains("called without any password configured")
            || reply.bytes.contains("Client sent AUTH, but no password is set"));
}

} // namespace

struct RedisConnection::Socket {
    Socket(redisContext *theContext, std::shared_ptr<const Interrupts> theInterrupts)
        : context(theContext), interrupts(std::move(theInterrupts)),
          buffer(std::make_unique<char[]>(ReceiveAtOnce))
    {
        context->reader->maxbuf = KeptBuffer;
    }

    ~Socket() { redisFree(context); }

    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;

    /// Of one transfer: it may stand still for `timeout`, and take a multiple of it in all.
    class Deadline {
    public:
        explicit Deadline(const Socket &socket) : m_socket(socket), m_seen(*socket.interrupts) { }

        /// To be called when bytes have gone over.
        void moved() { m_moved = steady_clock::now(); }
        [[nodiscard]] Result<void> check() const
        {
            if (*m_socket.interrupts != m_seen)
                return failure(interrupted());
            const auto now = steady_clock::now();
            if (now >= m_moved + m_socket.timeout)
                return failure(silent(m_socket.timeout));
            if (now >= m_began + LongestTransfer * m_socket.timeout)
                return failure(silent(LongestTransfer * m_socket.timeout));
            return {};
        }

    private:
        const Socket &m_socket;
        const unsigned m_seen;
        const steady_clock::time_point m_began = steady_clock::now();
        steady_clock::time_point m_moved = m_began;
    };

    void setTimeout(milliseconds time)
    {
        timeout = std::max(time, milliseconds(1));
        redisSetTimeout(context, toTimeval(std::min(timeout, Glance)));
    }

    Result<void> send(QByteArrayView bytes) const
    {
        Deadline deadline(*this);
        while (!bytes.isEmpty()) {
            const ssize_t sent
                = ::send(context->fd, bytes.data(), size_t(bytes.size()), MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
                return failure(broken(reasonOf(errno)));
            if (sent > 0) {
                bytes = bytes.sliced(sent);
                deadline.moved();
            }
            if (auto inTime = deadline.check(); !inTime && !bytes.isEmpty())
                return inTime;
        }
        return {};
    }

    Result<void *> receive(void *target, redisReplyObjectFunctions &functions)
    {
        Deadline deadline(*this);
        for (;;) {
            auto reply = read(target, functions);
            if (!reply || *reply)
                return reply;
            if (auto more = receiveMore(deadline); !more)
                return failure(std::move(more.error()));
        }
    }

    /// The reply that has been received whole; null when there is none.
    Result<void *> read(void *target, redisReplyObjectFunctions &functions) const
    {
        context->reader->fn = &functions;
        context->reader->privdata = target;
        void *reply = nullptr;
        if (redisReaderGetReply(context->reader, &reply) != REDIS_OK)
            return failure(broken(QByteArray("not a Redis server: ") + context->reader->errstr));
        return reply;
    }

    Result<void> receiveMore(Deadline &deadline) const
    {
        for (;;) {
            if (auto inTime = deadline.check(); !inTime)
                return inTime;
            const auto received = receiveOnce(0);
            if (!received)
                return failure(received.error());
            if (*received) {
                deadline.moved();
                return {};
            }
        }
    }

    /// False: nothing came while the socket waits, or with MSG_DONTWAIT at once.
    Result<bool> receiveOnce(int flags) const
    {
        const ssize_t count = ::recv(context->fd, buffer.get(), ReceiveAtOnce, flags);
        if (count > 0) {
            if (redisReaderFeed(context->reader, buffer.get(), size_t(count)) != REDIS_OK)
                return failure(broken(context->reader->errstr));
            return true;
        }
        if (count == 0)
            return failure(broken("the server closed the connection"));
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return failure(broken(reasonOf(errno)));
        return false;
    }

    redisContext *const context;
    const std::shared_ptr<const Interrupts> interrupts;
    const std::unique_ptr<char[]> buffer;
    milliseconds timeout{0};
    redisReplyObjectFunctions replies = replyFunctions();
    redisReplyObjectFunctions pages = pageFunctions();
};

RedisConnection::RedisConnection(std::unique_ptr<Socket> socket, qsizetype pipeline)
    : m_socket(std::move(socket)), m_pipeline(std::max<qsizetype>(pipeline, 1))
{
}

RedisConnection::~RedisConnection() = default;

Result<std::unique_ptr<RedisConnection>>
RedisConnection::open(const BackendUrl &url, const RedisOptions &options,
                      std::shared_ptr<const Interrupts> interrupts)
{
    using Scheme = BackendUrl::Scheme;
    if (url.scheme == Scheme::RedisTls) {
        return failure({Error::Code::Unsupported,
                        {},
                        {},
                        "TLS (rediss://) is not supported in this version",
                        false});
    }
    if (url.scheme == Scheme::Memory)
        return failure({Error::Code::Unsupported, {}, {}, "this is not the URL of a Redis", false});

    const auto connected = connectSocket(url, options.connectTimeout, *interrupts);
    if (!connected)
        return failure(connected.error());
    redisContext *context = redisConnectFd(*connected);
    if (!context) {
        ::close(*connected);
        return failure(broken("out of memory"));
    }
    auto socket = std::make_unique<Socket>(context, interrupts);
    if (url.scheme == Scheme::Redis)
        redisEnableKeepAlive(context);

    socket->setTimeout(options.connectTimeout);
    std::unique_ptr<RedisConnection> connection(
        new RedisConnection(std::move(socket), options.pipeline));
    if (auto introduced = connection->introduce(url); !introduced)
        return failure(std::move(introduced.error()));
    connection->m_socket->setTimeout(options.commandTimeout);
    return connection;
}

Result<void> RedisConnection::introduce(const BackendUrl &url)
{
    const bool hasUser = !url.user.isEmpty();
    const bool authenticates = hasUser || !url.password.isEmpty();
    RedisBatch batch;
    if (hasUser)
        batch.add({"AUTH", url.user, url.password});
    else if (authenticates)
        batch.add({"AUTH", url.password});
    if (url.database != 0)
        batch.add({"SELECT", QByteArray::number(url.database)});
    batch.add({"INFO", "server"});
    batch.add({"PING"});
    const auto replies = exchange(batch);
    if (!replies)
        return failure(replies.error());

    // AUTH and SELECT must work; INFO is a courtesy; and PING tells whether the server serves,
    // unless this user may not ask. One that cannot save refuses PING with the writes, and serves.
    // A password that is not needed is no failure: CACHELENS_PASSWORD may be meant for another
    // server, and one may have lost its password.
    const bool isPasswordAlone = authenticates && !hasUser;
    const size_t info = replies->size() - 2;
    for (size_t i = 0; i < replies->size(); ++i) {
        const RedisReply &reply = (*replies)[i];
        const bool tolerated = i == info
            || (i > info && (reply.isError("NOPERM") || reply.isError("MISCONF")))
            || (i == 0 && isPasswordAlone && wantsNoPassword(reply));
        if (reply.isError() && !tolerated) {
            // A server that does not know AUTH repeats what stands behind it.
            const qsizetype arguments = reply.bytes.indexOf(", with args");
            return failure(
                errorFromReply(arguments < 0 ? reply.bytes : reply.bytes.first(arguments)));
        }
    }
    const QByteArray &text = (*replies)[info].bytes;
    m_serverVersion = infoField(text, "redis_version:");
    m_serverRun = infoField(text, "run_id:");
    return {};
}

Result<void> RedisConnection::send(const RedisBatch &batch, qsizetype first, qsizetype count)
{
    return m_socket->send(batch.bytes(first, count));
}

Result<RedisReply> RedisConnection::receive()
{
    auto reply = m_socket->receive(nullptr, m_socket->replies);
    if (!reply)
        return failure(std::move(reply.error()));
    const std::unique_ptr<RedisReply> owned(static_cast<RedisReply *>(*reply));
    return std::move(*owned);
}

Result<std::optional<RedisReply>> RedisConnection::receiveIfThere()
{
    for (;;) {
        auto reply = m_socket->read(nullptr, m_socket->replies);
        if (!reply)
            return failure(std::move(reply.error()));
        if (*reply) {
            const std::unique_ptr<RedisReply> owned(static_cast<RedisReply *>(*reply));
            return std::move(*owned);
        }
        const auto more = m_socket->receiveOnce(MSG_DONTWAIT);
        if (!more)
            return failure(more.error());
        if (!*more)
            return std::nullopt;
    }
}

Result<void> RedisConnection::receivePage(ScanPage &page)
{
    page.clear();
    if (auto reply = m_socket->receive(&page, m_socket->pages); !reply)
        return failure(std::move(reply.error()));
    if (page.error.isEmpty() && page.cursor.isEmpty())
        return failure(broken("not the reply to a SCAN"));
    return {};
}

Result<std::vector<RedisReply>> RedisConnection::exchange(const RedisBatch &batch)
{
    std::vector<RedisReply> replies;
    replies.reserve(size_t(batch.size()));
    // One portion is always under way while the replies to the one before it are read.
    qsizetype sent = 0;
    const auto sendPortion = [&]() -> Result<void> {
        const qsizetype first = std::exchange(sent, std::min(sent + m_pipeline, batch.size()));
        return first == sent ? Result<void>() : send(batch, first, sent - first);
    };
    if (auto begun = sendPortion(); !begun)
        return failure(std::move(begun.error()));
    while (qsizetype(replies.size()) < batch.size()) {
        const auto expected = size_t(sent);
        if (auto more = sendPortion(); !more)
            return failure(std::move(more.error()));
        while (replies.size() < expected) {
            auto reply = receive();
            if (!reply)
                return failure(std::move(reply.error()));
            replies.push_back(std::move(*reply));
        }
    }
    return replies;
}

int RedisConnection::descriptor() const
{
    return m_socket->context->fd;
}

bool RedisConnection::hasStrayBytes() const
{
    const redisReader *reader = m_socket->context->reader;
    return reader->pos < reader->len;
}

bool RedisConnection::isQuiet() const
{
    pollfd waiting{m_socket->context->fd, POLLIN | POLLRDHUP, 0};
    return ::poll(&waiting, 1, 0) == 0;
}

} // namespace Cachelens
