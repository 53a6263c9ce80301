/* SPDX-License-Identifier: MIT
 *
 * freed.c: CSmtp_Free while an asynchronous Send or its done callback is running.
 * The callback has returned before Free returns, unless Free is called in a callback.
 * Most modes then free the callback's data, so that the sanitizers would detect a
 * later use.
 */
#include "end.h"

static void freed(void)
{
  int i;
  for (i = 0; i < ROUNDS; i++) {
    CSmtpHandle h = mailer();
    struct end *e = new_end(i % 3 ? 500 : 0);
    GOOD(h, CSmtp_SendAsync(h, ended, e));
    usleep((useconds_t)(i % 20) * 100);
    CSmtp_Free(h);
    check_end(e, "Free");
  }
}

/* One thread waits for the Send while another thread frees the handle. */
static void *waits_for_any(void *handle)
{
  int r;
  while ((r = CSmtp_Wait(*(CSmtpHandle *)handle, 20000)) == CSMTP_BUSY) {
  }
  CHECK(r == 0 || r == CSMTP_CANCELED || r == CSMTP_BAD_HANDLE, "Wait: %d", r);
  return NULL;
}

static void wait_and_free(void)
{
  int i;
  for (i = 0; i < ROUNDS; i++) {
    CSmtpHandle h = mailer();
    struct end *e = new_end(500);
    pthread_t id;
    GOOD(h, CSmtp_SendAsync(h, ended, e));
    id = thread(waits_for_any, &h, 0);
    usleep((useconds_t)(i % 20) * 100);
    CSmtp_Free(h);
    check_end(e, "Free");
    join(id);
  }
}

/* The callback frees the handle. */
struct freeing {
  int freed;
};

static void CSMTP_CALL frees(void *user, CSmtpHandle h, int error)
{
  struct freeing *f = user;
  (void)error;
  CSmtp_Free(h);
  CHECK(CSmtp_SetSubject(h, "x") == CSMTP_BAD_HANDLE, "the handle is valid after Free in the callback");
  CSmtp_Free(h);
  __atomic_store_n(&f->freed, 1, __ATOMIC_RELEASE);
}

static void freed_inside(void)
{
  int i;
  for (i = 0; i < ROUNDS; i++) {
    CSmtpHandle h = mailer();
    struct freeing f = { 0 };
    double until = now() + 30;
    GOOD(h, CSmtp_SendAsync(h, frees, &f));
    while (!__atomic_load_n(&f.freed, __ATOMIC_ACQUIRE)) {
      CHECK(now() < until, "the callback did not end");
      usleep(200);
    }
    CHECK(CSmtp_SetSubject(h, "x") == CSMTP_BAD_HANDLE, "the handle is valid after Free in the callback");
  }
}

/* Both the callback and the main thread free the handle. */
static void freed_twice(void)
{
  int i;
  for (i = 0; i < ROUNDS; i++) {
    CSmtpHandle h = mailer();
    struct freeing *f = calloc(1, sizeof *f);
    double until = now() + 30;
    GOOD(h, CSmtp_SendAsync(h, frees, f));
    while (i == 0 && !__atomic_load_n(&f->freed, __ATOMIC_ACQUIRE) && now() < until)
      usleep(200); /* so that at least one mail is sent */
    usleep((useconds_t)(i % 20) * 100);
    CSmtp_Free(h);
    while (!__atomic_load_n(&f->freed, __ATOMIC_ACQUIRE)) {
      CHECK(now() < until, "the callback did not end");
      usleep(200);
    }
    usleep(100);
    free(f);
  }
}

/* If two callbacks free each other's handles, they do not wait for each other. */
static pthread_barrier_t both;
static int crossed;

static void CSMTP_CALL frees_other(void *user, CSmtpHandle h, int error)
{
  (void)h;
  (void)error;
  pthread_barrier_wait(&both);
  CSmtp_Free(*(CSmtpHandle *)user);
  __atomic_add_fetch(&crossed, 1, __ATOMIC_ACQ_REL);
}

