// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <chrono>
#include <stdexcept>

namespace Cachelens {

/// A function took longer than its hard limit, and there was no old result to serve. The only
/// exception of a call that is not the function's own. The run goes on, and is stored when it ends.
class FunctionTimedOut : public std::runtime_error {
public:
    FunctionTimedOut(const QByteArray &function, std::chrono::milliseconds limit)
        : std::runtime_error(function.toStdString() + " took longer than "
                             + std::to_string(limit.count()) + " ms")
    {
    }
};

} // namespace Cachelens
