// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/invalidation/rulejobjson.h"
#include "core/value/valuejson.h"

#include <QTest>

using namespace Cachelens;
using Action = RuleVerdict::Action;
using Code = Error::Code;

namespace {

RuleRun deletion()
{
    RuleRun run;
    run.function = "app.get_page";
    run.rule = "app.get_page:auth.User";
    run.arguments = {{"user_id", Value(42)}, {"day", Value(Date{2026, 11, 26})}};
    run.prefixes = {"users::app.get_page::u:42::", "users::app.get_page::u:7::"};
    run.functionPrefix = "users::app.get_page::";
    run.version = 3;
    return run;
}

} // namespace

class TestRuleJobJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aJobIsReadBackWhole()
    {
        RuleRun refresh = deletion();
        refresh.action = Action::Refresh;
        refresh.prefixes = {"users::app.get_page::u:\xff*::"};
        RuleRun custom;
        custom.function = "app.get_page";
        custom.rule = "mail";
        custom.action = Action::Custom;
        custom.invalidator = "send mail";
        custom.functionPrefix = "users::app.get_page::";
        custom.signal.model = "auth.User";
        custom.signal.type = Signal::Type::Deleted;
        custom.signal.updateFields = {"email"};
        custom.signal.instance = Value::map(
            {{Value::string("id"), Value(42)}, {Value::string("born"), Value(Date{1990, 1, 2})}});
        custom.signal.oldValues = Value::map({{Value::string("id"), Value(7)}});
        const RuleJob job{deletion(), refresh, custom};
        const auto json = ruleJobToJson(job);
        QVERIFY(json);
        QVERIFY(!json->contains('\n'));
        const auto read = ruleJobFromJson(*json);
        QVERIFY2(read, read ? "" : read.error().message().constData());
        QVERIFY(*read == job);
    }

    void theFormatIsThatOfItsDescription()
    {
        const auto json = ruleJobToJson({deletion()});
        QCOMPARE(valueFromJson(*json, "the job").value(),
                 valueFromJson(R"({"job": 1, "runs": [{"function": "app.get_page",
                     "rule": "app.get_page:auth.User", "action": "delete_by_prefix",
                     "arguments": {"user_id": 42, "day": {"$date": "2026-11-26"}},
                     "prefixes": ["users::app.get_page::u:42::", "users::app.get_page::u:7::"],
                     "function_prefix": "users::app.get_page::", "version": 3}]})",
                               "expected")
                     .value());
    }

    void whatIsNoJobIsNamed_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("reason");
        const auto row
            = [](const char *name, const QByteArray &json, Code code, const QByteArray &reason) {
                  QTest::newRow(name) << json << int(code) << reason;
              };
        const auto run = [](const QByteArray &members) {
            return R"({"job": 1, "runs": [{"function": "f", "rule": "r", "arguments": {},
                "version": 1, )"
                + members + "}]}";
        };
        row("no JSON", "refresh everything", Code::Undecodable, "");
        row("no object", "[1]", Code::Undecodable, "version");
        row("no version", R"({"runs": []})", Code::Undecodable, "version");
        row("a later version", R"({"job": 2, "runs": "?"})", Code::Unsupported, "version 2");
        row("no runs", R"({"job": 1, "runs": []})", Code::Undecodable, "runs");
        row("no action", run(R"("prefixes": ["f::"], "function_prefix": "f::")"), Code::Undecodable,
            "'action'");
        row("an unknown action",
            run(R"("action": "flush", "prefixes": ["f::"], "function_prefix": "f::")"),
            Code::Undecodable, "'action'");
        row("everything",
            run(R"("action": "delete_by_prefix", "prefixes": [""], "function_prefix": "")"),
            Code::Undecodable, "'function_prefix'");
        row("another function's",
            run(R"("action": "delete_by_prefix", "prefixes": ["g::"], "function_prefix": "f::")"),
            Code::Undecodable, "'prefixes'");
        row("no signal", run(R"("action": "invalidator", "prefixes": [], "function_prefix": "f::",
                "invalidator": "i")"),
            Code::Undecodable, "'signal'");
    }

    void whatIsNoJobIsNamed()
    {
        QFETCH(QByteArray, json);
        QFETCH(int, code);
        QFETCH(QByteArray, reason);
        const auto read = ruleJobFromJson(json);
        QVERIFY(!read);
        QCOMPARE(int(read.error().code), code);
        QVERIFY2(read.error().reason.contains(reason), read.error().reason.constData());
    }
};

QTEST_APPLESS_MAIN(TestRuleJobJson)
#include "tst_rulejobjson.moc"
