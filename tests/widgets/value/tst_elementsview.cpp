// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/elementsview.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace Cachelens;

/// The elements of an entry that is no string.
class TestElementsView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void holdsTheModelOfElementsOfEveryType()
    {
        ElementsModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const std::vector<std::pair<KeyType, std::vector<QByteArray>>> kinds{
            {KeyType::List, {"a"}},
            {KeyType::Set, {"\xff"}},
            {KeyType::SortedSet, {"a", "1"}},
            {KeyType::Hash, {"f", "v"}},
            {KeyType::Stream, {"1-0", "f", "v", "g", "w"}}};
        for (const auto &[type, element] : kinds) {
            EntryDetails details;
            details.summary.facts = {type, std::nullopt, 1};
            details.elements = {element};
            model.setEntry(std::make_shared<const EntryDetails>(details));
            QCOMPARE(model.rowCount(), 1);
        }
        QCOMPARE(model.index(0, 1).data().toString(), QStringLiteral("f=v, g=w"));
        model.setEntry(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_MAIN(TestElementsView)
#include "tst_elementsview.moc"
