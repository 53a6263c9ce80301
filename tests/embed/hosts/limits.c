/* SPDX-License-Identifier: MIT
 *
 * limits.c: if the process cannot get enough address space, threads or descriptors,
 * the library returns an error. The Go runtime itself would end the process.
 */
#include "host.h"

#include <sys/resource.h>

/* Reports whether the library has started. If it has not, the error must be CSMTP_CANNOT_START. */
static int started_under_limit(void)
{
  CSmtpHandle h = CSmtp_New();
  if (h == 0) {
    CHECK(CSmtp_GetLastError(0) == CSMTP_CANNOT_START, "CSmtp_New: %d: %s", CSmtp_GetLastError(0), CSmtp_GetLastErrorText(0));
    CHECK(strstr(CSmtp_GetLastErrorText(0), "ulimit") != NULL, "text: %s", CSmtp_GetLastErrorText(0));
    CHECK(CSmtp_Send(1) == CSMTP_CANNOT_START, "Send");
    CHECK(strcmp(CSmtp_GetErrorText(CSMTP_CANNOT_START), CSmtp_GetLastErrorText(0)) == 0, "GetErrorText");
    CSmtp_Free(1);
    return 0;
  }
  CSmtp_Free(h);
  send_new();
  return 1;
}

static rlim_t limit;
static int which;

static void limited(void)
{
  struct rlimit r;
  int started;
  getrlimit((__rlimit_resource_t)which, &r);
  r.rlim_cur = limit;
  CHECK(setrlimit((__rlimit_resource_t)which, &r) == 0, "setrlimit: %s", strerror(errno));
  started = started_under_limit();
  printf("%llu: %s\n", (unsigned long long)limit, started ? "sent" : "could not start");
  if (which == RLIMIT_AS)
    CHECK(started || limit < ((rlim_t)2 << 30), "2 GiB must be enough");
  r.rlim_cur = r.rlim_max; /* a later call can start the library */
  CHECK(setrlimit((__rlimit_resource_t)which, &r) == 0, "setrlimit: %s", strerror(errno));
  send_new();
}

static void address_space(void)
{
  which = RLIMIT_AS;
  for (limit = (rlim_t)64 << 20; limit <= (rlim_t)3 << 30; limit += limit < (rlim_t)1 << 30 ? (rlim_t)192 << 20 : (rlim_t)64 << 20)
    in_child(limited, "a process with little address space");
}

/* The limit on threads does not apply to root. */
static void few_threads(void)
{
  which = RLIMIT_NPROC;
  if (getuid() == 0)
    CHECK(setgid(64321) == 0 && setuid(64321) == 0, "setuid: %s", strerror(errno));
  for (limit = 2; limit <= 40; limit += 3)
    in_child(limited, "a process with few threads");
}

/* The limit is set after the first call, close to the number of descriptors that are open. */
static void descriptors(void)
{
  CSmtpHandle h = mailer();
  struct rlimit r;
  int n;
  getrlimit(RLIMIT_NOFILE, &r);
  r.rlim_cur = limit;
  CHECK(setrlimit(RLIMIT_NOFILE, &r) == 0, "setrlimit: %s", strerror(errno));
  n = CSmtp_SetLogFile(h, "log");
  CHECK(limit > 7 || n == CSMTP_CANNOT_START || n == CSMTP_FILE_NOT_EXIST || n == 0, "SetLogFile: %d", n);
  n = CSmtp_Send(h);
  CHECK(n == 0 || (CSmtp_GetLastErrorText(h)[0] != 0 && CSmtp_GetOutcome(h) == CSMTP_NOT_SENT), "%d: %s", n, CSmtp_GetLastErrorText(h));
  printf("%llu: %d %s\n", (unsigned long long)limit, n, CSmtp_GetLastErrorText(h));
  r.rlim_cur = r.rlim_max;
  CHECK(setrlimit(RLIMIT_NOFILE, &r) == 0, "setrlimit: %s", strerror(errno));
  GOOD(h, CSmtp_Send(h));
  CSmtp_Free(h);
}

static void few_descriptors(void)
{
  for (limit = 3; limit <= 14; limit++)
    in_child(descriptors, "a process with few descriptors");
}

/* The limit is set before the first call. */
static void starts_with_few(void)
{
  struct rlimit r;
  CSmtpHandle h;
  int n;
  getrlimit(RLIMIT_NOFILE, &r);
  r.rlim_cur = limit;
  CHECK(setrlimit(RLIMIT_NOFILE, &r) == 0, "setrlimit: %s", strerror(errno));
  h = CSmtp_New();
  CHECK(h != 0 || CSmtp_GetLastError(0) == CSMTP_CANNOT_START, "CSmtp_New: %d", CSmtp_GetLastError(0));
  if (h != 0) {
    CSmtp_SetSMTPServer(h, "127.0.0.1", port, 0);
    CSmtp_SetSenderMail(h, "host@test.example");
    CSmtp_AddRecipient(h, "alice@test.example", "");
    n = CSmtp_Send(h);
    CHECK(n == 0 || CSmtp_GetLastErrorText(h)[0] != 0, "error %d has no text", n);
    CHECK(n == 0 || limit < 12, "%llu descriptors: %d: %s", (unsigned long long)limit, n, CSmtp_GetLastErrorText(h));
    CSmtp_Free(h);
  }
  r.rlim_cur = r.rlim_max;
  CHECK(setrlimit(RLIMIT_NOFILE, &r) == 0, "setrlimit: %s", strerror(errno));
  send_new();
}

static void few_from_the_start(void)
{
  for (limit = 3; limit <= 14; limit++)
    in_child(starts_with_few, "a process that starts with few descriptors");
}

MODES({ "descriptors-at-start", few_from_the_start }, { "address-space", address_space }, { "threads", few_threads }, { "descriptors", few_descriptors })
