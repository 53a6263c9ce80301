// SPDX-License-Identifier: MIT
//
// csmtp_parts.h: replacements for the parts of <atomic>, <functional>, <memory> and
// <mutex> that csmtp_core.h needs. This file does not include these headers, because
// some compilers have no <mutex> (MinGW with the win32 thread model), and because
// `using namespace std` would bring their names into every program. Some macros
// (_GLIBCXX_DEBUG, _GLIBCXX_USE_CXX11_ABI) change the layout of standard types. No
// class in this file has a member of such a type, so files compiled with different
// macros can share objects of these classes.
#ifndef CSMTP_PARTS_H
#define CSMTP_PARTS_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <exception>
#include <new>
#include <type_traits>

// In a file that is compiled without exceptions (-fno-exceptions), the functions are in
// namespace no_exceptions, so that the linker does not use them in files compiled with
// exceptions. With libstdc++ and RTTI, an error in a file compiled without exceptions
// still throws an exception; otherwise, the error ends the program.
#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define CSMTP_INLINE_NAMESPACE
#define CSMTP_END_INLINE_NAMESPACE
#define CSMTP_TRY try
#define CSMTP_CATCH catch (...)
#define CSMTP_RETHROW throw
#define CSMTP_THROW(exception) throw exception
#else
#define CSMTP_INLINE_NAMESPACE inline namespace no_exceptions {
#define CSMTP_END_INLINE_NAMESPACE } // namespace no_exceptions
#define CSMTP_TRY if (true)
#define CSMTP_CATCH else
#define CSMTP_RETHROW
#define CSMTP_THROW(exception) std::rethrow_exception(std::make_exception_ptr(exception))
#endif

#if defined(_MSC_VER) && !defined(__clang__)
#if defined(_WIN64)
extern "C" long long __cdecl _InterlockedCompareExchange64(long long volatile *, long long, long long);
#pragma intrinsic(_InterlockedCompareExchange64)
#else
extern "C" long __cdecl _InterlockedCompareExchange(long volatile *, long, long);
#pragma intrinsic(_InterlockedCompareExchange)
#endif
#endif

namespace csmtp_detail {
CSMTP_INLINE_NAMESPACE

// The underlying type of an enumeration that does not specify one. It depends on the
// compiler.
enum Plain { PLAIN = 999 };
typedef std::underlying_type<Plain>::type Underlying;

// A number that threads share. Its operations are atomic.
class Word {
 public:
  constexpr explicit Word(uintptr_t value) noexcept : m_value(value) {}
  Word(const Word &) = delete;
  Word &operator=(const Word &) = delete;
  uintptr_t Load() const noexcept {
#if defined(_MSC_VER) && !defined(__clang__)
    return Replace(0, 0);
#else
    return __atomic_load_n(&m_value, __ATOMIC_ACQUIRE);
#endif
  }
  // If the number equals 'expected', replaces it with 'value'. Returns the old number.
  uintptr_t Replace(uintptr_t expected, uintptr_t value) const noexcept {
#if defined(_MSC_VER) && !defined(__clang__)
#if defined(_WIN64)
    return static_cast<uintptr_t>(_InterlockedCompareExchange64(reinterpret_cast<long long volatile *>(&m_value),
                                                                static_cast<long long>(value), static_cast<long long>(expected)));
#else
    return static_cast<uintptr_t>(_InterlockedCompareExchange(reinterpret_cast<long volatile *>(&m_value),
                                                              static_cast<long>(value), static_cast<long>(expected)));
#endif
#else
    __atomic_compare_exchange_n(&m_value, &expected, value, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    return expected;
#endif
  }
  // Stores 'value'. Returns the old number.
  uintptr_t Exchange(uintptr_t value) const noexcept {
    uintptr_t seen = Load(), was;
    while ((was = Replace(seen, value)) != seen) seen = was;
    return seen;
  }
  // Adds n. To subtract 1, pass -1 converted to uintptr_t. Returns the sum.
  uintptr_t Add(uintptr_t n) const noexcept {
    uintptr_t seen = Load(), was;
    while ((was = Replace(seen, seen + n)) != seen) seen = was;
    return seen + n;
  }

 private:
  mutable uintptr_t m_value;
};

// The base class of objects to which a Shared can point.
struct Counted {
  Counted() noexcept : owners(0) {}
  Counted(const Counted &) = delete;
  Counted &operator=(const Counted &) = delete;
  Word owners;
};

// A reference-counted pointer. The last Shared that points to an object deletes the
// object.
template <typename T>
class Shared {
 public:
  constexpr Shared() noexcept : m_object(nullptr) {}
  explicit Shared(T *object) noexcept : m_object(object) { Own(); }
  Shared(const Shared &other) noexcept : m_object(other.m_object) { Own(); }
  Shared(Shared &&other) noexcept : m_object(other.m_object) { other.m_object = nullptr; }
  Shared &operator=(Shared other) noexcept {
    T *const object = m_object;
    m_object = other.m_object;
    other.m_object = object;
    return *this;
  }
  ~Shared() {
    if (m_object != nullptr && m_object->owners.Add(static_cast<uintptr_t>(-1)) == 0) delete m_object;
  }
  explicit operator bool() const noexcept { return m_object != nullptr; }
  T &operator*() const noexcept { return *m_object; }
  T *operator->() const noexcept { return m_object; }
  T *Get() const noexcept { return m_object; }

