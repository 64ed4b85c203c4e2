// SPDX-License-Identifier: MIT
#pragma once

#include "core/cached/functioncore.h"

namespace Cachelens {

/// One attempt to get an entry from the backend or else to compute and store it, as a series of
/// short steps, so that the same steps serve callers that block and callers that do not. Completes
/// its flight, whatever happens. Belongs to one thread at a time.
class Fill {
public:
    enum class Purpose : quint8 {
        Call, ///< somebody waits: take what is there
        Refresh, ///< overwrite what is there, and take the lease from whoever has it
        Background, ///< an old result was served: a new one, unless somebody sees to it already
    };

    Fill(std::shared_ptr<FunctionCore> core, std::shared_ptr<Flight> flight, Purpose purpose);
    /// A fill that was given up completes its flight with an empty answer.
    ~Fill();
    Fill(const Fill &) = delete;
    Fill &operator=(const Fill &) = delete;

    /// Before it begins: what is there is known to be of no use.
    void overwrite() { m_overwrites = true; }
    /// Before it begins: what its caller was given of an entry whose time is over.
    void fallBackOn(Answer old) { m_fallback = std::move(old); }

    enum class Next : quint8 {
        Done, ///< the flight is complete
        Run, ///< run the function and then finish() or fail()
        Wait, ///< somebody else fills it: begin() again after pause()
    };
    /// At most two round trips.
    [[nodiscard]] Next begin();
    [[nodiscard]] std::chrono::milliseconds pause() const { return m_pause; }

    /// The function returned. One round trip.
    void finish(Cell cell, bool cacheable, std::chrono::microseconds took);
    void fail(std::exception_ptr thrown, std::chrono::microseconds took);

    /// What the flight was completed with.
    [[nodiscard]] const Answer &answer() const { return m_answer; }

    /// All steps one after another on this thread.
    void perform(const FunctionRun &run);

private:
    [[nodiscard]] Next beginCall();
    [[nodiscard]] Next takeLease(bool takeOver);
    /// A run for its caller only; of one in the background nobody would have anything.
    [[nodiscard]] Next runUnstored();
    [[nodiscard]] Next runWithout(const Error &trouble);
    [[nodiscard]] Next runLeased();
    [[nodiscard]] Next waitFor(std::chrono::milliseconds heldFor);
    [[nodiscard]] std::optional<Next> answered(const QByteArray &bytes);
    /// Whether the entry was written.
    [[nodiscard]] bool store(const Cell &cell);
    [[nodiscard]] Result<QByteArray> encode(const Cell &cell, const EntryTimes &times) const;
    [[nodiscard]] Result<bool> write(const QByteArray &bytes,
                                     std::optional<std::chrono::milliseconds> ttl);
    void giveUpEntry();
    /// Of a call for which the function ran.
    [[nodiscard]] CacheStatus ranAs() const;
    void endLease();
    void complete(Answer answer);

    const std::shared_ptr<FunctionCore> m_core;
    CacheRuntime &m_runtime;
    const std::shared_ptr<Flight> m_flight;
    const Purpose m_purpose;
    const FillSlot m_slot;
    const std::chrono::steady_clock::time_point m_patientUntil;
    NearCache::Ticket m_ticket = 0;
    QByteArray m_token; // empty: no lease is held
    bool m_stores = true; // false: the backend is to be left alone
    bool m_overwrites = false; // what is there is of no use
    bool m_complete = false;
    std::chrono::milliseconds m_pause{0};
    std::optional<Answer> m_fallback;
    Answer m_answer;
};

} // namespace Cachelens
