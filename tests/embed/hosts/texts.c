/* SPDX-License-Identifier: MIT
 *
 * texts.c: a returned text belongs to the thread that asked for it. Calls by
 * other threads on the same handle neither change nor free the text. It is freed
 * when its own thread ends.
 */
#include "host.h"

enum { SHARING = 8, ROUNDS = 300 };

static CSmtpHandle shared;

/* If threads fail at the same time, each of them gets its own error. */
static void *fails(void *who)
{
  char key[64], mechanism[64];
  int i;
  for (i = 0; i < ROUNDS; i++) {
    const char *text, *reply;
    int pin = (i + (int)(intptr_t)who) % 2;
    snprintf(key, sizeof key, "key-%d-%d", (int)(intptr_t)who, i);
    snprintf(mechanism, sizeof mechanism, "MECHANISM-%d-%d", (int)(intptr_t)who, i);
    CHECK((pin ? CSmtp_SetPinnedPublicKey(shared, key) : CSmtp_SetAuthMechanism(shared, mechanism)) == CSMTP_BAD_ARGUMENT, "a bad value was accepted");
    CHECK(CSmtp_GetLastError(shared) == CSMTP_BAD_ARGUMENT, "%d", CSmtp_GetLastError(shared));
    text = CSmtp_GetLastErrorText(shared);
    CHECK(strstr(text, pin ? key : mechanism) != NULL, "thread %d reads another thread's failure: %s", (int)(intptr_t)who, text);
    reply = CSmtp_GetLastReply(shared);
    CHECK(reply[0] == 0 && CSmtp_GetLastReplyCode(shared) == 0, "a reply: %s", reply);
  }
  return NULL;
}

/* If threads send at the same time, each of them gets the outcome, the result rows
 * and the reply of its own attempt. */
static void *sends(void *who)
{
  static const char raw[] = "From: a@test.example\r\nTo: b@test.example\r\nSubject: raw\r\n\r\nx\r\n";
  int i;
  for (i = 0; i < 20; i++) {
    char address[64];
    snprintf(address, sizeof address, "thread%d-%d@test.example", (int)(intptr_t)who, i);
    if (((intptr_t)who + i) % 2 == 0) {
      GOOD(shared, CSmtp_SendRaw(shared, raw, sizeof raw - 1, "a@test.example", address));
      CHECK(CSmtp_GetOutcome(shared) == CSMTP_ACCEPTED && CSmtp_GetLastError(shared) == 0, "outcome %d", CSmtp_GetOutcome(shared));
      CHECK(CSmtp_GetResultCount(shared) == 1, "%u rows", CSmtp_GetResultCount(shared));
      CHECK(strcmp(CSmtp_GetResultRecipient(shared, 0), address) == 0, "%s", CSmtp_GetResultRecipient(shared, 0));
      CHECK(CSmtp_GetLastReplyCode(shared) == 250, "%d", CSmtp_GetLastReplyCode(shared));
    } else {
      CHECK(CSmtp_SendRaw(shared, NULL, 1, NULL, NULL) == CSMTP_BAD_ARGUMENT, "NULL was sent");
      CHECK(CSmtp_GetOutcome(shared) == CSMTP_NOT_SENT && CSmtp_GetResultCount(shared) == 0, "outcome %d", CSmtp_GetOutcome(shared));
      CHECK(CSmtp_GetQueueID(shared)[0] == 0 && CSmtp_GetLastReply(shared)[0] == 0, "%s", CSmtp_GetLastReply(shared));
    }
  }
  return NULL;
}

