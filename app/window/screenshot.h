// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QObject>
#include <QTimer>

#include <optional>

namespace Cachelens {

class MainWindow;

/// Draws a window into a file once what it shows is loaded.
class Screenshot final : public QObject {
    Q_OBJECT

public:
    /// `key`: the one that is to be shown; empty: none.
    Screenshot(MainWindow &window, QString file, QByteArray key,
               std::chrono::milliseconds deadline = std::chrono::seconds(20));

    void start();

Q_SIGNALS:
    // One of them, once.
    void drawn();
    void failed(const Cachelens::Error &error);

private:
    void check();
    void draw();
    void end(const std::optional<Error> &error);
    /// What is not there yet; empty: all is.
    [[nodiscard]] QByteArray missing() const;
    /// Whether every row on screen has what its columns show.
    [[nodiscard]] bool rowsAreThere() const;

    MainWindow &m_window;
    const QString m_file;
    const QByteArray m_key;
    bool m_selected = false;
    bool m_listed = false; // every row that the query finds
    bool m_ended = false;
    int m_stillTurns = 0; // in which nothing was missing
    QTimer m_poll;
    QTimer m_deadline;
};

} // namespace Cachelens