 private:
  void Own() const noexcept {
    if (m_object != nullptr) m_object->owners.Add(1);
  }
  T *m_object;
};

// A list. Items can be added, but not removed one by one.
template <typename T>
class List {
 public:
  List() noexcept : m_items(nullptr), m_count(0), m_room(0) {}
  List(const List &) = delete;
  List &operator=(const List &) = delete;
  ~List() { delete[] m_items; }
  void Add(T item) {
    if (m_count == m_room) {
      const size_t room = m_room == 0 ? 4 : 2 * m_room;
      T *const items = new T[room];
      for (size_t i = 0; i < m_count; i++) items[i] = static_cast<T &&>(m_items[i]);
      delete[] m_items;
      m_items = items;
      m_room = room;
    }
    m_items[m_count++] = static_cast<T &&>(item);
  }
  void Clear() noexcept {
    delete[] m_items;
    m_items = nullptr;
    m_count = m_room = 0;
  }
  const T *begin() const noexcept { return m_items; }
  const T *end() const noexcept { return m_items + m_count; }

 private:
  T *m_items;
  size_t m_count, m_room;
};

// Owns a copy of a C string.
class Text {
 public:
  Text() noexcept : m_text(nullptr) {}
  Text(const Text &) = delete;
  Text &operator=(const Text &) = delete;
  ~Text() { delete[] m_text; }
  // Stores the concatenation of the three strings.
  void Set(const char *first, const char *second = "", const char *third = "") {
    const size_t sizes[] = {strlen(first), strlen(second), strlen(third) + 1};
    char *const copy = new char[sizes[0] + sizes[1] + sizes[2]];
    memcpy(copy, first, sizes[0]);
    memcpy(copy + sizes[0], second, sizes[1]);
    memcpy(copy + sizes[0] + sizes[1], third, sizes[2]);
    delete[] m_text;
    m_text = copy;
  }
  void Clear() noexcept {
    delete[] m_text;
    m_text = nullptr;
  }
  const char *Get() const noexcept { return m_text != nullptr ? m_text : ""; }

