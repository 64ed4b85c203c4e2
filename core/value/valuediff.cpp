// SPDX-License-Identifier: MIT
#include "core/value/valuediff.h"

#include "core/value/fingerprint.h"

#include <algorithm>
#include <unordered_map>

namespace Cachelens {

namespace {

using Change = ValueDiff::Change;
using Node = ValueDiff::Node;

constexpr size_t none = static_cast<size_t>(-1);

/// One step through two sequences: both forward, or one of them.
struct Step {
    size_t before = none;
    size_t after = none;
    bool same = false;
};

/// What goes from one sequence of fingerprints to another, in its order.
class Alignment {
public:
    Alignment(const std::vector<quint64> &before, const std::vector<quint64> &after,
              Fingerprints &budget)
        : m_before(before), m_after(after), m_budget(budget)
    {
    }

    [[nodiscard]] std::vector<Step> steps()
    {
        size_t front = 0;
        const size_t shorter = std::min(m_before.size(), m_after.size());
        while (front < shorter && m_before[front] == m_after[front])
            ++front;
        size_t back = 0;
        while (back < shorter - front
               && m_before[m_before.size() - 1 - back] == m_after[m_after.size() - 1 - back])
            ++back;
        for (size_t i = 0; i < front; ++i)
            m_steps.push_back({i, i, true});
        middle(front, m_before.size() - back, m_after.size() - back);
        for (size_t i = back; i > 0; --i)
            m_steps.push_back({m_before.size() - i, m_after.size() - i, true});
        return std::move(m_steps);
    }

private:
    static constexpr size_t maxTable = 4'000'000; // its shorter side is below 65,536 then

    void middle(size_t from, size_t beforeEnd, size_t afterEnd)
    {
        const size_t rows = beforeEnd - from;
        const size_t columns = afterEnd - from;
        const bool fits = rows > 0 && columns > 0 && rows <= maxTable / columns
            && m_budget.spend(static_cast<qsizetype>(rows * columns / 8));
        if (!fits) {
            gap(from, beforeEnd, from, afterEnd);
            return;
        }
        // Of the longest common sequence of what is left from (row, column) on.
        std::vector<quint16> lengths((rows + 1) * (columns + 1), 0);
        const auto length = [&](size_t row, size_t column) -> quint16 & {
            return lengths[row * (columns + 1) + column];
        };
        for (size_t row = rows; row-- > 0;) {
            for (size_t column = columns; column-- > 0;) {
                length(row, column) = m_before[from + row] == m_after[from + column]
                    ? static_cast<quint16>(length(row + 1, column + 1) + 1)
                    : std::max(length(row + 1, column), length(row, column + 1));
            }
        }
        size_t row = 0;
        size_t column = 0;
        size_t gapRow = 0; // where what differs begins
        size_t gapColumn = 0;
        while (row < rows && column < columns) {
            if (m_before[from + row] == m_after[from + column]) {
                gap(from + gapRow, from + row, from + gapColumn, from + column);
                m_steps.push_back({from + row, from + column, true});
                gapRow = ++row;
                gapColumn = ++column;
            } else if (length(row + 1, column) >= length(row, column + 1)) {
                ++row;
            } else {
                ++column;
            }
        }
        gap(from + gapRow, beforeEnd, from + gapColumn, afterEnd);
    }

    /// Nothing in here is equal: pairs by position, then what is left of the longer.
    void gap(size_t before, size_t beforeEnd, size_t after, size_t afterEnd)
    {
        for (; before < beforeEnd && after < afterEnd; ++before, ++after)
            m_steps.push_back({before, after, m_before[before] == m_after[after]});
        for (; before < beforeEnd; ++before)
            m_steps.push_back({before, none, false});
        for (; after < afterEnd; ++after)
            m_steps.push_back({none, after, false});
    }

    const std::vector<quint64> &m_before;
    const std::vector<quint64> &m_after;
    Fingerprints &m_budget;
    std::vector<Step> m_steps;
};

bool isContainer(const Value &value)
{
    return value.type() >= Value::Type::List && value.type() <= Value::Type::Request;
}

/// Whether their contents can be told apart one by one.
bool areOfOneKind(const Value &before, const Value &after)
{
    if (before.type() != after.type() || !isContainer(before))
        return false;
    const bool objects
        = before.type() == Value::Type::Object || before.type() == Value::Type::Request;
    return !objects || before.object().className == after.object().className;
}

class Differ {
public:
    explicit Differ(const DiffOptions &options)
        : m_options(options), m_prints(options.maxVisits), m_nodesLeft(options.maxNodes)
    {
    }

    [[nodiscard]] ValueDiff run(const Value &before, const Value &after)
    {
        // Of the whole first: a value that is too big is found out before there is a result.
        const bool same = m_prints.of(before) == m_prints.of(after);
        if (m_prints.isExhausted()) {
            m_diff.complete = false;
            return std::move(m_diff);
        }
        m_diff.root = same ? Node{Change::Same, {}, before, after, 1, {}}
                           : pair(std::nullopt, before, after);
        m_diff.complete = m_diff.complete && !m_prints.isExhausted();
        return std::move(m_diff);
    }

private:
    [[nodiscard]] Node pair(std::optional<Value> name, const Value &before, const Value &after)
    {
        Node node{Change::Changed, std::move(name), before, after, 1, {}};
        if (areOfOneKind(before, after)) {
            if (before.isMap())
                entries(node, before.entries(), after.entries());
            else if (before.isSequence())
                items(node, before, after);
            else
                entries(node, before.object().attributes, after.object().attributes);
        } else {
            ++m_diff.changed;
        }
        return node;
    }

