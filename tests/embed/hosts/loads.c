/* SPDX-License-Identifier: MIT
 *
 * loads.c: loads the library by dlopen. CSMTP_LIBRARY is its path;
 * SECOND_LIBRARY is the path of another library written in Go.
 */
#include "host.h"

#include <dlfcn.h>

struct library {
  CSmtpHandle (*make)(void);
  void (*release)(CSmtpHandle);
  int (*server)(CSmtpHandle, const char *, unsigned short, int);
  int (*sender)(CSmtpHandle, const char *);
  int (*recipient)(CSmtpHandle, const char *, const char *);
  int (*send)(CSmtpHandle);
  const char *(*text)(CSmtpHandle);
};

static void *load(int flags)
{
  const char *path = getenv("CSMTP_LIBRARY");
  void *library;
  CHECK(path != NULL, "CSMTP_LIBRARY is not set");
  library = dlopen(path, flags);
  CHECK(library != NULL, "%s", dlerror());
  return library;
}

static void *symbol(void *library, const char *name)
{
  void *s = dlsym(library, name);
  CHECK(s != NULL, "%s", dlerror());
  return s;
}

static void send_by(void *library)
{
  struct library l;
  CSmtpHandle h;
  int r;
  *(void **)&l.make = symbol(library, "CSmtp_New");
  *(void **)&l.release = symbol(library, "CSmtp_Free");
  *(void **)&l.server = symbol(library, "CSmtp_SetSMTPServer");
  *(void **)&l.sender = symbol(library, "CSmtp_SetSenderMail");
  *(void **)&l.recipient = symbol(library, "CSmtp_AddRecipient");
  *(void **)&l.send = symbol(library, "CSmtp_Send");
  *(void **)&l.text = symbol(library, "CSmtp_GetLastErrorText");
  h = l.make();
  CHECK(h != 0, "CSmtp_New: %s", l.text(0));
  CHECK(l.server(h, "127.0.0.1", port, 0) == 0 && l.sender(h, "host@test.example") == 0
      && l.recipient(h, "alice@test.example", "") == 0, "%s", l.text(h));
  r = l.send(h);
  CHECK(r == 0, "Send: %d: %s", r, l.text(h));
  l.release(h);
}

static void local_and_lazy(void)
{
  send_by(load(RTLD_LOCAL | RTLD_LAZY));
  CHECK(dlsym(RTLD_DEFAULT, "CSmtp_New") == NULL, "RTLD_LOCAL is not local");
}

/* After dlclose, the library stays loaded, because its threads are still running. */
static void closed_again(void)
{
  int i;
  for (i = 0; i < 20; i++) {
    void *library = load(RTLD_NOW);
    send_by(library);
    CHECK(dlclose(library) == 0, "%s", dlerror());
  }
  CHECK(threads() < 32, "%d threads", threads());
}

static void *loads_and_sends(void *unused)
{
  send_by(load(RTLD_NOW));
  return unused;
}

static void two_at_once(void)
{
  pthread_t one = thread(loads_and_sends, NULL, 0), two = thread(loads_and_sends, NULL, 0);
  join(one);
  join(two);
}

/* Returns another library that is written in Go. When it is loaded, its own Go runtime starts
 * and installs signal handlers. */
static void *second(void)
{
  void *library = dlopen(getenv("SECOND_LIBRARY"), RTLD_NOW);
  CHECK(library != NULL, "%s", dlerror());
  return library;
}

static void *uses_second(void *library)
{
  int (*sum)(int);
  int (*recovers)(void);
  int i;
  *(void **)&sum = symbol(library, "secondSum");
  *(void **)&recovers = symbol(library, "secondRecovers");
  for (i = 0; i < 200; i++) {
    CHECK(sum(20) == 210, "secondSum");
    CHECK(recovers() == 1, "secondRecovers");
  }
  return NULL;
}

static void mix(void *library, void *other)
{
  pthread_t id[4];
  int i;
  for (i = 0; i < 4; i++)
    id[i] = thread(uses_second, other, 0);
  for (i = 0; i < 20; i++)
    send_by(library);
  for (i = 0; i < 4; i++)
    join(id[i]);
}

static void second_first(void)
{
  void *other = second();
  uses_second(other);
  mix(load(RTLD_NOW), other);
}

static void second_later(void)
{
  void *library = load(RTLD_NOW);
  send_by(library);
  mix(library, second());
}

/* Loading the library changes nothing in the process. */
static void host_handler(int sig) { (void)sig; }

static void nothing_changes(void)
{
  struct sigaction was[65], is;
  stack_t stack;
  sigset_t mask, none;
  int sig;
  for (sig = 1; sig < 65; sig++) {
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = sig % 3 == 0 ? SIG_IGN : host_handler;
    if (sig % 5 != 0)
      sigaction(sig, &a, NULL);
    memset(&was[sig], 0, sizeof *was);
    sigaction(sig, NULL, &was[sig]);
  }
  load(RTLD_NOW);
  for (sig = 1; sig < 65; sig++) {
    memset(&is, 0, sizeof is);
    sigaction(sig, NULL, &is);
    CHECK(was[sig].sa_handler == is.sa_handler && was[sig].sa_flags == is.sa_flags, "the disposition of signal %d changed", sig);
  }
  sigemptyset(&none);
  sigemptyset(&mask);
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  CHECK(memcmp(&mask, &none, 8) == 0, "the signal mask changed");
  sigaltstack(NULL, &stack);
  CHECK(stack.ss_flags == SS_DISABLE, "an alternate stack was set");
  CHECK(threads() == 1, "%d threads", threads());
}

MODES({ "local-lazy", local_and_lazy }, { "dlclose", closed_again }, { "two-at-once", two_at_once },
  { "second-first", second_first }, { "second-later", second_later }, { "nothing", nothing_changes })
