// SPDX-License-Identifier: MIT
#pragma once

#include "core/keyspace/operationjob.h"

namespace Cachelens {

/// Changes or removes the expiry of one key and leaves its value alone.
class TtlJob final : public OperationJob {
public:
    using Ttl = std::optional<std::chrono::milliseconds>;
    TtlJob(OperationContext context, OperationId id, QByteArray key, Ttl ttl);

protected:
    Result<void> perform() override;
    Result<void> revert() override;
    [[nodiscard]] bool holdsUndo() const override { return m_changed; }

private:
    using Expiry = std::optional<WallTime>; // none: never
    [[nodiscard]] Expiry expiryOf(Ttl ttl) const;
    [[nodiscard]] Result<KeyFacts> readFacts() const;
    void tellChanged() const;

    const QByteArray m_key;
    const Ttl m_ttl;
    bool m_changed = false;
    Expiry m_before;
    Expiry m_after;
};

} // namespace Cachelens
