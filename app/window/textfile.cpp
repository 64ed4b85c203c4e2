// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/textfile.h"

#include <QFile>
#include <QSaveFile>
#include <QStringDecoder>

namespace Cachelens {

namespace {

constexpr qint64 mostBytes = 16 * 1024 * 1024;

tl::unexpected<Error> wrong(Error::Code code, const QByteArray &attempt, const QString &file,
                            const QString &reason)
{
    return failure({code, attempt, QFile::encodeName(file), reason.toUtf8(), true});
}

} // namespace

Result<TextFile> TextFile::read(const QString &name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return wrong(file.exists() ? Error::Code::Io : Error::Code::NotFound, "open", name,
                     file.errorString());
    const QByteArray bytes = file.read(mostBytes + 1);
    if (file.error() != QFileDevice::NoError)
        return wrong(Error::Code::Io, "read", name, file.errorString());
    if (bytes.size() > mostBytes)
        return wrong(Error::Code::LimitExceeded, "edit", name,
                     QStringLiteral("it is larger than 16 MB"));
    QStringDecoder decoder(QStringDecoder::Utf8);
    TextFile read;
    read.text = decoder.decode(bytes);
    if (decoder.hasError())
        return wrong(Error::Code::Undecodable, "edit", name, QStringLiteral("it is not UTF-8"));
    read.windowsLines = read.text.contains(QStringLiteral("\r\n"));
    read.text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    return read;
}

Result<void> TextFile::write(const QString &name) const
{
    QSaveFile file(name);
    QString written = text;
    if (windowsLines)
        written.replace(u'\n', QStringLiteral("\r\n"));
    if (!file.open(QIODevice::WriteOnly))
        return wrong(Error::Code::Io, "write", name, file.errorString());
    file.write(written.toUtf8());
    if (!file.commit())
        return wrong(Error::Code::Io, "write", name, file.errorString());
    return {};
}

} // namespace Cachelens
