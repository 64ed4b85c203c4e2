// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/commandline.h"
#include "app/commandline/windowoptions.h"
#include "app/memorypolicy.h"
#include "app/stallmonitor.h"
#include "app/window/mainwindow.h"
#include "app/window/screenshot.h"

#include <QApplication>
#include <QSettings>
#include <QTemporaryDir>

#include <csignal>

using namespace Cachelens;

namespace {

// What the arguments ask for: an exit code when that is done already, without a display.
std::variant<WindowOptions, int> answerWithoutWindow(int &argc, char **argv, Console &console)
{
    const QCoreApplication application(argc, argv);
    const QList<QByteArray> arguments(argv + 1, argv + argc);
    if (const auto end = runCommand(arguments, console))
        return *end;
    return readWindowOptions(arguments, console);
}

void open(MainWindow &window, const WindowOptions &options)
{
    Connection connection
        = options.url ? window.connectionTo(*options.url) : window.lastConnection();
    if (!options.catalogs.isEmpty())
        connection.catalogs = options.catalogs;
    window.openConnection(std::move(connection));
    if (options.readOnly)
        window.setReadOnly(true);
    if (!options.dock.isEmpty())
        window.showDock(options.dock);
    if (!options.select.isEmpty())
        window.selectKey(options.select);
}

void reportStalls(const StallMonitor &monitor, Console &console)
{
    const auto milliseconds = [](std::chrono::microseconds time) {
        return QByteArray::number(static_cast<double>(time.count()) / 1000, 'f', 1) + " ms";
    };
    console.note("longest stall: " + milliseconds(monitor.longest()) + '\n');
    if (const auto painted = monitor.firstPaint())
        console.note("first paint after: " + milliseconds(*painted) + '\n');
}

int runWindow(int &argc, char **argv, const WindowOptions &options, Console &console)
{
    giveBackFreedMemory();
    if (options.scale != 1.0)
        qputenv("QT_SCALE_FACTOR", QByteArray::number(options.scale));
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Cachelens"));
    QApplication::setApplicationName(QStringLiteral("cachelens"));
    QApplication::setApplicationDisplayName(QStringLiteral("Cachelens"));

    // A picture is drawn as the window is at first, and leaves nothing behind.
    std::optional<QTemporaryDir> pictureFolder;
    if (!options.screenshot.isEmpty())
        pictureFolder.emplace();
    QSettings settings(QSettings::IniFormat, QSettings::UserScope, QApplication::organizationName(),
                       QApplication::applicationName());
    std::optional<QSettings> pictureSettings;
    if (pictureFolder)
        pictureSettings.emplace(pictureFolder->filePath(QStringLiteral("settings.ini")),
                                QSettings::IniFormat);

    std::optional<StallMonitor> monitor;
    if (options.reportStalls)
        monitor.emplace();
    MainWindow window(pictureSettings ? *pictureSettings : settings,
                      std::make_shared<SystemClock>());
    if (options.theme)
        window.setTheme(*options.theme);
    if (options.size)
        window.resize(*options.size);
    window.show();
    open(window, options);

    std::optional<Screenshot> screenshot;
    if (pictureFolder) {
        screenshot.emplace(window, options.screenshot, options.select);
        QObject::connect(&*screenshot, &Screenshot::drawn, &window,
                         [] { QApplication::exit(Done); });
        QObject::connect(&*screenshot, &Screenshot::failed, &window,
                         [&console](const Error &error) {
                             console.error(error.message());
                             QApplication::exit(Failed);
                         });
        screenshot->start();
    }
    const int end = QApplication::exec();
    if (monitor)
        reportStalls(*monitor, console);
    return end;
}

} // namespace

int main(int argc, char *argv[])
{
    // A reader who has had enough is told by a failed write, not by a signal.
    std::signal(SIGPIPE, SIG_IGN);
    Console console;
    const auto asked = answerWithoutWindow(argc, argv, console);
    if (const int *end = std::get_if<int>(&asked))
        return *end;
    return runWindow(argc, argv, std::get<WindowOptions>(asked), console);
}
