// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/queuedispatcher.h"
#include "tests/bench/figures.h"
#include "tests/support/redisserver.h"

#include <hiredis/hiredis.h>

#include <stdexcept>
#include <thread>

// Jobs through the queue, from one producer to one worker that does nothing, beside the same bare
// commands in the same run and in turns with them.

using namespace Cachelens;
using namespace Cachelens::Testing;

namespace {

constexpr int Rounds = 5;
constexpr int Portion = 500;
constexpr int Batch = 100;
/// What an invalidation takes.
const QByteArray Payload(200, 'j');

using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

class Bare {
public:
    explicit Bare(const QByteArray &path) : m_context(redisConnectUnix(path.constData()))
    {
        if (!m_context || m_context->err != 0)
            throw std::runtime_error("cannot connect");
    }
    ~Bare() { redisFree(m_context); }
    Bare(const Bare &) = delete;
    Bare &operator=(const Bare &) = delete;

    Reply command(const std::vector<std::string> &words)
    {
        append(words);
        return receive();
    }
    void append(const std::vector<std::string> &words)
    {
        std::vector<const char *> pointers;
        std::vector<size_t> lengths;
        for (const std::string &word : words) {
            pointers.push_back(word.data());
            lengths.push_back(word.size());
        }
        redisAppendCommandArgv(m_context, int(words.size()), pointers.data(), lengths.data());
    }
    Reply receive()
    {
        void *reply = nullptr;
        if (redisGetReply(m_context, &reply) != REDIS_OK)
            throw std::runtime_error(m_context->errstr);
        return {static_cast<redisReply *>(reply), freeReplyObject};
    }

private:
    redisContext *m_context;
};

/// Microseconds a job, from the first append to the last acknowledgement.
double perJob(const QElapsedTimer &timer, int jobs)
{
    return milliseconds(timer) * 1000 / jobs;
}

double bareRound(const RedisServer &server, int jobs)
{
    server.command({"DEL", "bare"});
    server.command({"XGROUP", "CREATE", "bare", "workers", "0", "MKSTREAM"});
    QElapsedTimer timer;
    timer.start();
    std::jthread producer([&] {
        Bare bare(server.socketPath());
        const std::vector<std::string> add{"XADD", "bare", "*", "job", Payload.toStdString()};
        for (int sent = 0; sent < jobs; sent += Portion) {
            for (int i = 0; i < Portion; ++i)
                bare.append(add);
            for (int i = 0; i < Portion; ++i)
                (void)bare.receive();
        }
    });
    Bare bare(server.socketPath());
    const std::vector<std::string> read{
        "XREADGROUP", "GROUP", "workers", "one",  "COUNT", std::to_string(Batch),
        "BLOCK",      "500",   "STREAMS", "bare", ">"};
    for (int done = 0; done < jobs;) {
        const Reply reply = bare.command(read);
        if (reply->type != REDIS_REPLY_ARRAY)
            continue;
        const redisReply *entries = reply->element[0]->element[1];
        std::vector<std::string> ack{"XACK", "bare", "workers"};
        for (size_t i = 0; i < entries->elements; ++i)
            ack.emplace_back(entries->element[i]->element[0]->str);
        (void)bare.command(ack);
        done += int(entries->elements);
    }
    return perJob(timer, jobs);
}

/// Until so many jobs are done.
void work(const BackendUrl &url, int jobs, const JobWorker::Handler &handler)
{
    std::atomic<int> done = 0;
    JobWorker *running = nullptr;
    JobWorker worker(url,
                     [&](const Job &job) {
                         auto result = handler(job);
                         if (++done == jobs)
                             running->stop();
                         return result;
                     },
                     {.batch = Batch});
    running = &worker;
    worker.run();
}

double queueRound(const RedisServer &server, int jobs)
{
    const BackendUrl url = *BackendUrl::parse(server.url());
    std::atomic<int> refused = 0;
    QElapsedTimer timer;
    timer.start();
    std::jthread producer([&] {
        JobQueue queue(url, {.portion = Portion});
        const std::vector<QByteArray> portion(Portion, Payload);
        for (int sent = 0; sent < jobs; sent += Portion) {
            for (const auto &answer : queue.append(portion))
                refused += answer ? 0 : 1;
        }
    });
    work(url, jobs, [](const Job &) { return Result<void>(); });
    const double result = perJob(timer, jobs);
    if (refused > 0 || JobQueue(url).counts().value() != JobCounts{})
        throw std::runtime_error("not every job was taken, done and acknowledged");
    return result;
}

void measure(const char *name, const RedisServer::Options &options, int jobs, double limit)
{
    const RedisServer server(options);
    std::vector<double> bare;
    std::vector<double> queue;
    for (int round = 0; round < Rounds; ++round) {
        bare.push_back(bareRound(server, jobs));
        queue.push_back(queueRound(server, jobs));
    }
    constexpr double MostRatio = 3;
    tell({QByteArray(name) + ", beside bare commands", "us/job", median(queue), median(bare),
          MostRatio});
    tell({QByteArray(name), "us/job", median(queue), 0, limit});
}

/// Does at once what rules ask of it.
class NoTarget final : public RuleTarget {
public:
    QFuture<Result<void>> deleteByPrefix(const RuleRun &) override { return done(); }
    QFuture<Result<void>> refresh(const RuleRun &) override { return done(); }

private:
    static QFuture<Result<void>> done() { return QtFuture::makeReadyFuture(Result<void>()); }
};

/// What signals let run, sent one by one by several threads, as requests of a service do.
double dispatcherRound(const RedisServer &server, int jobs)
{
    constexpr int senders = 8;
    const BackendUrl url = *BackendUrl::parse(server.url());
    RuleRun run;
    run.function = "shop.users.services.get_profile";
    run.rule = run.function + "/auth.User";
    run.action = RuleVerdict::Action::DeleteByPrefix;
    run.prefixes = {"users::shop.users.services.get_profile::user_id:42::"};
    run.functionPrefix = "users::shop.users.services.get_profile::";
    run.arguments = {{"user_id", Value(42)}};
    const JobWorker::Handler handler = ruleJobHandler(std::make_shared<RuleRunner>(
        std::make_shared<NoTarget>(), std::make_shared<Invalidators>()));

    std::atomic<int> refused = 0;
    QueueDispatcher dispatcher(url);
    QElapsedTimer timer;
    timer.start();
    std::vector<std::jthread> producers;
    for (int sender = 0; sender < senders; ++sender)
        producers.emplace_back([&] {
            for (int i = 0; i < jobs / senders; ++i)
                refused += dispatcher.dispatch({run}, nullptr).failures.empty() ? 0 : 1;
        });
    work(url, jobs, handler);
    const double result = perJob(timer, jobs);
    if (refused > 0 || JobQueue(url).counts().value() != JobCounts{})
        throw std::runtime_error("not every job was taken, done and acknowledged");
    return result;
}

void measureDispatcher(int jobs, double limit)
{
    const RedisServer server;
    std::vector<double> rounds;
    for (int round = 0; round < Rounds; ++round)
        rounds.push_back(dispatcherRound(server, jobs));
    tell({"queue dispatcher, a signal at a time", "us/job", median(rounds), 0, limit});
}

} // namespace

int main()
{
    constexpr double TenThousandASecond = 100;
    measure("job queue, in memory", {}, 50'000, TenThousandASecond);
    measureDispatcher(16'000, TenThousandASecond);
    measure("job queue, appendfsync always",
            {.arguments = {"--appendonly", "yes", "--appendfsync", "always"}}, 5000,
            0); // as the disk allows
}
