// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the thread sanitizer what Qt's thread pools and event loops hand over from one thread to
// another. Qt itself is not built with the sanitizer, so that its locks are not seen, and every
// task would look like a race between the one who gives it and the one who runs it. These
// functions stand in front of Qt's own in a program that they are linked into.
#include <QFutureInterface>
#include <QObject>
#include <QThreadPool>

#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>
#include <sched.h>

#include <cstdarg>

namespace {

/// The function that this program's own of the same mangled name hides.
template <typename Function> Function behind(const char *name)
{
    void *found = ::dlsym(RTLD_NEXT, name);
    if (!found)
        qFatal("there is no %s to stand in front of", name);
    return reinterpret_cast<Function>(found);
}

class Task final : public QRunnable {
public:
    Task(QThreadPool *pool, std::function<void()> function)
        : m_pool(pool), m_function(std::move(function))
    {
        __tsan_release(this);
    }

    void run() override
    {
        __tsan_acquire(this);
        // One after the other, each sees what the one before it did.
        if (m_pool->maxThreadCount() == 1)
            __tsan_acquire(m_pool);
        m_function();
        m_function = nullptr;
        __tsan_release(m_pool);
    }

private:
    QThreadPool *const m_pool;
    std::function<void()> m_function;
};

class Slot final : public QtPrivate::QSlotObjectBase {
public:
    explicit Slot(QSlotObjectBase *slot) : QSlotObjectBase(&serve), m_slot(slot)
    {
        __tsan_release(this);
    }

private:
    static void serve(int operation, QSlotObjectBase *self, QObject *receiver, void **arguments,
                      bool *equal)
    {
        __tsan_acquire(self);
        auto *slot = static_cast<Slot *>(self);
        switch (operation) {
        case Destroy:
            slot->m_slot->destroyIfLastRef();
            delete slot;
            break;
        case Call:
            slot->m_slot->call(receiver, arguments);
            __tsan_release(self); // whoever drops it last destroys what was used here
            break;
        case Compare:
            *equal = false;
            break;
        default:
            break;
        }
    }

    QSlotObjectBase *const m_slot;
};

/// Known by where it lies: whoever runs or drops it takes over what was done by the one who put it
/// there, however Qt's lock let them follow each other.
class Continuation final {
public:
    explicit Continuation(std::function<void(const QFutureInterfaceBase &)> next)
        : m_next(std::move(next))
    {
        __tsan_release(this);
    }
    Continuation(const Continuation &other) : m_next(other.m_next) { __tsan_release(this); }
    Continuation(Continuation &&other) noexcept : m_next(std::move(other.m_next))
    {
        __tsan_release(this);
    }
    Continuation &operator=(const Continuation &) = delete;
    Continuation &operator=(Continuation &&) = delete;
    ~Continuation() { __tsan_acquire(this); }

    void operator()(const QFutureInterfaceBase &finished) const
    {
        auto *place = const_cast<Continuation *>(this);
        __tsan_acquire(place);
        m_next(finished);
        __tsan_release(place);
    }

private:
    std::function<void(const QFutureInterfaceBase &)> m_next;
};

} // namespace

void QThreadPool::start(std::function<void()> function, int priority)
{
    start(new Task(this, std::move(function)), priority);
}

bool QThreadPool::waitForDone(int milliseconds)
{
    using Wait = bool (*)(QThreadPool *, int);
    static const auto wait = behind<Wait>("_ZN11QThreadPool11waitForDoneEi");
    const bool done = wait(this, milliseconds);
    if (done)
        __tsan_acquire(this);
    return done;
}

bool QMetaObject::invokeMethodImpl(QObject *object, QtPrivate::QSlotObjectBase *slot,
                                   Qt::ConnectionType type, void *result)
{
    using Invoke = bool (*)(QObject *, QtPrivate::QSlotObjectBase *, Qt::ConnectionType, void *);
    static const auto invoke = behind<Invoke>(
        "_ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBaseEN2Qt"
        "14ConnectionTypeEPv");
    return invoke(object, new Slot(slot), type, result);
}

/// What follows on a future is stored by one thread and run by the one that finishes the future.
void QFutureInterfaceBase::setContinuation(std::function<void(const QFutureInterfaceBase &)> next,
                                           QFutureInterfaceBasePrivate *follower)
{
    using Set = void (*)(QFutureInterfaceBase *, std::function<void(const QFutureInterfaceBase &)>,
                         QFutureInterfaceBasePrivate *);
    static const auto set = behind<Set>("_ZN20QFutureInterfaceBase15setContinuationESt8function"
                                        "IFvRKS_EEP27QFutureInterfaceBasePrivate");
    set(this, Continuation(std::move(next)), follower);
}

/// Likewise, where it is canceled or fails.
void QFutureInterfaceBase::setContinuation(std::function<void(const QFutureInterfaceBase &)> next)
{
    using Set = void (*)(QFutureInterfaceBase *, std::function<void(const QFutureInterfaceBase &)>);
    static const auto set
        = behind<Set>("_ZN20QFutureInterfaceBase15setContinuationESt8functionIFvRKS_EE");
    set(this, Continuation(std::move(next)));
}

/// The last one to let go of a future's results destroys what the others have used.
bool QFutureInterfaceBase::derefT() const noexcept
{
    using Deref = bool (*)(const QFutureInterfaceBase *);
    static const auto deref = behind<Deref>("_ZNK20QFutureInterfaceBase6derefTEv");
    __tsan_release(d);
    const bool others = deref(this);
    if (!others)
        __tsan_acquire(d);
    return others;
}

/// Drops what it held before, which may be the last hold on it.
QByteArray &QByteArray::operator=(const QByteArray &other) noexcept
{
    QByteArray(other).swap(*this);
    return *this;
}

/// QProcess lets its child share the memory until it is another program. What the sanitizer does in
/// a child after a fork would then be done in the parent: it would look away from there on.
extern "C" int clone(int (*function)(void *), void *stack, int flags, void *argument, ...)
{
    va_list more;
    va_start(more, argument);
    auto *parentId = va_arg(more, pid_t *);
    auto *storage = va_arg(more, void *);
    auto *childId = va_arg(more, pid_t *);
    va_end(more);
    using Clone = int (*)(int (*)(void *), void *, int, void *, pid_t *, void *, pid_t *);
    static const auto next = behind<Clone>("clone");
    return next(function, stack, flags & ~(CLONE_VM | CLONE_VFORK), argument, parentId, storage,
                childId);
}