static void freed_crosswise(void)
{
  int i;
  for (i = 0; i < 20; i++) {
    CSmtpHandle a = mailer(), b = mailer();
    double until = now() + 30;
    pthread_barrier_init(&both, NULL, 2);
    crossed = 0;
    GOOD(a, CSmtp_SendAsync(a, frees_other, &b));
    GOOD(b, CSmtp_SendAsync(b, frees_other, &a));
    while (__atomic_load_n(&crossed, __ATOMIC_ACQUIRE) < 2) {
      CHECK(now() < until, "the two callbacks wait for each other");
      usleep(500);
    }
    pthread_barrier_destroy(&both);
  }
}

/* The callback frees the handle and then uses its user data. The main thread also frees the
 * handle, and then the user data: its call to Free returns only after the callback has returned. */
static void CSMTP_CALL frees_and_goes_on(void *user, CSmtpHandle h, int error)
{
  CSmtp_Free(h);
  usleep(1000);
  ended(user, h, error);
}

static void freed_by_two(void)
{
  int i;
  for (i = 0; i < ROUNDS; i++) {
    CSmtpHandle h = mailer();
    struct end *e = new_end(0);
    GOOD(h, CSmtp_SendAsync(h, frees_and_goes_on, e));
    usleep((useconds_t)(i % 20) * 100);
    CSmtp_Free(h);
    check_end(e, "Free");
  }
}

/* A callback starts another asynchronous Send and waits for it. The callback of this Send frees
 * the handle. */
static int ran;

static void CSMTP_CALL waits_for_next(void *user, CSmtpHandle h, int error)
{
  double began = now();
  int r;
  CHECK(error == 0, "the callback got error %d", error);
  GOOD(h, CSmtp_SendAsync(h, frees, user));
  while ((r = CSmtp_Wait(h, 60000)) == CSMTP_BUSY) {
  }
  CHECK(r == 0 || r == CSMTP_BAD_HANDLE, "Wait in the callback: %d", r);
  CHECK(now() - began < 20, "Free in the second callback waits for the first");
  __atomic_add_fetch(&ran, 1, __ATOMIC_RELEASE);
}

static void waited_inside(void)
{
  int i;
  for (i = 0; i < 10; i++) {
    CSmtpHandle h = mailer();
    struct freeing f = { 0 };
    double until = now() + 30;
    GOOD(h, CSmtp_SendAsync(h, waits_for_next, &f));
    while (!__atomic_load_n(&f.freed, __ATOMIC_ACQUIRE) || __atomic_load_n(&ran, __ATOMIC_ACQUIRE) == i) {
      CHECK(now() < until, "the callback did not end");
      usleep(200);
    }
  }
}

/* A callback of a batch calls Free on a mail of the batch. Free returns after the mail's own
 * done callback has returned. */
static CSmtpHandle held;

static void CSMTP_CALL frees_held(void *user, int direction, const char *line)
{
  (void)direction;
  (void)line;
  if (held != 0) {
    CSmtpHandle mail = held;
    held = 0;
    CSmtp_Free(mail);
    check_end(user, "Free in a batch's callback");
  }
}

static void freed_in_batch(void)
{
  CSmtpHandle h = mailer(), mail = mailer();
  struct end *e = new_end(4000000);
  GOOD(mail, CSmtp_SendAsync(mail, ended, e));
  while (CSmtp_GetOutcome(mail) != CSMTP_ACCEPTED)
    usleep(1000);
  usleep(50000); /* the callback is running now */
  held = mail;
  GOOD(h, CSmtp_SetLogCallback(h, frees_held, e));
  (void)CSmtp_SendBatch(h, &mail, 1, NULL);
  CHECK(held == 0, "no line was logged");
  CSmtp_Free(h);
}

MODES({ "freed", freed }, { "wait-and-free", wait_and_free }, { "freed-inside", freed_inside },
  { "freed-twice", freed_twice }, { "freed-by-two", freed_by_two }, { "freed-in-batch", freed_in_batch },
  { "freed-crosswise", freed_crosswise }, { "waited-inside", waited_inside })
