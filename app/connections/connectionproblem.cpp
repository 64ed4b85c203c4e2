// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/connectionproblem.h"

#include <QCoreApplication>

namespace Cachelens {

namespace {

QString adviceFor(Error::Code code)
{
    const auto tr
        = [](const char *text) { return QCoreApplication::translate("ConnectionProblem", text); };
    switch (code) {
    case Error::Code::NotAuthenticated:
        return tr("The server wants a password.");
    case Error::Code::WrongPassword:
        return tr("The server does not know this user and password.");
    case Error::Code::PermissionDenied:
        return tr("The server's access rules do not allow this user to do it.");
    case Error::Code::Unsupported:
        return tr("This kind of connection is not supported yet.");
    default:
        return {};
    }
}

} // namespace

std::optional<ConnectionProblem> problemOf(const BackendState &state)
{
    using Phase = BackendState::Phase;
    if (!state.error)
        return std::nullopt;
    const Error &error = *state.error;
    const QString message = QString::fromUtf8(error.message());
    const auto tr
        = [](const char *text) { return QCoreApplication::translate("ConnectionProblem", text); };
    ConnectionProblem problem;
    switch (state.phase) {
    case Phase::Waiting:
        problem.text = tr("%1. It is tried again by itself.").arg(message);
        problem.retry = true;
        return problem;
    case Phase::Busy:
        problem.text = tr("%1. The server is there; it is asked again by itself.").arg(message);
        problem.retry = true;
        return problem;
    case Phase::Refused: {
        const QString advice = adviceFor(error.code);
        problem.text = advice.isEmpty() ? message : advice + u' ' + message;
        problem.password = error.code == Error::Code::NotAuthenticated
            || error.code == Error::Code::WrongPassword;
        problem.retry = error.retryable;
        return problem;
    }
    case Phase::Idle:
    case Phase::Connecting:
    case Phase::Ready:
        return std::nullopt;
    }
    return std::nullopt;
}

} // namespace Cachelens
