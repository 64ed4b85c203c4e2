// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value/valuetreemodel.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace Cachelens;

namespace {

std::shared_ptr<const Value> shared(Value value)
{
    return std::make_shared<const Value>(std::move(value));
}

QModelIndex child(const ValueTreeModel &model, const QModelIndex &parent, int row,
                  int column = ValueTreeModel::NameColumn)
{
    return model.index(row, column, parent);
}

QString text(const QModelIndex &index, int column)
{
    return index.siblingAtColumn(column).data().toString();
}

} // namespace

class TestValueTreeModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_model = std::make_unique<ValueTreeModel>(); }
    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
    }

    void hasNoRowsWithoutAValue()
    {
        QCOMPARE(m_model->rowCount(), 0);
        set(shared(Value(1)));
        set(nullptr);
        QCOMPARE(m_model->rowCount(), 0);
    }

    void namesTypesAsPythonDoes_data()
    {
        QTest::addColumn<Value>("value");
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("preview");
        const auto row = [](const char *name, Value value, const char *type, const char *preview) {
            QTest::newRow(name) << value << QString::fromUtf8(type) << QString::fromUtf8(preview);
        };
        row("none", Value(), "None", "None");
        row("true", Value(true), "bool", "True");
        row("int", Value(42), "int", "42");
        row("float", Value(1.0), "float", "1.0");
        row("str", Value::string("a \"b\"\n"), "str", "\"a \\\"b\\\"\\n\"");
        row("not text", Value::bytes(QByteArray("\x00'\xff", 3)), "bytes", "b'\\x00\\'\\xff'");
        row("direction override", Value::string("a\u202eb"), "str", "\"a\\u202eb\"");
        row("decimal", Value::decimal("12.50"), "Decimal", "12.50");
        row("tuple", Value::tuple({Value(1), Value::string("x")}), "tuple (2)", "(1, \"x\")");
        row("set", Value::set({Value(3)}), "set (1)", "{3}");
        row("dict", Value::map({{Value::string("id"), Value(42)}}), "dict (1)", "{\"id\": 42}");
        row("class", Value::classNamed("builtins.dict"), "class", "builtins.dict");
        row("date", Value(Date{2026, 11, 22}), "date", "2026-11-22");
    }
    void namesTypesAsPythonDoes()
    {
        QFETCH(Value, value);
        set(shared(value));
        const QModelIndex root = m_model->index(0, 0);
        QTEST(text(root, ValueTreeModel::TypeColumn), "type");
        QTEST(text(root, ValueTreeModel::ValueColumn), "preview");
    }

    void showsAnUnknownClassByNameWithWhatItWasBuiltFrom()
    {
        Object user{"shop.models.User", {}};
        user.attributes.emplace_back(Value::string("args"), Value::tuple({Value(7)}));
        user.attributes.emplace_back(Value::string("state"),
                                     Value::map({{Value::string("name"), Value::string("Ann")}}));
        set(shared(Value::object(user)));
        const QModelIndex root = m_model->index(0, 0);
        QCOMPARE(text(root, ValueTreeModel::TypeColumn), QStringLiteral("shop.models.User (2)"));
        m_model->fetchMore(root);
        QCOMPARE(m_model->rowCount(root), 2);
        QCOMPARE(text(child(*m_model, root, 0), 0), QStringLiteral("args"));
        QCOMPARE(text(child(*m_model, root, 1), 0), QStringLiteral("state"));
        const QModelIndex state = child(*m_model, root, 1);
        m_model->fetchMore(state);
        QCOMPARE(text(child(*m_model, state, 0), ValueTreeModel::ValueColumn),
                 QStringLiteral("\"Ann\""));
    }

    void saysWhereAValueContainsItself()
    {
        set(shared(Value::list({Value::cycle()})));
        const QModelIndex root = m_model->index(0, 0);
        m_model->fetchMore(root);
        const QModelIndex cycle = child(*m_model, root, 0);
        QCOMPARE(text(cycle, ValueTreeModel::TypeColumn), QStringLiteral("cycle"));
        QVERIFY(text(cycle, ValueTreeModel::ValueColumn).contains(QLatin1String("itself")));
        QVERIFY(!m_model->hasChildren(cycle));
    }

    void fetchesALargeContainerInChunks()
    {
        constexpr int count = 100'000;
        set(shared(Value::list(ValueList(count, Value(1)))));
        const QModelIndex root = m_model->index(0, 0);
        QVERIFY(m_model->hasChildren(root));
        for (int fetched = 0; fetched < 10; ++fetched) {
            const int before = m_model->rowCount(root);
            m_model->fetchMore(root);
            const int more = m_model->rowCount(root) - before;
            QVERIFY(more >= ValueTreeModel::chunk && more <= ValueTreeModel::largestChunk);
        }
        QVERIFY(m_model->canFetchMore(root));
        QCOMPARE(text(child(*m_model, root, 300), 0), QStringLiteral("[300]"));
    }

    void fetchesTheLastItemToo()
    {
        constexpr int count = ValueTreeModel::chunk + 1;
        set(shared(Value::list(ValueList(count, Value(1)))));
        const QModelIndex root = m_model->index(0, 0);
        while (m_model->canFetchMore(root))
            m_model->fetchMore(root);
        QCOMPARE(m_model->rowCount(root), count);
    }

    void walksASharedValueOnlyAsDeepAsItIsOpened()
    {
        // Unfolded it would have 2^60 leaves.
        Value value(1);
        for (int i = 0; i < 60; ++i)
            value = Value::list({value, value});
        set(shared(value));
        QModelIndex at = m_model->index(0, 0);
        for (int depth = 0; depth < 60; ++depth) {
            QVERIFY(text(at, ValueTreeModel::ValueColumn).size() < 400);
            m_model->fetchMore(at);
            QCOMPARE(m_model->rowCount(at), 2);
            at = child(*m_model, at, 1);
        }
        QCOMPARE(text(at, ValueTreeModel::ValueColumn), QStringLiteral("1"));
    }

    void elidesALongStringInItsRowAndHasItInFullBeside()
    {
        const QByteArray longText = QByteArray("\u00fc").repeated(20'000); // two bytes each
        set(shared(Value::string(longText)));
        const QModelIndex root = m_model->index(0, ValueTreeModel::ValueColumn);
        QVERIFY(root.data().toString().size() < 200);
        QVERIFY(root.data().toString().endsWith(QChar(0x2026)));
        QCOMPARE(root.data(ValueTreeModel::FullTextRole).toString(), QString::fromUtf8(longText));
        QCOMPARE(root.data(ValueTreeModel::TextSizeRole).toLongLong(), longText.size());
    }

    void boundsEvenTheFullText()
    {
        const QByteArray huge = QByteArray("\u00fc").repeated(ValueTreeModel::fullTextLimit);
        set(shared(Value::string(huge)));
        const QString full = m_model->index(0, 0).data(ValueTreeModel::FullTextRole).toString();
        QCOMPARE(full, QString::fromUtf8(huge.left(ValueTreeModel::fullTextLimit)));
    }

private:
    void set(std::shared_ptr<const Value> value)
    {
        // The tester fetches more from within modelReset(), before it has taken note of it.
        m_tester.reset();
        m_model->setValue(std::move(value));
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    }

    std::unique_ptr<ValueTreeModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(TestValueTreeModel)
#include "tst_valuetreemodel.moc"
