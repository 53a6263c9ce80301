/* SPDX-License-Identifier: MIT
 *
 * threads.c: calls the library from many threads, from threads with small stacks, and
 * from short-lived and canceled threads.
 */
#include "host.h"

#include <limits.h>

enum { MANY = 64, SHARING = 16, MAILS = 5 };

static void *own_handle(void *unused)
{
  CSmtpHandle h = mailer();
  int i;
  GOOD(h, CSmtp_ConnectRemoteServer(h, "127.0.0.1", port, CSMTP_NO_SECURITY, 0, NULL, NULL));
  for (i = 0; i < MAILS; i++)
    GOOD(h, CSmtp_Send(h));
  GOOD(h, CSmtp_DisconnectRemoteServer(h));
  CSmtp_Free(h);
  return unused;
}

static void run_many(void *(*run)(void *), void *argument, int n, size_t stack)
{
  pthread_t id[MANY];
  int i;
  for (i = 0; i < n; i++)
    id[i] = thread(run, argument, stack);
  for (i = 0; i < n; i++)
    join(id[i]);
}

static void own(void) { run_many(own_handle, NULL, MANY, 0); }
static void stacks_64k(void) { run_many(own_handle, NULL, MANY, 64 << 10); }
static void stacks_16k(void) { run_many(own_handle, NULL, MANY, PTHREAD_STACK_MIN > (16 << 10) ? PTHREAD_STACK_MIN : 16 << 10); }

static void *shared_handle(void *handle)
{
  CSmtpHandle h = *(CSmtpHandle *)handle;
  int i;
  for (i = 0; i < MAILS; i++) {
    GOOD(h, CSmtp_Send(h));
    GOOD(h, CSmtp_SetSubject(h, "changed by one of many"));
    CHECK(CSmtp_GetSubject(h)[0] != 0, "GetSubject");
  }
  return NULL;
}

static void shared(void)
{
  CSmtpHandle h = mailer();
  run_many(shared_handle, &h, SHARING, 0);
  run_many(shared_handle, &h, SHARING, 64 << 10);
  CSmtp_Free(h);
}

static void *one_call(void *handle)
{
  CHECK(CSmtp_GetMsgLines(*(CSmtpHandle *)handle) == 1, "GetMsgLines");
  return NULL;
}

static long resident(void)
{
  long pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  CHECK(f != NULL && fscanf(f, "%*d %ld", &pages) == 1, "/proc/self/statm");
  fclose(f);
  return pages * (sysconf(_SC_PAGESIZE) >> 10);
}

/* Threads that make one call and end leave no memory behind. */
static void short_lives(void)
{
  enum { LIVES = 2000 };
  CSmtpHandle h = mailer();
  long before;
  int i;
  for (i = 0; i < LIVES / 4; i++)
    join(thread(one_call, &h, 64 << 10));
  before = resident();
  for (i = 0; i < LIVES; i++)
    join(thread(one_call, &h, 64 << 10));
  CHECK(resident() - before < 4096, "%ld KiB more", resident() - before);
  CHECK(threads() < 32, "%d threads", threads());
}

static pthread_barrier_t started;
static volatile int completed;

static void *is_cancelled(void *type)
{
  CSmtpHandle h = mailer();
  int i;
  /* The thread waits at the barrier before it sets its cancel type: pthread_barrier_destroy
   * would wait forever for a thread that was canceled inside the barrier. */
  pthread_barrier_wait(&started);
  pthread_setcanceltype(*(int *)type, NULL);
  for (i = 0; i < 100000; i++) {
    GOOD(h, CSmtp_Send(h));
    pthread_testcancel();
  }
  completed = 1; /* checked instead of PTHREAD_CANCELED, which glibc 2.36 sometimes loses */
  return NULL;
}

/* If a thread is canceled during a call to the library, it ends after this call, and never
 * inside it. */
static void cancel_type(int type)
{
  int i;
  CSmtpHandle h = mailer();
  for (i = 0; i < 20; i++) {
    pthread_t id;
    pthread_barrier_init(&started, NULL, 2);
    id = thread(is_cancelled, &type, 0);
    pthread_barrier_wait(&started);
    usleep((useconds_t)i * 300);
    CHECK(pthread_cancel(id) == 0, "pthread_cancel");
    join(id);
    CHECK(!completed, "round %d: not canceled", i);
    pthread_barrier_destroy(&started);
    GOOD(h, CSmtp_Send(h));
  }
}

static void cancelled(void) { cancel_type(PTHREAD_CANCEL_DEFERRED); }
static void cancelled_at_once(void) { cancel_type(PTHREAD_CANCEL_ASYNCHRONOUS); }

static void thousand_handles(void)
{
  enum { HANDLES = 1000 };
  static CSmtpHandle h[HANDLES];
  int i;
  for (i = 0; i < HANDLES; i++) {
    h[i] = mailer();
    CHECK(i == 0 || h[i] > h[i - 1], "a handle was reused");
  }
  for (i = 0; i < HANDLES; i += 10)
    GOOD(h[i], CSmtp_Send(h[i]));
  for (i = 0; i < HANDLES; i++)
    CSmtp_Free(h[i]);
  for (i = 0; i < HANDLES; i++)
    CHECK(CSmtp_Send(h[i]) == CSMTP_BAD_HANDLE, "a freed handle");
}

/* The host's destructors of thread-specific data call the library. They can run before or after
 * Go's own destructor. */
static pthread_key_t early, late;

static void calls_at_the_end(void *handle)
{
  CHECK(CSmtp_GetMsgLines(*(CSmtpHandle *)handle) == 1, "GetMsgLines");
  GOOD(*(CSmtpHandle *)handle, CSmtp_Send(*(CSmtpHandle *)handle));
}

static void *has_keys(void *handle)
{
  pthread_setspecific(early, handle);
  pthread_setspecific(late, handle);
  GOOD(*(CSmtpHandle *)handle, CSmtp_Send(*(CSmtpHandle *)handle));
  return NULL;
}

static void destructors(void)
{
  CSmtpHandle h;
  pthread_key_create(&early, calls_at_the_end);
  h = mailer();
  pthread_key_create(&late, calls_at_the_end);
  run_many(has_keys, &h, 8, 0);
  CSmtp_Free(h);
}

/* The host has created every possible pthread key. So Go has no key under which to store its
 * record of a thread, and creates a new record at each call. */
static void no_keys(void)
{
  pthread_key_t key;
  int n = 0;
  while (pthread_key_create(&key, NULL) == 0)
    n++;
  CHECK(n > 100, "%d keys", n);
  own();
  own();
}

/* 16 threads make the process's first call at the same time. */
static void all_first(void) { run_many(own_handle, NULL, SHARING, 64 << 10); }

MODES({ "own", own }, { "stacks-64k", stacks_64k }, { "stacks-16k", stacks_16k }, { "shared", shared },
  { "short-lives", short_lives }, { "cancel", cancelled }, { "cancel-async", cancelled_at_once },
  { "handles", thousand_handles }, { "destructors", destructors },
  { "no-keys", no_keys }, { "all-first", all_first })
