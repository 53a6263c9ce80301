// SPDX-License-Identifier: MIT
// As much of C++'s library as the headers under test name, declared and not
// defined: the dialect of Visual C++ is checked without its files.
#pragma once
#include "crt.h"
namespace std {
template <typename T> struct remove_reference { typedef T type; };
template <typename T> struct remove_reference<T &> { typedef T type; };
template <typename T> struct remove_reference<T &&> { typedef T type; };
template <typename T> constexpr typename remove_reference<T>::type &&move(T &&t) noexcept { return static_cast<typename remove_reference<T>::type &&>(t); }
typedef decltype(nullptr) nullptr_t;
class exception { public: exception() noexcept; virtual ~exception(); virtual const char *what() const noexcept; };
class exception_ptr { public: exception_ptr() noexcept; explicit operator bool() const noexcept; void swap(exception_ptr &) noexcept; };
exception_ptr current_exception() noexcept;
[[noreturn]] void rethrow_exception(exception_ptr);
enum memory_order { memory_order_relaxed, memory_order_acquire, memory_order_release, memory_order_acq_rel, memory_order_seq_cst };
template <typename T> struct atomic {
  constexpr atomic(T) noexcept {}
  atomic(const atomic &) = delete;
  T load(memory_order = memory_order_seq_cst) const noexcept;
  void store(T, memory_order = memory_order_seq_cst) noexcept;
  T exchange(T, memory_order = memory_order_seq_cst) noexcept;
  bool compare_exchange_strong(T &, T, memory_order = memory_order_seq_cst) noexcept;
  T fetch_add(T, memory_order = memory_order_seq_cst) noexcept;
};
class mutex { public: constexpr mutex() noexcept {} mutex(const mutex &) = delete; void lock(); void unlock(); };
template <typename M> class lock_guard { public: explicit lock_guard(M &); ~lock_guard(); };
class string {
 public:
  static const size_t npos = static_cast<size_t>(-1);
  string(); string(const char *); string(const char *, size_t); string(size_t, char); string(const string &); string(string &&) noexcept; ~string();
  string &operator=(const string &); string &operator=(string &&) noexcept; string &operator=(const char *);
  string &operator+=(const string &); string &operator+=(const char *); string &operator+=(char);
  const char *c_str() const noexcept; const char *data() const noexcept; size_t size() const noexcept; size_t length() const noexcept; bool empty() const noexcept;
  void clear() noexcept; void reserve(size_t); void push_back(char); void resize(size_t); string &append(const char *, size_t);
  size_t find(const char *, size_t = 0) const noexcept; size_t find(char, size_t = 0) const noexcept; char &operator[](size_t); const char &operator[](size_t) const;
  const char *begin() const; const char *end() const;
};
string operator+(const string &, const string &); string operator+(const string &, const char *); string operator+(const char *, const string &);
bool operator==(const string &, const char *); bool operator!=(const string &, const char *); bool operator==(const string &, const string &);
template <typename T> class vector {
 public:
  vector(); explicit vector(size_t); vector(size_t, const T &); vector(const vector &); vector(vector &&) noexcept; ~vector(); vector &operator=(const vector &); vector &operator=(vector &&) noexcept;
  void push_back(const T &); void clear() noexcept; size_t size() const noexcept; T *begin(); T *end(); const T *begin() const; const T *end() const; T &operator[](size_t); const T &operator[](size_t) const; T *data();
};
template <typename F> class function;
template <typename R, typename... A> class function<R(A...)> {
 public:
  function() noexcept; function(nullptr_t) noexcept; template <typename F> function(F) {} function(const function &); ~function();
  function &operator=(const function &); R operator()(A...) const; explicit operator bool() const noexcept;
};
template <typename T> class shared_ptr {
 public:
  constexpr shared_ptr() noexcept {} constexpr shared_ptr(nullptr_t) noexcept {} shared_ptr(const shared_ptr &) noexcept; shared_ptr(shared_ptr &&) noexcept; template <typename U> shared_ptr(const shared_ptr<U> &) noexcept; template <typename U> shared_ptr(shared_ptr<U> &&) noexcept; ~shared_ptr();
  shared_ptr &operator=(const shared_ptr &) noexcept; shared_ptr &operator=(shared_ptr &&) noexcept; T *operator->() const noexcept; T &operator*() const noexcept; T *get() const noexcept; explicit operator bool() const noexcept; void reset() noexcept;
};
template <typename T, typename... A> shared_ptr<T> make_shared(A &&...);
template <typename T> class unique_ptr { public: explicit unique_ptr(T *) noexcept; unique_ptr(unique_ptr &&) noexcept; ~unique_ptr(); T *operator->() const noexcept; T *get() const noexcept; T *release() noexcept; explicit operator bool() const noexcept; };
class ios { public: enum openmode { in = 1, binary = 4 }; explicit operator bool() const; bool operator!() const; bool eof() const; bool good() const; };
class ostream : public ios { public: ostream &operator<<(const char *); ostream &operator<<(const string &); ostream &operator<<(int); ostream &operator<<(char); ostream &operator<<(ostream &(*)(ostream &)); };
class istream : public ios { public: istream &read(char *, long long); long long gcount() const; };
class ifstream : public istream { public: explicit ifstream(const char *); void close(); };
ostream &endl(ostream &);
extern ostream cout, cerr;
}
