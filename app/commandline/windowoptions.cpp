// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline/windowoptions.h"

#include "app/commandline/arguments.h"
#include "app/commandline/commandline.h"

#include <QFile>
#include <QFileInfo>

namespace Cachelens {

namespace {

std::optional<QSize> sizeFrom(const QByteArray &text)
{
    const QList<QByteArray> parts = text.split('x');
    if (parts.size() != 2)
        return std::nullopt;
    bool okWidth = false;
    bool okHeight = false;
    const QSize size(parts.at(0).toInt(&okWidth), parts.at(1).toInt(&okHeight));
    const bool sensible = size.width() >= 100 && size.height() >= 100 && size.width() <= 16000
        && size.height() <= 16000;
    return okWidth && okHeight && sensible ? std::optional(size) : std::nullopt;
}

std::optional<ThemeChoice> themeFrom(const QByteArray &text)
{
    if (text == "light")
        return ThemeChoice::Light;
    if (text == "dark")
        return ThemeChoice::Dark;
    return std::nullopt;
}

} // namespace

std::variant<WindowOptions, int> readWindowOptions(const QList<QByteArray> &given, Console &console)
{
    const QByteArray description = "Shows the function-result cache behind a running service.\n\n"
                                   "Commands that need no window: "
        + commandNames() + "; each has its own --help.";
    Arguments arguments("", description.constData());
    arguments.positional("URL",
                         "redis://[user:password@]host[:port][/db], rediss://..., "
                         "unix:///path?db=N, or memory: for the demo. Without one: the last "
                         "connection, the first time the demo. A password may also come from "
                         "CACHELENS_PASSWORD.",
                         false);
    arguments.listOption("catalog", "FILE", "What is known of the functions; may be repeated.");
    arguments.flag("read-only", "Nothing can be changed.");
    arguments.flag("demo", "The embedded demo, a small shop.");
    arguments.option("screenshot", "FILE",
                     "Draws the window into this file once what it shows is loaded, and ends.");
    arguments.option("theme", "light|dark", "Instead of the one chosen in the window.");
    arguments.option("scale", "N", "How large everything is; 2 is 200 %.");
    arguments.option("dock", "NAME",
                     "Brings a dock to the front: activity, functions, signals, playground or "
                     "operations. In a picture the playground is on the selected key.");
    arguments.option("select", "KEY", "Selects this key.");
    arguments.option("size", "WxH", "The window's size.");
    arguments.flag("report-stalls",
                   "When the window closes, says on standard error how long it "
                   "took to appear and was busy at the longest.");
    if (const auto end = arguments.parse(given, console))
        return *end;

    WindowOptions options;
    if (const auto text = arguments.at(0)) {
        auto url = BackendUrl::parse(*text);
        if (!url)
            return arguments.wrong(url.error().message(), console);
        if (arguments.isSet("demo"))
            return arguments.wrong("--demo goes without a URL.", console);
        options.url = std::move(*url);
    } else if (arguments.isSet("demo")) {
        options.url.emplace();
        options.url->scheme = BackendUrl::Scheme::Memory;
    }
    for (const QByteArray &file : arguments.values("catalog"))
        options.catalogs.append(QFileInfo(QFile::decodeName(file)).absoluteFilePath());
    options.readOnly = arguments.isSet("read-only");
    options.reportStalls = arguments.isSet("report-stalls");
    options.select = arguments.value("select").value_or(QByteArray());
    options.dock = QString::fromUtf8(arguments.value("dock").value_or(QByteArray()));
    options.screenshot = QFile::decodeName(arguments.value("screenshot").value_or(QByteArray()));
    if (const auto text = arguments.value("theme")) {
        options.theme = themeFrom(*text);
        if (!options.theme)
            return arguments.wrong("--theme is light or dark, not '" + *text + "'.", console);
    }
    if (const auto text = arguments.value("scale")) {
        bool ok = false;
        options.scale = text->toDouble(&ok);
        if (!ok || !(options.scale >= 0.5 && options.scale <= 4))
            return arguments.wrong("--scale is a number from 0.5 to 4, not '" + *text + "'.",
                                   console);
    }
    if (const auto text = arguments.value("size")) {
        options.size = sizeFrom(*text);
        if (!options.size)
            return arguments.wrong(
                "--size is width x height such as 1280x800, not '" + *text + "'.", console);
    }
    const QStringList docks{QStringLiteral("activity"), QStringLiteral("functions"),
                            QStringLiteral("signals"), QStringLiteral("playground"),
                            QStringLiteral("operations")};
    if (!options.dock.isEmpty() && !docks.contains(options.dock))
        return arguments.wrong(
            "--dock is activity, functions, signals, playground or operations, not '"
                + options.dock.toUtf8() + "'.",
            console);
    return options;
}

} // namespace Cachelens