/* Calls the getters and reads the texts that they return, while other threads set other values. */
static void *reads(void *who)
{
  int i;
  for (i = 0; i < ROUNDS; i++) {
    const char *kept[16], *data;
    char copy[16][512], value[300];
    size_t n = 0, k, size;
    memset(value, 'a' + (int)(intptr_t)who, sizeof value - 1);
    value[1 + i % (sizeof value - 1)] = 0;
    GOOD(shared, CSmtp_SetSubject(shared, value));
    GOOD(shared, CSmtp_SetSenderName(shared, value));
    GOOD(shared, CSmtp_SetXMailer(shared, value));
    GOOD(shared, CSmtp_SetLocalHostName(shared, value));
    GOOD(shared, CSmtp_ModMsgLine(shared, 0, value));
    kept[n++] = CSmtp_GetSubject(shared);
    kept[n++] = CSmtp_GetSenderName(shared);
    kept[n++] = CSmtp_GetXMailer(shared);
    kept[n++] = CSmtp_GetLocalHostName(shared);
    kept[n++] = CSmtp_GetMsgLineText(shared, 0);
    kept[n++] = CSmtp_GetMailFrom(shared);
    kept[n++] = CSmtp_GetReplyTo(shared);
    kept[n++] = CSmtp_GetMessageID(shared);
    kept[n++] = CSmtp_GetLastErrorText(shared);
    kept[n++] = CSmtp_GetResultReply(shared, 0);
    kept[n++] = CSmtp_GetErrorText(CSMTP_BUSY);
    for (k = 0; k < n; k++)
      snprintf(copy[k], sizeof copy[k], "%s", kept[k]);
    if (CSmtp_RenderMessage(shared, &data, &size) == 0)
      CHECK(strlen(data) == size, "the message has %zu octets, its size is %zu", strlen(data), size);
    for (k = 0; k < n; k++)
      CHECK(strcmp(copy[k], kept[k]) == 0, "text %zu was changed by another thread: %s", k, kept[k]);
  }
  return NULL;
}

static void at_once(void *(*run)(void *))
{
  pthread_t id[SHARING];
  intptr_t i;
  shared = mailer();
  for (i = 0; i < SHARING; i++)
    id[i] = thread(run, (void *)i, 0);
  for (i = 0; i < SHARING; i++)
    join(id[i]);
  CSmtp_Free(shared);
}

static void failures(void) { at_once(fails); }
static void attempts(void) { at_once(sends); }
static void readers(void) { at_once(reads); }

/* As long as a text is unchanged, its getter returns the same pointer whenever the same
 * thread calls it. Another thread gets a different pointer. */
static void *asks(void *first)
{
  const char *mine = CSmtp_GetSubject(shared);
  CHECK(mine != *(const char **)first && strcmp(mine, *(const char **)first) == 0, "the thread did not get its own copy of the text");
  GOOD(shared, CSmtp_SetSubject(shared, "a longer subject, which replaces the first"));
  CHECK(strcmp(CSmtp_GetSubject(shared), "a longer subject, which replaces the first") == 0, "%s", CSmtp_GetSubject(shared));
  CHECK(CSmtp_SetSecurityType(shared, 77) == CSMTP_BAD_ARGUMENT, "security type 77 was accepted");
  return NULL;
}

static void kept(void)
{
  const char *first, *error;
  shared = mailer();
  first = CSmtp_GetSubject(shared);
  CHECK(CSmtp_GetSubject(shared) == first, "the same text at another address");
  CHECK(CSmtp_SetTimeout(shared, 99, 1) == CSMTP_BAD_ARGUMENT, "step 99 was accepted");
  error = CSmtp_GetLastErrorText(shared);
  join(thread(asks, &first, 0));
  CHECK(strcmp(first, "from a host program") == 0, "changed: %s", first);
  CHECK(CSmtp_GetLastErrorText(shared) == error && strstr(error, "99") != NULL, "%s", CSmtp_GetLastErrorText(shared));
  GOOD(shared, CSmtp_SetXMailer(shared, "x")); /* after a success, the getter returns the last failure of any thread */
  CHECK(strstr(CSmtp_GetLastErrorText(shared), "77") != NULL, "%s", CSmtp_GetLastErrorText(shared));
  CSmtp_Free(shared);
}

static long resident(void)
{
  long pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  CHECK(f != NULL && fscanf(f, "%*d %ld", &pages) == 1, "/proc/self/statm");
  fclose(f);
  return pages * (sysconf(_SC_PAGESIZE) >> 10);
}

