// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/sql/mariadbserver.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QStandardPaths>

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

using namespace Qt::StringLiterals;

namespace Cachelens::Testing {

MariaDbServer::MariaDbServer()
{
    QString program = QStandardPaths::findExecutable(u"mariadbd"_s);
    if (program.isEmpty())
        program = QStandardPaths::findExecutable(u"mariadbd"_s, {u"/usr/sbin"_s});
    if (program.isEmpty())
        throw std::runtime_error("mariadbd is missing: install mariadb-server-core");
    QDir(m_folder.path()).mkdir(u"data"_s);
    // Without grant tables an empty folder is all that it needs.
    QStringList arguments{u"--no-defaults"_s,
                          u"--datadir="_s + m_folder.filePath(u"data"_s),
                          u"--socket="_s + socketPath(),
                          u"--pid-file="_s + m_folder.filePath(u"pid"_s),
                          u"--skip-networking"_s,
                          u"--skip-grant-tables"_s,
                          u"--skip-log-bin"_s,
                          u"--default-storage-engine=InnoDB"_s,
                          u"--innodb-log-file-size=4M"_s,
                          u"--innodb-buffer-pool-size=8M"_s,
                          u"--innodb-use-native-aio=0"_s};
    if (::geteuid() == 0)
        arguments += u"--user=root"_s;
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    m_process.start(program, arguments);
    const QDeadlineTimer deadline(60'000);
    QByteArray said;
    while (!said.contains("ready for connections")) {
        if (!m_process.waitForReadyRead(int(deadline.remainingTime()))) {
            kill();
            throw std::runtime_error("mariadbd did not start: " + said.toStdString());
        }
        said += m_process.readAll();
    }
}

MariaDbServer::~MariaDbServer()
{
    kill();
}

QString MariaDbServer::socketPath() const
{
    return m_folder.filePath(u"mariadb.sock"_s);
}

void MariaDbServer::kill()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished(10'000);
}

} // namespace Cachelens::Testing
