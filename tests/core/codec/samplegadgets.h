// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDate>
#include <QJsonObject>
#include <QMap>
#include <QObject>
#include <QVariant>

class Money {
    Q_GADGET
    Q_PROPERTY(qint64 cents MEMBER cents)
    Q_PROPERTY(QString currency MEMBER currency)

public:
    qint64 cents = 0;
    QString currency;
    bool operator==(const Money &) const = default;
};

class Order {
    Q_GADGET
    Q_PROPERTY(quint32 id MEMBER id)
    Q_PROPERTY(State state MEMBER state)
    Q_PROPERTY(QDate placed MEMBER placed)
    Q_PROPERTY(Money total MEMBER total)
    Q_PROPERTY(QList<Money> items MEMBER items)
    Q_PROPERTY(QMap<QString, double> weights MEMBER weights)
    Q_PROPERTY(QStringList tags MEMBER tags)
    Q_PROPERTY(QVariant note MEMBER note)
    Q_PROPERTY(QJsonObject extra MEMBER extra)
    Q_PROPERTY(QString summary READ summary)
    Q_PROPERTY(int cached MEMBER cached STORED false)

public:
    enum class State : quint8 { Open, Paid };
    Q_ENUM(State)

    [[nodiscard]] QString summary() const { return QString::number(id); }

    quint32 id = 0;
    State state = State::Open;
    QDate placed;
    Money total;
    QList<Money> items;
    QMap<QString, double> weights;
    QStringList tags;
    QVariant note;
    QJsonObject extra;
    int cached = 0;
    bool operator==(const Order &) const = default;
};

class Handle {
    Q_GADGET
    Q_PROPERTY(int id MEMBER id)
    Q_PROPERTY(QObject *owner MEMBER owner)

public:
    int id = 0;
    QObject *owner = nullptr;
    bool operator==(const Handle &) const = default;
};

class Holder {
    Q_GADGET
    Q_PROPERTY(Handle handle MEMBER handle)

public:
    Handle handle;
};

class Blank {
    Q_GADGET
};
