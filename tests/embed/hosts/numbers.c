/* SPDX-License-Identifier: MIT
 *
 * numbers.c: passes numbers that are not addresses as the argument 'user' of callbacks,
 * and as the address of data of size 0.
 */
#include "host.h"

static int called[5];

static void check(void *user, int number)
{
  CHECK((uintptr_t)user == (uintptr_t)number, "user is %p instead of %d", user, number);
  __atomic_add_fetch(&called[number], 1, __ATOMIC_RELAXED);
}

static void CSMTP_CALL logs(void *user, int direction, const char *line)
{
  (void)direction;
  (void)line;
  check(user, 1);
}

static int CSMTP_CALL progresses(void *user, int64_t sent, int64_t total)
{
  (void)sent;
  (void)total;
  check(user, 2);
  return 0;
}

static int64_t CSMTP_CALL reads(void *user, void *buffer, size_t capacity)
{
  (void)buffer;
  (void)capacity;
  check(user, 3);
  return 0;
}

static void CSMTP_CALL done(void *user, CSmtpHandle h, int error)
{
  (void)h;
  CHECK(error == 0, "error %d", error);
  check(user, 4);
}

static CSmtpHandle with_numbers(void)
{
  CSmtpHandle h = mailer();
  GOOD(h, CSmtp_SetSecurityType(h, CSMTP_USE_TLS)); /* the handshake needs a large stack, which Go then makes smaller */
  GOOD(h, CSmtp_SetVerifyPeer(h, 0));
  GOOD(h, CSmtp_SetLogCallback(h, logs, (void *)1));
  GOOD(h, CSmtp_SetProgressCallback(h, progresses, (void *)2));
  GOOD(h, CSmtp_AddAttachmentReader(h, "a.bin", NULL, -1, reads, (void *)3));
  GOOD(h, CSmtp_AddAttachmentData(h, "b.bin", NULL, (const void *)8, 0));
  return h;
}

static void *sends(void *unused)
{
  int i;
  for (i = 0; i < 60; i++) {
    CSmtpHandle h = with_numbers();
    GOOD(h, CSmtp_Send(h));
    CSmtp_Free(h);
  }
  return unused;
}

/* The host passes numbers where the functions take pointers. Go's garbage collector ends the
 * process if it finds an invalid pointer, so it must not treat these numbers as pointers.
 * With GOGC=1, the collector runs all the time. */
static void numbers(void)
{
  pthread_t ids[8];
  CSmtpHandle h = with_numbers();
  int i;
  GOOD(h, CSmtp_SendAsync(h, done, (void *)4));
  for (i = 0; i < 8; i++)
    ids[i] = thread(sends, NULL, 0);
  for (i = 0; i < 8; i++)
    join(ids[i]);
  GOOD(h, CSmtp_Wait(h, 60000));
  CSmtp_Free(h);
  for (i = 1; i <= 4; i++)
    CHECK(called[i] > 0, "callback %d was not called", i);
}

MODES({ "numbers", numbers })
