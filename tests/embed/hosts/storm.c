/* SPDX-License-Identifier: MIT
 *
 * storm.c: sends mails while signals arrive frequently. Their handler was installed
 * without SA_ONSTACK, and uses 16 KiB of the interrupted thread's stack. The signals
 * arrive for CSMTP_STORM_SECONDS seconds, by default 2.
 */
#include "host.h"

#include <sys/time.h>

enum { FRAME = 16 << 10, SENDERS = 3 };

static int security = CSMTP_NO_SECURITY; /* for all sending threads */
static volatile long signals;
static volatile int over;

static void uses_stack(int sig)
{
  volatile char frame[FRAME];
  size_t i;
  (void)sig;
  for (i = 0; i < sizeof frame; i += 512)
    frame[i] = (char)i;
  signals += frame[0] == 0;
}

static void *sends(void *unused)
{
  long *n = unused;
  CSmtpHandle h = mailer();
  char subject[64];
  GOOD(h, CSmtp_SetSecurityType(h, security));
  GOOD(h, CSmtp_SetVerifyPeer(h, 0));
  while (!over) {
    snprintf(subject, sizeof subject, "number %ld", *n);
    GOOD(h, CSmtp_SetSubject(h, subject));
    CHECK(strcmp(CSmtp_GetSubject(h), subject) == 0, "GetSubject: %s", CSmtp_GetSubject(h));
    GOOD(h, CSmtp_Send(h));
    ++*n;
  }
  CSmtp_Free(h);
  return NULL;
}

enum { NO_TIMER = -1 };

/* Sends mails while the signal sig arrives. The check fails if too few signals arrive: 'least' is
 * the minimum for each second that the storm is meant to last. The interval timer 'timer' raises
 * the signal. If 'timer' is NO_TIMER, the caller has already set up a timer that raises it. */
static void storm(int timer, int sig, long microseconds, long least)
{
  const char *text = getenv("CSMTP_STORM_SECONDS");
  int seconds = text != NULL && atoi(text) > 0 ? atoi(text) : 2;
  struct itimerval every = { { 0, microseconds }, { 0, microseconds } }, never = { { 0, 0 }, { 0, 0 } };
  struct sigaction a;
  pthread_t id[SENDERS];
  long mails[SENDERS] = { 0 }, all = 0;
  double until = now() + seconds;
  int i;
  memset(&a, 0, sizeof a);
  a.sa_handler = uses_stack; /* without SA_ONSTACK */
  a.sa_flags = SA_RESTART;
  CHECK(sigaction(sig, &a, NULL) == 0, "sigaction: %s", strerror(errno));
  CHECK(timer == NO_TIMER || setitimer(timer, &every, NULL) == 0, "setitimer: %s", strerror(errno));
  for (i = 0; i < SENDERS; i++)
    id[i] = thread(sends, &mails[i], 0);
  /* On a busy machine, fewer signals arrive. The loop then runs longer. */
  while (now() < until || (signals <= least * seconds && now() < until + 40))
    send_new();
  over = 1;
  for (i = 0; i < SENDERS; i++) {
    join(id[i]);
    all += mails[i];
    CHECK(mails[i] > 0, "thread %d sent nothing", i);
  }
  if (timer != NO_TIMER)
    setitimer(timer, &never, NULL);
  printf("%ld mails, %ld signals in %d s\n", all, signals, seconds);
  CHECK(signals > least * seconds, "only %ld signals", signals);
}

static void alarms(void) { storm(ITIMER_REAL, SIGALRM, 200, 200); }
/* Each mail needs a TLS handshake, so that most signals interrupt cryptographic
 * code. */
static void alarms_and_tls(void)
{
  security = CSMTP_USE_TLS;
  alarms();
}
/* The kernel counts processor time in ticks, so these two signals arrive less often. */
static void profiles(void) { storm(ITIMER_PROF, SIGPROF, 500, 10); }
static void virtual(void) { storm(ITIMER_VIRTUAL, SIGVTALRM, 500, 10); }

/* Sends mails while a timer raises the signal sig every 200 us. The callers pass signals
 * that Go unblocks on its threads, and signals that Go itself uses. */
static void fast(int sig)
{
  struct sigevent event;
  struct itimerspec every = { { 0, 200000 }, { 0, 200000 } };
  timer_t timer;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = sig;
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0, "timer_create: %s", strerror(errno));
  CHECK(signal(sig, uses_stack) != SIG_ERR, "signal: %s", strerror(errno));
  CHECK(timer_settime(timer, 0, &every, NULL) == 0, "timer_settime: %s", strerror(errno));
  storm(NO_TIMER, sig, 0, 200);
  timer_delete(timer);
}

static void fast_profiles(void) { fast(SIGPROF); }
static void real_time(void) { fast(SIGRTMIN); }
static void children(void) { fast(SIGCHLD); }
static void urgent(void)
{
  send_new();
  fast(SIGURG);
}

MODES({ "alarm", alarms }, { "alarm-tls", alarms_and_tls }, { "prof", profiles }, { "vtalrm", virtual }, { "prof-fast", fast_profiles },
  { "rtmin", real_time }, { "chld", children }, { "urg", urgent })