/* Each thread gets from each handle a text of 1 MiB and the text of an error. */
enum { HANDLES = 8 };
static CSmtpHandle large[HANDLES];

static void *takes(void *unused)
{
  int i;
  for (i = 0; i < HANDLES; i++) {
    const char *data;
    size_t size;
    GOOD(large[i], CSmtp_RenderMessage(large[i], &data, &size));
    CHECK(size > 1 << 20, "%zu octets", size);
    CHECK(CSmtp_SetSecurityType(large[i], 77) != 0, "security type 77 was accepted");
    CHECK(CSmtp_GetLastErrorText(large[i])[0] != 0, "no text");
  }
  return unused;
}

static void ends(void)
{
  static char text[1 << 20];
  long before, after;
  int i, k;
  memset(text, 'x', sizeof text - 1);
  for (i = 70; i < (int)sizeof text; i += 71)
    text[i] = '\n';
  text[sizeof text - 1] = 0;
  for (i = 0; i < HANDLES; i++) {
    large[i] = mailer();
    GOOD(large[i], CSmtp_SetTextBody(large[i], text));
  }
  for (i = 0; i < 4; i++)
    join(thread(takes, NULL, 0));
  before = resident();
  for (i = 0; i < 64; i++)
    join(thread(takes, NULL, 0));
  after = resident();
  CHECK(after - before < 128 << 10, "64 threads took 8 MiB each, and %ld KiB are still resident", after - before);
  for (k = 0; k < 20; k++) /* handles that one thread creates and frees */
    for (i = 0; i < HANDLES; i++) {
      const char *data;
      size_t size;
      CSmtpHandle h = CSmtp_Clone(large[i]);
      GOOD(h, CSmtp_RenderMessage(h, &data, &size));
      CSmtp_Free(h);
    }
  CHECK(resident() - after < 128 << 10, "%ld KiB of freed handles are still resident", resident() - after);
}

/* A handle is freed while threads use it and end, or after the threads have ended. */
static void *takes_and_goes(void *handle)
{
  CSmtpHandle h = *(CSmtpHandle *)handle;
  const char *text = CSmtp_GetSubject(h);
  CHECK(text != NULL, "NULL");
  (void)CSmtp_SetTimeout(h, 99, 1);
  (void)CSmtp_GetLastErrorText(h);
  return NULL;
}

static void races(void)
{
  int i, k;
  for (i = 0; i < 200; i++) {
    CSmtpHandle h = mailer();
    pthread_t id[4];
    for (k = 0; k < 4; k++)
      id[k] = thread(takes_and_goes, &h, 0);
    if (i % 2)
      CSmtp_Free(h);
    for (k = 0; k < 4; k++)
      join(id[k]);
    CSmtp_Free(h);
  }
}

/* A forked child does not use the texts that getters returned to its parent, and does not free
 * them when its threads end. */
static void child(void)
{
  CSmtpHandle h = mailer();
  CHECK(CSmtp_SetSubject(shared, "x") == 0 && strcmp(CSmtp_GetSubject(shared), "x") == 0, "the parent's handle");
  join(thread(takes_and_goes, &h, 0));
  CHECK(strcmp(CSmtp_GetSubject(h), "from a host program") == 0, "%s", CSmtp_GetSubject(h));
  CSmtp_Free(h);
}

static void *forks(void *unused)
{
  const char *mine = CSmtp_GetSubject(shared);
  in_child(child, "a child forked by a thread that holds texts");
  CHECK(strcmp(mine, "from a host program") == 0, "%s", mine);
  return unused;
}

static void forked(void)
{
  int i;
  shared = mailer();
  CHECK(CSmtp_GetSubject(shared)[0] != 0, "no subject");
  for (i = 0; i < 4; i++)
    join(thread(forks, NULL, 0));
  forks(NULL);
  CSmtp_Free(shared);
}

MODES({ "failures", failures }, { "attempts", attempts }, { "readers", readers }, { "kept", kept }, { "ends", ends },
  { "races", races }, { "forked", forked })
