/* SPDX-License-Identifier: MIT
 *
 * continued.c: a child continues what its parent has begun: it runs the callbacks,
 * completes a message, and gets the results of the parent's calls.
 */
#include "host.h"

#include <sys/syscall.h>

static CSmtpHandle inherited;

static void sends(void) { GOOD(inherited, CSmtp_Send(inherited)); }

/* Callbacks that the parent has set also run in the child, with the same user data. */
static char text[] = "octets from a callback\r\n";
struct uses {
  size_t at;
  int logged, progressed, read, started;
};

static void CSMTP_CALL logs(void *user, int direction, const char *line)
{
  (void)direction, (void)line;
  ((struct uses *)user)->logged++;
}

static int CSMTP_CALL progresses(void *user, int64_t sent, int64_t total)
{
  (void)sent, (void)total;
  ((struct uses *)user)->progressed++;
  return 0;
}

static int64_t CSMTP_CALL reads_text(void *user, void *buffer, size_t capacity)
{
  struct uses *u = user;
  size_t n = sizeof text - 1 - u->at;
  if (buffer == NULL) {
    u->at = 0;
    u->started++;
    return 0;
  }
  n = n < capacity ? n : capacity;
  memcpy(buffer, text + u->at, n);
  u->at += n;
  u->read++;
  return (int64_t)n;
}

static struct uses uses;

static void calls_back(void)
{
  CSmtpHandle clone;
  sends();
  CHECK(uses.logged > 5 && uses.progressed > 0 && uses.read > 0, "%d %d %d", uses.logged, uses.progressed, uses.read);
  clone = CSmtp_Clone(inherited);
  uses.logged = uses.read = 0;
  GOOD(clone, CSmtp_Send(clone));
  CHECK(uses.logged == 0 && uses.read > 0, "a clone: %d %d", uses.logged, uses.read);
  uses.logged = 0;
  GOOD(inherited, CSmtp_SetLogCallback(inherited, NULL, NULL));
  in_child(sends, "a grandchild");
  CHECK(uses.logged == 0, "%d", uses.logged);
}

static void callbacks(void)
{
  inherited = mailer();
  GOOD(inherited, CSmtp_SetLogCallback(inherited, logs, &uses));
  GOOD(inherited, CSmtp_SetProgressCallback(inherited, progresses, &uses));
  GOOD(inherited, CSmtp_AddAttachmentReader(inherited, "text.txt", "", sizeof text - 1, reads_text, &uses));
  in_child(calls_back, "a child");
  CHECK(uses.logged == 0 && uses.read == 0, "the callbacks ran in the parent");
}

/* A callback of one handle forks, and the child uses another handle. */
static pid_t callback_child = -1;

static void CSMTP_CALL forks_and_sends(void *user, int direction, const char *line)
{
  CSmtpHandle own = *(CSmtpHandle *)user;
  (void)direction, (void)line;
  if (callback_child >= 0)
    return;
  callback_child = fork();
  if (callback_child == 0) {
    sends();
    CHECK(CSmtp_Send(own) == CSMTP_BUSY, "Send in a callback of the handle");
  }
}

static void in_callback(void)
{
  CSmtpHandle h = mailer();
  int r;
  inherited = mailer();
  GOOD(h, CSmtp_SetLogCallback(h, forks_and_sends, &h));
  r = CSmtp_Send(h);
  if (callback_child == 0) {
    CHECK(r == CSMTP_FORKED, "Send in the child: %d", r);
    GOOD(h, CSmtp_Send(h));
    _exit(0);
  }
  GOOD(h, r);
  wait_for(callback_child, "the child of a callback");
}

/* The child can read the results of the parent's calls, and completes the parent's message. */
static void completes(void)
{
  CHECK(CSmtp_GetLastError(inherited) == CSMTP_UNDEF_RECIPIENTS, "GetLastError: %d", CSmtp_GetLastError(inherited));
  CHECK(strstr(CSmtp_GetLastErrorText(inherited), "recipient") != NULL, "%s", CSmtp_GetLastErrorText(inherited));
  CHECK(strcmp(CSmtp_GetMsgLineText(inherited, 0), "line one") == 0, "GetMsgLineText");
  GOOD(inherited, CSmtp_AddMsgLine(inherited, "line two"));
  GOOD(inherited, CSmtp_AddRecipient(inherited, "alice@test.example", ""));
  sends();
  CHECK(CSmtp_GetResultCount(inherited) == 1 && CSmtp_GetOutcome(inherited) == CSMTP_ACCEPTED, "%u", CSmtp_GetResultCount(inherited));
}

static void learns_result(void)
{
  CHECK(CSmtp_GetOutcome(inherited) == CSMTP_ACCEPTED, "GetOutcome: %d", CSmtp_GetOutcome(inherited));
  CHECK(strcmp(CSmtp_GetResultRecipient(inherited, 0), "alice@test.example") == 0, "%s", CSmtp_GetResultRecipient(inherited, 0));
  CHECK(strncmp(CSmtp_GetPeerAddress(inherited), "127.0.0.1:", 10) == 0, "GetPeerAddress: %s", CSmtp_GetPeerAddress(inherited));
}

static void half_built(void)
{
  inherited = mailer();
  GOOD(inherited, CSmtp_DelRecipients(inherited));
  CHECK(CSmtp_Send(inherited) == CSMTP_UNDEF_RECIPIENTS, "Send: %d", CSmtp_GetLastError(inherited));
  in_child(completes, "a child");
  GOOD(inherited, CSmtp_AddRecipient(inherited, "alice@test.example", ""));
  sends();
  in_child(learns_result, "a second child");
}

/* The child is forked by a system call, so the fork handlers of the C library do not run. */
static void raw(void)
{
  pid_t child;
  inherited = mailer();
  child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    sends();
    _exit(0);
  }
  CHECK(child > 0, "clone: %s", strerror(errno));
  wait_for(child, "a raw clone");
}

/* Eight threads of the child use the handle for the first time at the same time. */
static void *gets(void *unused)
{
  CHECK(strcmp(CSmtp_GetSubject(inherited), "from a host program") == 0, "GetSubject: %s", CSmtp_GetSubject(inherited));
  return unused;
}

static void with_threads(void)
{
  pthread_t id[8];
  int i;
  for (i = 0; i < 8; i++)
    id[i] = thread(gets, NULL, 0);
  for (i = 0; i < 8; i++)
    join(id[i]);
  sends();
}

static void threaded(void)
{
  inherited = mailer();
  in_child(with_threads, "a child with threads");
}

MODES({ "callbacks", callbacks }, { "in-callback", in_callback }, { "half-built", half_built }, { "raw", raw },
  { "threaded", threaded })
