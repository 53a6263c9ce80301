// SPDX-License-Identifier: MIT
//
// Passes every kind of callable as a callback. The program includes only CSmtp.h; if
// WITH_FUNCTIONAL is defined, it includes <functional> too.
//
//	spellings HOST PORT
//
// Prints each check that failed.
#include "CSmtp.h"

#ifdef WITH_FUNCTIONAL
#include <functional>
#endif

static const char *g_host;
static unsigned short g_port;
static int g_wrong = 0, g_calls = 0;

static void Expect(bool right, const char *what) {
  if (right) return;
  g_wrong++;
  printf("wrong: %s\n", what);
}

static void Logs(int, const char *) { g_calls++; }
static int Progress(int64_t, int64_t) { g_calls++; return 0; }
static string Token(bool) { g_calls++; return "token"; }
static int64_t Read(void *, size_t) { g_calls++; return 0; }
static void Done(int) { g_calls++; }

struct Object {
  explicit Object(int *n) : calls(n) {}
  void operator()(int, const char *) { ++*calls; }
  int *calls;
};

struct Overloaded {
  void operator()(int, const char *) const { g_calls++; }
  void operator()(int) const { g_calls++; }
  int operator()(int64_t, int64_t) const { g_calls++; return 0; }
};

// Sets a log callback by calling 'set', and sends. Reports whether the callback was
// called.
template <typename Set> static bool Called(Set set) {
  CSmtp mail;
  mail.SetSMTPServer(g_host, g_port, false);
  mail.SetSenderMail("alice@test.example");
  mail.AddRecipient("bob@test.example");
  const int before = g_calls;
  set(mail);
  try { mail.Send(); } catch (const ECSmtp &) {}
  return g_calls > before;
}

static void Objects() {
  Expect(Called([](CSmtp &m) { m.SetLogCallback([](int, const char *) { g_calls++; }); }), "a lambda");
  Expect(Called([](CSmtp &m) { int n = 0; m.SetLogCallback([n](int, const char *) mutable { g_calls += ++n; }); }), "a lambda with state");
  Expect(Called([](CSmtp &m) { const auto log = [](int, const char *) { g_calls++; return true; }; m.SetLogCallback(log); }), "a lambda with a result");
  Expect(Called([](CSmtp &m) { m.SetLogCallback(Logs); }), "a function");
  Expect(Called([](CSmtp &m) { m.SetLogCallback(&Logs); }), "the address of a function");
  Expect(Called([](CSmtp &m) { void (*log)(int, const char *) = Logs; m.SetLogCallback(log); }), "a pointer");
  Expect(Called([](CSmtp &m) { m.SetLogCallback(Object(&g_calls)); }), "an object");
  Expect(Called([](CSmtp &m) { Object object(&g_calls); m.SetLogCallback(object); }), "a named object");
  Expect(Called([](CSmtp &m) { m.SetLogCallback(Overloaded()); }), "an overloaded object");
#if __cplusplus >= 201402L
  Expect(Called([](CSmtp &m) { m.SetLogCallback([](auto, auto) { g_calls++; }); }), "a generic lambda");
#endif
}

static void Nothing() {
  Expect(!Called([](CSmtp &m) { m.SetLogCallback(Logs); m.SetLogCallback(nullptr); }), "nullptr");
  Expect(!Called([](CSmtp &m) { m.SetLogCallback(Logs); m.SetLogCallback(NULL); }), "NULL");
  Expect(!Called([](CSmtp &m) { m.SetLogCallback(Logs); m.SetLogCallback({}); }), "{}");
  Expect(!Called([](CSmtp &m) { void (*log)(int, const char *) = nullptr; m.SetLogCallback(Logs); m.SetLogCallback(log); }), "a null pointer");
}

static void Methods() {
  CSmtp mail;
  mail.SetProgressCallback(Progress);
  mail.SetProgressCallback([](int64_t sent, int64_t total) { return sent > total; });
  mail.SetTokenCallback(Token);
  mail.SetTokenCallback([](bool refused) { return refused ? "" : "token"; });
  mail.AddAttachmentReader("a", "b/c", -1, Read);
  mail.AddAttachmentReader("a", "b/c", -1, [](void *, size_t) { return 0; });
  try { mail.SendAsync(Done); } catch (const ECSmtp &) {}
  try { mail.Wait(100000); } catch (const ECSmtp &) {}
  try { mail.SendAsync(); } catch (const ECSmtp &) {}
  try { mail.Wait(100000); } catch (const ECSmtp &) {}
  int calls = 0;
  mail.SetLogCallback(Object(&calls));
  CSmtp copy(mail), moved(static_cast<CSmtp &&>(mail));
  mail = copy;
  mail.SetLogCallback(nullptr);
}

#ifdef WITH_FUNCTIONAL
static void Functional() {
  using namespace std::placeholders;
  Expect(Called([](CSmtp &m) { std::function<void(int, const char *)> f = Logs; m.SetLogCallback(f); }), "a std::function");
  Expect(Called([](CSmtp &m) { const std::function<void(int, const char *)> f(Logs); m.SetLogCallback(f); }), "a const std::function");
  Expect(Called([](CSmtp &m) { m.SetLogCallback(std::function<void(int, const char *)>(Logs)); }), "a temporary std::function");
  Expect(Called([](CSmtp &m) { std::function<bool(long, std::string)> f = [](long, std::string) { g_calls++; return true; }; m.SetLogCallback(f); }), "a std::function of another signature");
  Expect(Called([](CSmtp &m) { m.SetLogCallback(std::bind(Logs, _1, _2)); }), "std::bind");
  Expect(Called([](CSmtp &m) { static Object object(&g_calls); m.SetLogCallback(std::ref(object)); }), "std::ref");
  Expect(!Called([](CSmtp &m) { m.SetLogCallback(Logs); m.SetLogCallback(std::function<void(int, const char *)>()); }), "an empty std::function");
  Expect(!Called([](CSmtp &m) { std::function<bool(int, const std::string &)> f; m.SetLogCallback(f); }), "an empty std::function of another signature");
  CSmtp mail;
  mail.SetTokenCallback(std::function<std::string(bool)>(Token));
  mail.SetTokenCallback(std::function<std::string(bool)>());
  mail.SetProgressCallback(std::function<int(int64_t, int64_t)>(Progress));
  mail.AddAttachmentReader("a", "b/c", -1, std::function<int64_t(void *, size_t)>(Read));
  try { mail.SendAsync(std::function<void(int)>()); } catch (const ECSmtp &) {}
  try { mail.Wait(100000); } catch (const ECSmtp &) {}
}
#endif

int main(int argc, char *argv[]) {
  if (argc != 3) return 2;
  g_host = argv[1];
  g_port = static_cast<unsigned short>(atoi(argv[2]));
  Objects();
  Nothing();
  Methods();
#ifdef WITH_FUNCTIONAL
  Functional();
#endif
  return g_wrong == 0 ? 0 : 1;
}
