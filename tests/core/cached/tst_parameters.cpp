// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cached/binding.h"

#include <QTest>

#include <memory>

using namespace Cachelens;
using namespace Cachelens::Literals;
using namespace Qt::StringLiterals;

namespace {

/// Counts how often it was copied.
struct Counted {
    std::shared_ptr<int> copies = std::make_shared<int>(0);
    Counted() = default;
    Counted(const Counted &other) : copies(other.copies) { ++*copies; }
    Counted(Counted &&) noexcept = default;
    Counted &operator=(const Counted &) = delete;
    Counted &operator=(Counted &&) = delete;
    ~Counted() = default;
};

} // namespace

template <> struct Cachelens::KeyArgument<Counted> {
    static Value toValue(const Counted &) { return Value(1); }
};

class TestParameters : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bindsByPosition()
    {
        const auto p = parametersFor<int, std::string>(parameters("user_id"_p, "sort"_p));
        QCOMPARE((bindArguments<int, std::string>(p, 7, "name")),
                 (std::tuple<int, std::string>(7, "name")));
    }

    void bindsByNameInAnyOrder()
    {
        const auto p = parametersFor<int, int, int>(parameters("a"_p, "b"_p, "c"_p));
        QCOMPARE((bindArguments<int, int, int>(p, 1, "c"_p = 3, "b"_p = 2)), (std::tuple(1, 2, 3)));
        const int two = 2;
        QCOMPARE((bindArguments<int, int, int>(p, "c"_p = 3, "b"_p = two, "a"_p = 1)),
                 (std::tuple(1, 2, 3)));
    }

    void appliesDefaultsToWhatIsLeftOut()
    {
        const auto p = parametersFor<int, int, QString>(
            parameters("user_id"_p, "page"_p = 1, "sort"_p = u"name"_s));
        QCOMPARE((bindArguments<int, int, QString>(p, 7)), (std::tuple(7, 1, u"name"_s)));
        QCOMPARE((bindArguments<int, int, QString>(p, 7, "sort"_p = u"id"_s)),
                 (std::tuple(7, 1, u"id"_s)));
    }

    void aFunctionMayHaveNoParameters()
    {
        const auto p = parametersFor<>(parameters());
        QCOMPARE(bindArguments<>(p), std::tuple<>());
        QVERIFY(declared(p).empty());
        QVERIFY(toValues(std::tuple<>()).empty());
    }

    void aDefaultHasTheTypeOfItsParameter()
    {
        const auto p = parametersFor<double, std::optional<qint64>>(
            parameters("scale"_p = 1, "limit"_p = std::nullopt));
        const std::vector<Parameter> all = declared(p);
        QCOMPARE(all.size(), size_t(2));
        QCOMPARE(all[0].name, "scale");
        QCOMPARE(*all[0].defaultValue, Value(1.0));
        QCOMPARE(all[1].name, "limit");
        QCOMPARE(*all[1].defaultValue, Value());
    }

    void aRequiredParameterIsDeclaredWithoutDefault()
    {
        const std::vector<Parameter> all = declared(parametersFor<int>(parameters("user_id"_p)));
        QCOMPARE(all.size(), size_t(1));
        QVERIFY(!all[0].defaultValue);
    }

    void whatIsGivenAsRvalueIsMoved()
    {
        const auto p = parametersFor<Counted, Counted>(parameters("a"_p, "b"_p));
        const Counted kept;
        const std::shared_ptr<int> keptCopies = kept.copies;
        Counted given;
        const std::shared_ptr<int> givenCopies = given.copies;
        const auto bound = bindArguments<Counted, Counted>(p, std::move(given), "b"_p = kept);
        QCOMPARE(*givenCopies, 0);
        QCOMPARE(*keptCopies, 1);
        QCOMPARE(std::get<1>(bound).copies, keptCopies);
    }

    void aNamedLvalueIsTakenAsItIsWhenBound()
    {
        std::string text = "before";
        const auto named = "text"_p = text;
        text = "after";
        const auto p = parametersFor<std::string>(parameters("text"_p));
        QCOMPARE(std::get<0>(bindArguments<std::string>(p, named)), std::string("after"));
    }

    void aWholeCallBecomesValuesOfItsParametersTypes()
    {
        const auto p
            = parametersFor<double, QByteArray>(parameters("x"_p, "y"_p = QByteArray("b")));
        const auto values = toValues(bindArguments<double, QByteArray>(p, 1));
        QVERIFY((values == std::array{Value(1.0), Value::bytes("b")}));
    }

    void aPartialCallHoldsOnlyWhatIsGiven()
    {
        const auto p
            = parametersFor<qint64, int, double>(parameters("user_id"_p, "page"_p = 1, "x"_p = 2));
        const Call byPosition = bindPartially<qint64, int, double>(p, 7);
        QCOMPARE(byPosition.args, ValueList{Value(7)});
        QVERIFY(byPosition.kwargs.empty());

        const Call byName = bindPartially<qint64, int, double>(p, 7, "x"_p = 3);
        QCOMPARE(byName.args, ValueList{Value(7)});
        QCOMPARE(byName.kwargs.size(), size_t(1));
        QCOMPARE(byName.kwargs[0].first, "x");
        QCOMPARE(byName.kwargs[0].second, Value(3.0));

        const Call nothing = bindPartially<qint64, int, double>(p);
        QVERIFY(nothing.args.empty() && nothing.kwargs.empty());
    }
};

QTEST_APPLESS_MAIN(TestParameters)
#include "tst_parameters.moc"