    void items(Node &node, const Value &before, const Value &after)
    {
        const ValueList &old = before.items();
        const ValueList &now = after.items();
        if (!m_prints.spend(static_cast<qsizetype>(old.size() + now.size())))
            return;
        const std::vector<quint64> oldPrints = printsOf(old);
        const std::vector<quint64> nowPrints = printsOf(now);
        const bool ordered
            = before.type() == Value::Type::List || before.type() == Value::Type::Tuple;
        const std::vector<Step> steps = ordered ? Alignment(oldPrints, nowPrints, m_prints).steps()
                                                : matches(oldPrints, nowPrints);
        children(node, steps, [&](const Step &step) {
            return std::pair{step.before == none ? nullptr : &old[step.before],
                             step.after == none ? nullptr : &now[step.after]};
        });
    }

    void entries(Node &node, const ValueMap &old, const ValueMap &now)
    {
        if (!m_prints.spend(static_cast<qsizetype>(old.size() + now.size())))
            return;
        std::vector<quint64> oldNames;
        std::vector<quint64> nowNames;
        for (const auto &[name, value] : old)
            oldNames.push_back(m_prints.of(name));
        for (const auto &[name, value] : now)
            nowNames.push_back(m_prints.of(name));
        std::vector<Step> steps = matches(oldNames, nowNames);
        for (Step &step : steps) {
            step.same = step.before != none && step.after != none
                && m_prints.of(old[step.before].second) == m_prints.of(now[step.after].second);
        }
        children(
            node, steps,
            [&](const Step &step) {
                return std::pair{step.before == none ? nullptr : &old[step.before].second,
                                 step.after == none ? nullptr : &now[step.after].second};
            },
            [&](const Step &step) -> std::optional<Value> {
                return step.before == none ? now[step.after].first : old[step.before].first;
            });
    }

    [[nodiscard]] std::vector<quint64> printsOf(const ValueList &items)
    {
        std::vector<quint64> prints;
        prints.reserve(items.size());
        for (const Value &item : items)
            prints.push_back(m_prints.of(item));
        return prints;
    }

    /// Without regard to order: what was there in its order, then what is new.
    [[nodiscard]] static std::vector<Step> matches(const std::vector<quint64> &before,
                                                   const std::vector<quint64> &after)
    {
        std::unordered_multimap<quint64, size_t> unmatched;
        for (size_t i = 0; i < after.size(); ++i)
            unmatched.emplace(after[i], i);
        std::vector<Step> steps;
        std::vector<bool> matched(after.size(), false);
        for (size_t i = 0; i < before.size(); ++i) {
            const auto match = unmatched.find(before[i]);
            if (match == unmatched.end()) {
                steps.push_back({i, none, false});
                continue;
            }
            matched[match->second] = true;
            steps.push_back({i, match->second, true});
            unmatched.erase(match);
        }
        for (size_t i = 0; i < after.size(); ++i) {
            if (!matched[i])
                steps.push_back({none, i, false});
        }
        return steps;
    }

    template <typename Values>
    void children(Node &node, const std::vector<Step> &steps, Values values)
    {
        children(node, steps, values, [](const Step &) { return std::optional<Value>(); });
    }

    template <typename Values, typename Name>
    void children(Node &node, const std::vector<Step> &steps, Values values, Name name)
    {
        for (size_t i = 0; i < steps.size();) {
            if (m_nodesLeft <= 0 || m_prints.isExhausted()) {
                m_diff.complete = false;
                return;
            }
            if (!steps[i].same) {
                const auto [before, after] = values(steps[i]);
                difference(node, name(steps[i]), before, after);
                ++i;
                continue;
            }
            size_t end = i;
            while (end < steps.size() && steps[end].same)
                ++end;
            equals(node, steps, i, end, values, name);
            i = end;
        }
    }

    void difference(Node &node, std::optional<Value> name, const Value *before, const Value *after)
    {
        --m_nodesLeft;
        if (before && after) {
            node.children.push_back(pair(std::move(name), *before, *after));
        } else if (before) {
            ++m_diff.removed;
            node.children.push_back({Change::Removed, std::move(name), *before, {}, 1, {}});
        } else {
            ++m_diff.added;
            node.children.push_back({Change::Added, std::move(name), {}, *after, 1, {}});
        }
    }

    /// Neighbours that are the same: those beside a difference one by one, those between as one.
    template <typename Values, typename Name>
    void equals(Node &node, const std::vector<Step> &steps, size_t begin, size_t end, Values values,
                Name name)
    {
        const auto context = static_cast<size_t>(std::max<qsizetype>(m_options.context, 0));
        const size_t head = begin == 0 ? begin : std::min(begin + context, end);
        const size_t tail
            = end == steps.size() ? end : std::max(head, end - std::min(context, end - begin));
        const auto one = [&](size_t i) {
            --m_nodesLeft;
            const auto [before, after] = values(steps[i]);
            node.children.push_back({Change::Same, name(steps[i]), *before, *after, 1, {}});
        };
        for (size_t i = begin; i < head; ++i)
            one(i);
        if (tail - head == 1) {
            one(head);
        } else if (tail > head) {
            --m_nodesLeft;
            Node several;
            several.count = static_cast<qsizetype>(tail - head);
            node.children.push_back(std::move(several));
        }
        for (size_t i = tail; i < end; ++i)
            one(i);
    }

    const DiffOptions m_options;
    Fingerprints m_prints;
    qsizetype m_nodesLeft;
    ValueDiff m_diff;
};

} // namespace

ValueDiff diffValues(const Value &before, const Value &after, const DiffOptions &options)
{
    return Differ(options).run(before, after);
}

} // namespace Cachelens
