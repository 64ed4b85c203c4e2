// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/bytesview.h"
#include "widgets/value/jsonview.h"

#include "tests/widgets/tickwatch.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace Cachelens;
using Testing::TickWatch;

namespace {

std::shared_ptr<const TextLines> lines(const QString &text)
{
    return std::make_shared<const TextLines>(TextLines::of(text));
}

QString copied(RowView &view)
{
    QGuiApplication::clipboard()->clear();
    QTest::keySequence(&view, QKeySequence::Copy);
    return QGuiApplication::clipboard()->text();
}

/// Different colours of the pixels of a view: what is drawn beside the ground.
int colors(QWidget &view)
{
    const QImage image = view.grab().toImage();
    QSet<QRgb> found;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            found.insert(image.pixel(x, y));
    }
    return static_cast<int>(found.size());
}

} // namespace

class TestRowViews : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void copiesTextExactlyAcrossWrappedRows()
    {
        TextView view;
        view.resize(300, 200);
        const QString text
            = QStringLiteral("short\n") + QString(5000, u'x') + QStringLiteral("\n\nend \u00fc");
        view.setText(lines(text));
        view.show();
        view.selectAll();
        QCOMPARE(copied(view), text);
    }

    void selectsWithTheKeyboard()
    {
        TextView view;
        view.resize(600, 200);
        view.setText(lines(QStringLiteral("one two\nthree\nfour")));
        view.show();
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Right);
        QTest::keyClick(&view, Qt::Key_End, Qt::ShiftModifier);
        QCOMPARE(copied(view), QStringLiteral("ne two"));
        QTest::keyClick(&view, Qt::Key_Down);
        QTest::keyClick(&view, Qt::Key_Home);
        QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(copied(view), QStringLiteral("three\n"));
        QTest::keyClick(&view, Qt::Key_End, Qt::ControlModifier);
        QTest::keyClick(&view, Qt::Key_Home, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(copied(view), QStringLiteral("one two\nthree\nfour"));
    }

    void endStaysInItsRow()
    {
        TextView view;
        view.resize(200, 200);
        view.setText(lines(QString(1000, u'x')));
        view.show();
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_End);
        const qint64 end = view.caret();
        QVERIFY(end > 0 && end < 200);
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(view.caret(), end);
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(view.caret(), 0);
    }

    void tellsAScreenReaderTheRowOfTheCaret()
    {
        TextView view;
        view.setText(lines(QStringLiteral("one\ntwo")));
        view.show();
        QTest::keyClick(&view, Qt::Key_Down);
        QCOMPARE(view.accessibleDescription(), QStringLiteral("two"));
        BytesView bytes;
        bytes.setBytes("ab");
        bytes.show();
        QTest::keyClick(&bytes, Qt::Key_Right);
        QCOMPARE(bytes.accessibleDescription(), QStringLiteral("61 62"));
    }

    void copiesNothingWithoutASelection()
    {
        TextView view;
        view.setText(lines(QStringLiteral("text")));
        view.show();
        QGuiApplication::clipboard()->setText(QStringLiteral("before"));
        QTest::keySequence(&view, QKeySequence::Copy);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("before"));
    }

    void neverPartsASurrogatePair()
    {
        TextView view;
        view.resize(200, 400);
        const QString smiley = QString::fromUcs4(U"\U0001F600", 1);
        // An odd number of units in front makes every row's border fall inside a pair.
        view.setText(lines(QStringLiteral("x") + smiley.repeated(300)));
        view.show();
        view.setFocus();
        for (int i = 0; i < 301; ++i) {
            const bool inside = view.caret() > 0 && view.caret() % 2 == 0;
            QVERIFY2(!inside, qPrintable(QString::number(view.caret())));
            QTest::keyClick(&view, Qt::Key_Right);
        }
        QCOMPARE(view.caret(), 601);
        for (int i = 0; i < 300; ++i)
            QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(view.caret(), 1);
        QVERIFY(!view.grab().isNull());
    }

    void showsALineOfFourMegabytesWithoutAStall()
    {
        JsonView view;
        view.resize(600, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        const auto text = lines(u'"' + QString(4 * 1024 * 1024, u'x') + u'"');
        TickWatch watch;
        view.setText(text);
        QTRY_VERIFY(watch.ticks() > 3);
        QVERIFY(view.verticalScrollBar()->maximum() > 10'000);
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
        const int before = watch.ticks();
        QTRY_VERIFY(watch.ticks() > before + 3);
        QVERIFY2(watch.longest() < TickWatch::allowed,
                 qPrintable(QString::number(watch.longest().count())));
    }

    void coloursJson()
    {
        JsonView view;
        view.resize(300, 100);
        view.setText(lines(QStringLiteral("{\n  \"name\": \"text\",\n  \"n\": -1.5e+3\n}")));
        view.show();
        TextView plain;
        plain.resize(300, 100);
        plain.setText(lines(QStringLiteral("{\n  \"name\": \"text\",\n  \"n\": -1.5e+3\n}")));
        plain.show();
        QVERIFY(colors(view) > colors(plain));
    }

    void wrapsAnewWhenItBecomesNarrower()
    {
        TextView view;
        view.resize(800, 100);
        view.setText(lines(QString(10'000, u'x')));
        view.show();
        const int wide = view.verticalScrollBar()->maximum();
        view.resize(200, 100);
        QTRY_VERIFY(view.verticalScrollBar()->maximum() > 3 * wide);
    }

    void copiesBytesAsHexadecimal()
    {
        BytesView view;
        view.resize(700, 200);
        view.setBytes(QByteArray("\x80\x04\x95\x00\xff", 5));
        view.show();
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Right);
        QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(copied(view), QStringLiteral("04 95"));
        view.selectAll();
        QCOMPARE(copied(view), QStringLiteral("80 04 95 00 ff"));
    }

    void selectsBytesWithTheMouse()
    {
        BytesView view;
        view.resize(900, 200);
        view.setBytes(QByteArray::fromHex("000102030405060708090a0b0c0d0e0f1011"));
        view.show();
        QWidget *area = view.viewport();
        QTest::mousePress(area, Qt::LeftButton, {}, QPoint(2, 8));
        QTest::mouseMove(area, QPoint(2, 8 + view.fontMetrics().lineSpacing() + 2));
        QTest::mouseRelease(area, Qt::LeftButton, {},
                            QPoint(2, 8 + view.fontMetrics().lineSpacing() + 2));
        QCOMPARE(view.selectionBegin(), 0);
        QCOMPARE(view.selectionEnd(), 16);
    }

    void showsFiftyMegabytesWithoutAStall()
    {
        BytesView view;
        view.resize(700, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        const QByteArray bytes(50'000'000, 'x');
        TickWatch watch;
        view.setBytes(bytes);
        QTRY_VERIFY(watch.ticks() > 3);
        QTest::keyClick(&view, Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(view.caret(), bytes.size());
        QCOMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
        const int before = watch.ticks();
        QTRY_VERIFY(watch.ticks() > before + 3);
        QVERIFY2(watch.longest() < TickWatch::allowed,
                 qPrintable(QString::number(watch.longest().count())));
    }
};

QTEST_MAIN(TestRowViews)
#include "tst_rowviews.moc"
