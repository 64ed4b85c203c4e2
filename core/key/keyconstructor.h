// SPDX-License-Identifier: MIT
#pragma once

#include "core/key/keyspec.h"

#include <concepts>
#include <initializer_list>
#include <memory>
#include <typeinfo>
#include <utility>

// How the keys of a function are put together, written as a class of fields:
//
//     struct UserPayloadKey : KeyConstructor {
//         UserPayloadKey()
//         {
//             nameSpace("users");
//             field("user", ArgsKeyField("user_id").partition());
//             field("version", ConstantKeyField("v", "1"));
//         }
//     };
//
// A class derived from it has the same fields, adds its own, and replaces one by giving it again.
// Source of what each does: docs/wire-format.md.

namespace Cachelens {

/// What every kind of field has. A field is a value; each option returns the field.
template <typename Self> class KeyFieldOptions {
public:
    /// Whether the field stands in the partition, by which many entries are deleted at once.
    Self &partition(bool on = true) { return set(&KeyField::partition, on); }
    Self &hashValue(bool on = true) { return set(&KeyField::hashValue, on); }
    Self &sortLists(bool on = true) { return set(&KeyField::sortLists, on); }

    /// Without a name yet: KeyConstructor::field gives it one.
    operator KeyField() const { return m_field; } // NOLINT: a field is what it describes

protected:
    explicit KeyFieldOptions(KeyField::Type type) { m_field.type = type; }
    template <typename T, typename V> Self &set(T KeyField::*member, V value)
    {
        m_field.*member = std::move(value);
        return static_cast<Self &>(*this);
    }
    /// `"*"` is everything.
    void select(std::vector<QByteArray> names)
    {
        m_field.everything = names.size() == 1 && names.front() == "*";
        if (!m_field.everything)
            m_field.names = std::move(names);
    }

private:
    KeyField m_field;
};

/// Arguments of the call by their names; `ArgsKeyField("*")` takes all of them.
class ArgsKeyField : public KeyFieldOptions<ArgsKeyField> {
public:
    explicit ArgsKeyField(QByteArray argument) : ArgsKeyField({std::move(argument)}) { }
    ArgsKeyField(std::initializer_list<QByteArray> arguments)
        : KeyFieldOptions(KeyField::Type::Args)
    {
        select(arguments);
    }
    /// A dotted path into each value.
    ArgsKeyField &path(QByteArray dotted) { return set(&KeyField::path, std::move(dotted)); }
    /// Runs last on each value, on any thread; none or an exception keeps the value.
    ArgsKeyField &normalizer(std::function<std::optional<Value>(const Value &)> function)
    {
        return set(&KeyField::normalizer, std::move(function));
    }
};

/// As ArgsKeyField, without `self`, `cls` and `request`.
class ViewKwargsKeyField : public KeyFieldOptions<ViewKwargsKeyField> {
public:
    explicit ViewKwargsKeyField(QByteArray argument) : ViewKwargsKeyField({std::move(argument)}) { }
    ViewKwargsKeyField(std::initializer_list<QByteArray> arguments)
        : KeyFieldOptions(KeyField::Type::ViewKwargs)
    {
        select(arguments);
    }
    ViewKwargsKeyField &path(QByteArray dotted) { return set(&KeyField::path, std::move(dotted)); }
    ViewKwargsKeyField &normalizer(std::function<std::optional<Value>(const Value &)> function)
    {
        return set(&KeyField::normalizer, std::move(function));
    }
};

/// A text that is the same in every key. Change it when the meaning of the cached values changes.
class ConstantKeyField : public KeyFieldOptions<ConstantKeyField> {
public:
    ConstantKeyField(QByteArray key, Value value) : KeyFieldOptions(KeyField::Type::Constant)
    {
        set(&KeyField::constantKey, std::move(key));
        set(&KeyField::constantValue, std::move(value));
    }
    ConstantKeyField(QByteArray key, QByteArray text)
        : ConstantKeyField(std::move(key), Value::string(text))
    {
    }
    ConstantKeyField(QByteArray key, const char *text)
        : ConstantKeyField(std::move(key), QByteArray(text))
    {
    }
    ConstantKeyField(QByteArray key, std::integral auto number)
        : ConstantKeyField(std::move(key), Value(number))
    {
    }
};

/// What stands at a dotted path in the call's request.
class RequestValueKeyField : public KeyFieldOptions<RequestValueKeyField> {
public:
    explicit RequestValueKeyField(QByteArray path) : KeyFieldOptions(KeyField::Type::RequestValue)
    {
        set(&KeyField::path, std::move(path));
    }
};

/// Query parameters of the call's request; `QueryParamsKeyField("*")` takes all of them.
class QueryParamsKeyField : public KeyFieldOptions<QueryParamsKeyField> {
public:
    explicit QueryParamsKeyField(QByteArray name) : QueryParamsKeyField({std::move(name)}) { }
    QueryParamsKeyField(std::initializer_list<QByteArray> names)
        : KeyFieldOptions(KeyField::Type::QueryParams)
    {
        select(names);
    }
};

/// Base of the classes of fields. Complete once it is constructed; any thread may read it then.
class KeyConstructor {
public:
    virtual ~KeyConstructor() = default;

