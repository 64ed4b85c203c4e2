// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/key/keyconstructor.h"

#include "core/key/keybuilder.h"

#include <QTest>

using namespace Cachelens;

namespace {

struct UserPayloadKey : KeyConstructor {
    UserPayloadKey()
    {
        nameSpace("users");
        field("user", ArgsKeyField("user_id").partition());
        field("version", ConstantKeyField("v", "1"));
    }
};

struct UserPageKey : UserPayloadKey {
    UserPageKey()
    {
        version(2);
        field("page", ArgsKeyField({"page", "size"}));
        field("version", ConstantKeyField("v", 2));
    }
};

struct AdminPageKey : UserPageKey { };

struct EveryOptionKey : KeyConstructor {
    EveryOptionKey()
    {
        nameSpace("n");
        version(3);
        keyIdentifier("report");
        hashSuffixLongerThan(40);
        hashAlgorithm(QCryptographicHash::Md5);
        unambiguous();
        field("a", ArgsKeyField("*").path("owner.id").sortLists().normalizer([](const Value &) {
            return std::optional(Value(1));
        }));
        field("b", ViewKwargsKeyField({"x", "y"}).path("pk").hashValue());
        field("c", RequestValueKeyField("user.id").partition());
        field("d", QueryParamsKeyField({"q", "page"}));
        field("e", QueryParamsKeyField("*"));
        field("f", ConstantKeyField("k", Value(1.5)).hashValue());
    }
};

QByteArray keyOf(const AnyKeyConstructor &constructor, const Call &call,
                 std::vector<Parameter> parameters)
{
    const KeyBuilder builder({"shop.payload", std::move(parameters), constructor.spec()});
    return builder.build(call).value().key;
}

} // namespace

class TestKeyConstructor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aClassOfFieldsWritesItsKeys()
    {
        QCOMPARE(keyOf(UserPayloadKey(), {{Value(7)}, {}}, {{"user_id", std::nullopt}}),
                 "users::shop.payload::user_id:7::v:1");
    }

    void aDerivedClassAddsFieldsAndReplacesThem()
    {
        const std::vector<Parameter> parameters{
            {"user_id", std::nullopt}, {"page", Value(1)}, {"size", Value(20)}};
        QCOMPARE(keyOf(UserPageKey(), {{Value(7)}, {}}, parameters),
                 "users::shop.payload::user_id:7::page:1||size:20::v:2");
        QCOMPARE(UserPageKey().spec().version, 2);
        QCOMPARE(UserPayloadKey().spec().version, 1);
        QCOMPARE(UserPayloadKey().spec().fields.size(), size_t(2));
    }

    void everyOptionReachesTheSpec()
    {
        const KeySpec spec = EveryOptionKey().spec();
        QCOMPARE(spec.nameSpace, "n");
        QCOMPARE(spec.version, 3);
        QCOMPARE(spec.keyIdentifier, "report");
        QCOMPARE(spec.maxKeySuffixLength, 40);
        QVERIFY(spec.hashSuffixOnOverflow);
        QCOMPARE(spec.hash, QCryptographicHash::Md5);
        QVERIFY(spec.unambiguous && !UserPayloadKey().spec().unambiguous);
        QCOMPARE(spec.fields.size(), size_t(6));
        const auto &f = spec.fields;
        QVERIFY(f[0].type == KeyField::Type::Args && f[0].everything && f[0].names.empty());
        QVERIFY(f[0].path == "owner.id" && f[0].sortLists && f[0].normalizer);
        QVERIFY(f[1].type == KeyField::Type::ViewKwargs && !f[1].everything && f[1].hashValue);
        QCOMPARE(f[1].names, (std::vector<QByteArray>{"x", "y"}));
        QCOMPARE(f[1].path, "pk");
        QVERIFY(f[2].type == KeyField::Type::RequestValue && f[2].partition);
        QCOMPARE(f[2].path, "user.id");
        QVERIFY(f[3].type == KeyField::Type::QueryParams && !f[3].everything);
        QCOMPARE(f[3].names, (std::vector<QByteArray>{"q", "page"}));
        QVERIFY(f[4].everything);
        QVERIFY(f[5].type == KeyField::Type::Constant && f[5].constantKey == "k");
        QCOMPARE(f[5].constantValue, Value(1.5));
        QCOMPARE(f[5].name, "f");
    }

    void anInlineConstructorNeedsNoClass()
    {
        const AnyKeyConstructor key = InlineKeyConstructor(
            {{"user", ArgsKeyField("user_id").partition()}, {"v", ConstantKeyField("v", 1)}},
            "users");
        QCOMPARE(keyOf(key, {{Value(7)}, {}}, {{"user_id", std::nullopt}}),
                 "users::shop.payload::user_id:7::v:1");
        QVERIFY(!key.isA<UserPayloadKey>());
    }

    void withoutOneEveryArgumentIsInTheKey()
    {
        QCOMPARE(keyOf({}, {{Value(7), Value(2)}, {}}, {{"b", std::nullopt}, {"a", std::nullopt}}),
                 "shop.payload::a:2||b:7");
        QVERIFY(AnyKeyConstructor().isA<DefaultKeyConstructor>());
        QVERIFY(AnyKeyConstructor() == AnyKeyConstructor());
    }

    void aConstructorKnowsTheClassesItIsDerivedFrom()
    {
        const AnyKeyConstructor admin = AdminPageKey();
        QVERIFY(admin.isA<AdminPageKey>());
        QVERIFY(admin.isA<UserPageKey>());
        QVERIFY(admin.isA<UserPayloadKey>());
        QVERIFY(admin.isA<KeyConstructor>());
        QVERIFY(!admin.isA<DefaultKeyConstructor>());
        QVERIFY(!AnyKeyConstructor(UserPayloadKey()).isA<UserPageKey>());
    }

    void copiesAreOneAndTheSame()
    {
        const AnyKeyConstructor one = InlineKeyConstructor({{"user", ArgsKeyField("user_id")}});
        const AnyKeyConstructor copy = one; // NOLINT: a copy is what is tested
        const AnyKeyConstructor other = InlineKeyConstructor({{"user", ArgsKeyField("user_id")}});
        QVERIFY(copy == one);
        QVERIFY(!(other == one));
    }
};

QTEST_APPLESS_MAIN(TestKeyConstructor)
#include "tst_keyconstructor.moc"