 private:
  char *m_text;
};

// A list of slots, each of which can hold an exception. The owner of a slot is a thread,
// NOBODY if the slot is free, or CHANGING while a function changes the slot.
class Slots {
 protected:
  enum : uintptr_t { NOBODY, CHANGING }; // any other owner is the number of a thread: see Thread()
  struct Slot {
    Slot() noexcept : next(nullptr), owner(CHANGING), depth(0), exception() {}
    Slot *next;
    Word owner;
    uintptr_t depth;
    std::exception_ptr exception;
  };
  Slots() noexcept : m_first(0) {}
  Slots(const Slots &) = delete;
  Slots &operator=(const Slots &) = delete;
  ~Slots() {
    for (Slot *s = First(), *next; s != nullptr; s = next) {
      next = s->next;
      delete s;
    }
  }
  // Returns a number for the calling thread: the address of its errno.
  static uintptr_t Thread() noexcept { return reinterpret_cast<uintptr_t>(&errno); }
  Slot *First() const noexcept { return reinterpret_cast<Slot *>(m_first.Load()); }
  // Of the slots of this thread, returns the one with the greatest depth; nullptr if the
  // thread has no slot.
  Slot *Mine() const noexcept {
    Slot *mine = nullptr;
    for (Slot *s = First(); s != nullptr; s = s->next)
      if (s->owner.Load() == Thread() && (mine == nullptr || s->depth > mine->depth)) mine = s;
    return mine;
  }
  // Returns a free slot and sets its owner to CHANGING. Returns nullptr if there is no
  // memory.
  Slot *Claim() noexcept {
    for (Slot *s = First(); s != nullptr; s = s->next)
      if (s->owner.Replace(NOBODY, CHANGING) == NOBODY) return s;
    Slot *const slot = new (std::nothrow) Slot;
    if (slot == nullptr) return nullptr;
    uintptr_t seen;
    do {
      seen = m_first.Load();
      slot->next = reinterpret_cast<Slot *>(seen);
    } while (m_first.Replace(seen, reinterpret_cast<uintptr_t>(slot)) != seen);
    return slot;
  }
  // Removes the exception from the slot, sets the slot's owner, and throws the
  // exception. The slot must belong to the calling thread, or its owner must be
  // CHANGING.
  [[noreturn]] static void Throw(Slot *s, uintptr_t owner) {
    const std::exception_ptr exception = s->exception;
    s->exception = nullptr;
    s->owner.Exchange(owner);
    std::rethrow_exception(exception);
  }

 private:
  Word m_first;
};

// The exceptions that callbacks of asynchronous Sends threw. Poll and Wait throw
// them again.
class Pending : private Slots {
 public:
  // Stores the exception that is being handled, unless an exception that was thrown on
  // this thread is already stored. If there is not enough memory, the exception is
  // lost. The asynchronous Send still fails if the exception came from a callback that
  // ran during the Send.
  void Keep() noexcept {
    if (Mine() != nullptr) return;
    Slot *const s = Claim();
    if (s == nullptr) return;
    s->exception = std::current_exception();
    s->owner.Exchange(Thread());
  }
  // Throws one of the stored exceptions, if there is one.
  void Rethrow() {
    for (Slot *s = First(); s != nullptr; s = s->next) {
      const uintptr_t owner = s->owner.Load();
      if (owner != NOBODY && owner != CHANGING && s->owner.Replace(owner, CHANGING) == owner) Throw(s, NOBODY);
    }
  }
};

// The running calls, on an object and its copies, that may run callbacks. An exception
// that leaves a callback must not pass through the C functions of the library. It is
// therefore stored here until the call that ran the callback has returned from the
// library, and is then thrown again. A callback belongs to the innermost call on its
// thread. If the thread has no call, the callback was run by an asynchronous Send, on a
// thread of the library.
class Calls : public Counted, private Slots {
 public:
  // A Call registers a call for as long as the Call exists. Construct the Call before the
  // C function is called, and keep it until any exception that a callback threw has been
  // thrown again.
  class Call {
   public:
    Call() noexcept : m_calls(), m_slot(nullptr) {}
    explicit Call(const Shared<Calls> &calls) noexcept : m_calls(calls), m_slot(calls ? calls->Begin() : nullptr) {}
    Call(Call &&other) noexcept : m_calls(static_cast<Shared<Calls> &&>(other.m_calls)), m_slot(other.m_slot) { other.m_slot = nullptr; }
    Call(const Call &) = delete;
    Call &operator=(const Call &) = delete;
    ~Call() {
      if (m_slot == nullptr) return;
      m_slot->exception = nullptr;
      m_slot->owner.Exchange(NOBODY);
    }