    [[nodiscard]] const KeySpec &spec() const { return m_spec; }

protected:
    KeyConstructor() = default;
    KeyConstructor(const KeyConstructor &) = default;
    KeyConstructor(KeyConstructor &&) = default;
    KeyConstructor &operator=(const KeyConstructor &) = default;
    KeyConstructor &operator=(KeyConstructor &&) = default;

    /// Adds a field, or replaces the one that has this name.
    void field(QByteArray name, KeyField field);
    void nameSpace(QByteArray name) { m_spec.nameSpace = std::move(name); }
    void version(int number) { m_spec.version = number; }
    /// Stands in keys for the function's id.
    void keyIdentifier(QByteArray text) { m_spec.keyIdentifier = std::move(text); }
    /// A suffix of more code points is replaced by its hash.
    void hashSuffixLongerThan(qsizetype codePoints)
    {
        m_spec.maxKeySuffixLength = codePoints;
        m_spec.hashSuffixOnOverflow = true;
    }
    void hashAlgorithm(QCryptographicHash::Algorithm hash) { m_spec.hash = hash; }
    /// See KeySpec::unambiguous.
    void unambiguous(bool on = true) { m_spec.unambiguous = on; }

private:
    KeySpec m_spec;
};

/// The constructor of a function that names none: one field over every argument.
class DefaultKeyConstructor : public KeyConstructor {
public:
    DefaultKeyConstructor();
};

/// Fields without a class of their own:
/// `InlineKeyConstructor({{"user", ArgsKeyField("user_id").partition()}})`.
class InlineKeyConstructor : public KeyConstructor {
public:
    explicit InlineKeyConstructor(std::initializer_list<std::pair<QByteArray, KeyField>> fields,
                                  QByteArray nameSpace = {});
};

/// An immutable key constructor of any class; copies share it. `UserPayloadKey()` converts to it.
class AnyKeyConstructor {
public:
    AnyKeyConstructor(); ///< the default one
    template <std::derived_from<KeyConstructor> Constructor>
    AnyKeyConstructor(Constructor constructor) // NOLINT: stands for it
        : m_constructor(std::make_shared<const Constructor>(std::move(constructor)))
    {
    }

    [[nodiscard]] const KeySpec &spec() const { return m_constructor->spec(); }
    /// Whether it is a Constructor or of a class derived from it.
    template <std::derived_from<KeyConstructor> Constructor> [[nodiscard]] bool isA() const
    {
        return dynamic_cast<const Constructor *>(m_constructor.get()) != nullptr;
    }
    /// Whether it is a Constructor itself.
    template <std::derived_from<KeyConstructor> Constructor> [[nodiscard]] bool isExactly() const
    {
        const KeyConstructor &constructor = *m_constructor;
        return typeid(constructor) == typeid(Constructor);
    }
    /// Whether both are copies of the same one, which tells inline constructors apart.
    bool operator==(const AnyKeyConstructor &) const = default;

private:
    std::shared_ptr<const KeyConstructor> m_constructor;
};

} // namespace Cachelens