   private:
    Shared<Calls> m_calls;
    Slot *m_slot;
  };
  // Reports whether this thread has a registered call.
  bool AtWork() const noexcept { return Mine() != nullptr; }
  // Stores the exception that is being handled, unless this thread's call already has
  // one. Returns false if this thread has no call.
  bool Keep() noexcept {
    Slot *const s = Mine();
    if (s != nullptr && !s->exception) s->exception = std::current_exception();
    return s != nullptr;
  }
  // Throws the exception that Keep has stored for this thread's call, if there is one.
  void Rethrow() {
    Slot *const s = Mine();
    if (s != nullptr && s->exception) Throw(s, Thread());
  }
  // The exceptions that readers threw in asynchronous Sends. A reader does not know in
  // which Send it runs.
  Pending readers;

 private:
  Slot *Begin() noexcept {
    const Slot *const outer = Mine();
    Slot *const s = Claim();
    if (s == nullptr) return nullptr;
    s->depth = outer != nullptr ? outer->depth + 1 : 0;
    s->owner.Exchange(Thread());
    return s;
  }
};

template <typename T> T &&Made() noexcept; // only for decltype

// Callable<F, R, A...>::value is true if F can be called with arguments of the types A
// and the result of the call converts to R.
template <typename F, typename R, typename... A>
struct Callable {
  template <typename G, typename Result = decltype(Made<G &>()(Made<A>()...))>
  static std::integral_constant<bool, std::is_void<R>::value || std::is_convertible<Result, R>::value> Test(int);
  template <typename G> static std::false_type Test(long);
  static const bool value = decltype(Test<F>(0))::value;
};

// Reports whether f is a null pointer or an empty object, such as an empty
// std::function.
template <typename F>
auto IsNull(const F &f, int) -> decltype(static_cast<bool>(f == nullptr)) {
  return f == nullptr;
}
template <typename F>
bool IsNull(const F &, long) {
  return false;
}

// Holds anything that can be called: a lambda, a pointer to a function, an object
// with operator(), or a std::function. Copying a Function copies what it holds. A
// Function made from nullptr is empty.
template <typename Signature> class Function;
template <typename R, typename... A>
class Function<R(A...)> {
 public:
  Function() noexcept : m_any(nullptr) {}
  Function(decltype(nullptr)) noexcept : m_any(nullptr) {}
  template <typename F, typename = typename std::enable_if<Callable<F, R, A...>::value>::type>
  Function(F f) : m_any(IsNull(f, 0) ? nullptr : new Of<F>(static_cast<F &&>(f))) {}
  Function(const Function &other) : m_any(other.m_any != nullptr ? other.m_any->Copy() : nullptr) {}
  Function(Function &&other) noexcept : m_any(other.m_any) { other.m_any = nullptr; }
  Function &operator=(Function other) noexcept {
    Any *const any = m_any;
    m_any = other.m_any;
    other.m_any = any;
    return *this;
  }
  ~Function() { delete m_any; }
  explicit operator bool() const noexcept { return m_any != nullptr; }
  R operator()(A... arguments) const { return m_any->Call(static_cast<A &&>(arguments)...); }

 private:
  struct Any {
    Any() noexcept {}
    Any(const Any &) = delete;
    Any &operator=(const Any &) = delete;
    virtual ~Any() {}
    virtual R Call(A &&...arguments) = 0;
    virtual Any *Copy() const = 0;
  };
  template <typename F>
  struct Of : Any {
    explicit Of(F &&g) : f(static_cast<F &&>(g)) {}
    explicit Of(const F &g) : f(g) {}
    R Call(A &&...arguments) override { return static_cast<R>(f(static_cast<A &&>(arguments)...)); }
    Any *Copy() const override { return new Of(f); }
    F f;
  };
  Any *m_any;
};

CSMTP_END_INLINE_NAMESPACE
} // namespace csmtp_detail

#endif // CSMTP_PARTS_H
