/* SPDX-License-Identifier: MIT
 *
 * inherited.c: a program configures a handle, forks or becomes a daemon, and uses the
 * handle in the child.
 */
#include "host.h"

#include <dirent.h>
#include <sys/stat.h>

static CSmtpHandle inherited;

static void sends(void) { GOOD(inherited, CSmtp_Send(inherited)); }

static void configured(void)
{
  inherited = mailer();
  in_child(sends, "the child");
  sends();
}

/* A process calls daemon(3) after it has configured a handle. */
static void daemon_sends(void)
{
  int ends[2];
  char done = 0;
  pid_t starter;
  CHECK(pipe(ends) == 0, "pipe: %s", strerror(errno));
  starter = fork();
  if (starter == 0) {
    inherited = mailer();
    CHECK(daemon(1, 1) == 0, "daemon: %s", strerror(errno));
    sends();
    CHECK(write(ends[1], "k", 1) == 1, "write: %s", strerror(errno));
    _exit(0);
  }
  close(ends[1]);
  CHECK(read(ends[0], &done, 1) == 1 && done == 'k', "the daemon did not send");
  wait_for(starter, "the starter");
}

static void forks_and_leaves(void)
{
  pid_t child = fork();
  CHECK(child >= 0, "fork: %s", strerror(errno));
  if (child == 0) {
    sends();
    _exit(0);
  }
  wait_for(child, "the grandchild");
}

/* The process between parent and grandchild does not call the library. */
static void twice(void)
{
  inherited = mailer();
  in_child(forks_and_leaves, "the child");
  sends();
}

/* The process between parent and grandchild changes the handle, or creates another one. */
static CSmtpHandle of_child;

static void grandchild(void)
{
  CHECK(strcmp(CSmtp_GetSubject(inherited), "changed by the child") == 0, "GetSubject: %s", CSmtp_GetSubject(inherited));
  CHECK(strcmp(CSmtp_GetSubject(of_child), "made by the child") == 0, "GetSubject: %s", CSmtp_GetSubject(of_child));
  sends();
  GOOD(of_child, CSmtp_Send(of_child));
}

static void changes_and_forks(void)
{
  GOOD(inherited, CSmtp_SetSubject(inherited, "changed by the child"));
  of_child = mailer();
  CHECK(of_child > inherited, "the child's handle is %lu", (unsigned long)of_child);
  GOOD(of_child, CSmtp_SetSubject(of_child, "made by the child"));
  in_child(grandchild, "the grandchild");
  sends();
}

/* The process between parent and grandchild loads its private copy of the library because it
 * uses another handle. */
static void unused_handle_goes_on(void)
{
  of_child = mailer();
  GOOD(of_child, CSmtp_SetSubject(of_child, "made by the child"));
  in_child(forks_and_leaves, "a child of the child");
}

static void generations(void)
{
  inherited = mailer();
  in_child(changes_and_forks, "the child");
  in_child(unused_handle_goes_on, "the second child");
  CHECK(strcmp(CSmtp_GetSubject(inherited), "from a host program") == 0, "GetSubject: %s", CSmtp_GetSubject(inherited));
  CHECK(CSmtp_GetSubject(of_child)[0] == 0, "the child's handle exists in the parent");
  sends();
}

/* The child's private copy of the library closes the child's descriptor of the connection. The
 * parent's session continues nevertheless. */
static int sockets(void)
{
  char name[64];
  struct dirent *e;
  struct stat s;
  int n = 0;
  DIR *d = opendir("/proc/self/fd");
  CHECK(d != NULL, "/proc/self/fd: %s", strerror(errno));
  while ((e = readdir(d)) != NULL) {
    snprintf(name, sizeof name, "/proc/self/fd/%.30s", e->d_name);
    n += stat(name, &s) == 0 && S_ISSOCK(s.st_mode);
  }
  closedir(d);
  return n;
}

static void other_session(void)
{
  CHECK(CSmtp_GetTLSInfo(inherited)[0] == 0 && CSmtp_GetExtensions(inherited)[0] == 0, "the child has the parent's session");
  CHECK(sockets() == 0, "%d sockets", sockets());
  CHECK(CSmtp_KeepAlive(inherited) == CSMTP_CONNECTION_CLOSED, "KeepAlive: %d", CSmtp_GetLastError(inherited));
  GOOD(inherited, CSmtp_DisconnectRemoteServer(inherited));
  sends();
  CHECK(sockets() == 0, "%d sockets", sockets());
  GOOD(inherited, CSmtp_ConnectRemoteServer(inherited, "127.0.0.1", port, CSMTP_NO_SECURITY, 0, "", ""));
  sends();
  CHECK(sockets() == 1, "%d sockets", sockets());
  CSmtp_Free(inherited);
}

static void leaves_session(void)
{
  other_session();
  exit(0);
}

static void session(void)
{
  inherited = mailer();
  GOOD(inherited, CSmtp_ConnectRemoteServer(inherited, "127.0.0.1", port, CSMTP_NO_SECURITY, 0, "", ""));
  sends();
  in_child(other_session, "a child");
  GOOD(inherited, CSmtp_KeepAlive(inherited));
  sends();
  in_child(leaves_session, "a child that exits");
  sends();
  CSmtp_Free(inherited);
}

/* The function during_a_call forks while a Send of another thread on the same handle is in
 * progress. */
static volatile int sending, forked;

static int CSMTP_CALL waits(void *user, int64_t sent, int64_t total)
{
  (void)sent, (void)total;
  if (*(pid_t *)user == getpid()) {
    sending = 1;
    while (!forked)
      usleep(1000);
  }
  return 0;
}

static void *sends_slowly(void *unused)
{
  sends();
  return unused;
}

static void during_a_call(void)
{
  pid_t parent = getpid();
  pthread_t id;
  double began;
  inherited = mailer();
  GOOD(inherited, CSmtp_SetProgressCallback(inherited, waits, &parent));
  id = thread(sends_slowly, NULL, 0);
  while (!sending)
    usleep(1000);
  began = now();
  in_child(sends, "a child forked during a Send");
  CHECK(now() - began < 20, "%f s", now() - began);
  forked = 1;
  join(id);
}

/* Other threads change the handles while this one forks. */
enum { CHANGERS = 3 };
static CSmtpHandle changed[CHANGERS];
static char one_text[200], other_text[20];

static void *changes(void *h)
{
  while (!forked) {
    GOOD(*(CSmtpHandle *)h, CSmtp_SetSubject(*(CSmtpHandle *)h, one_text));
    GOOD(*(CSmtpHandle *)h, CSmtp_DelRecipients(*(CSmtpHandle *)h));
    GOOD(*(CSmtpHandle *)h, CSmtp_AddRecipient(*(CSmtpHandle *)h, "bob@test.example", one_text));
    GOOD(*(CSmtpHandle *)h, CSmtp_SetSubject(*(CSmtpHandle *)h, other_text));
  }
  return NULL;
}

static void reads(void)
{
  int i;
  for (i = 0; i < CHANGERS; i++) {
    const char *s = CSmtp_GetSubject(changed[i]);
    CHECK(strcmp(s, one_text) == 0 || strcmp(s, other_text) == 0, "GetSubject: %s", s);
    CHECK(CSmtp_GetRecipientCount(changed[i]) <= 1, "%u recipients", CSmtp_GetRecipientCount(changed[i]));
    GOOD(changed[i], CSmtp_AddRecipient(changed[i], "alice@test.example", ""));
  }
}

static void during_changes(void)
{
  pthread_t id[CHANGERS];
  int i;
  memset(one_text, 'a', sizeof one_text - 1);
  memset(other_text, 'b', sizeof other_text - 1);
  for (i = 0; i < CHANGERS; i++) {
    changed[i] = mailer();
    GOOD(changed[i], CSmtp_SetSubject(changed[i], one_text));
    id[i] = thread(changes, &changed[i], 0);
  }
  for (i = 0; i < 60; i++)
    in_child(reads, "a child forked during changes");
  forked = 1;
  for (i = 0; i < CHANGERS; i++)
    join(id[i]);
}

/* Freeing a handle in one process does not affect the other process. */
static CSmtpHandle gone;

static void frees(void)
{
  CHECK(CSmtp_SetSubject(gone, "x") == CSMTP_BAD_HANDLE, "a handle that the parent freed: %d", CSmtp_GetLastError(0));
  CSmtp_Free(inherited);
  CSmtp_Free(inherited);
  CHECK(CSmtp_Send(inherited) == CSMTP_BAD_HANDLE, "a handle that the child freed");
  CHECK(CSmtp_Clone(inherited) == 0 && CSmtp_GetLastError(0) == CSMTP_BAD_HANDLE, "Clone: %d", CSmtp_GetLastError(0));
  send_new();
}

static void frees_first(void)
{
  CSmtp_Free(inherited);
  CHECK(threads() == 1, "%d threads: freeing a handle loaded the private copy", threads());
  CHECK(CSmtp_Send(inherited) == CSMTP_BAD_HANDLE, "a handle that the child freed");
  GOOD(of_child, CSmtp_Send(of_child));
}

static void frees_for_grandchild(void)
{
  CSmtp_Free(inherited);
  in_child(frees_first, "a grandchild");
}

static void freed(void)
{
  inherited = mailer();
  of_child = mailer();
  gone = mailer();
  CSmtp_Free(gone);
  in_child(frees, "a child");
  in_child(frees_first, "a child that frees first");
  in_child(frees_for_grandchild, "a child that frees and forks");
  sends();
  CSmtp_Free(inherited);
}

static CSmtpHandle clones[4];

static void child_of_clones(void)
{
  CSmtpHandle own = CSmtp_Clone(inherited), other;
  int i;
  CHECK(own > clones[3], "a clone in the child is %lu", (unsigned long)own);
  other = CSmtp_Clone(own);
  CSmtp_Free(own);
  GOOD(other, CSmtp_Send(other));
  for (i = 0; i < 4; i++)
    GOOD(clones[i], CSmtp_Send(clones[i]));
}

static void cloned(void)
{
  int i;
  inherited = mailer();
  for (i = 0; i < 4; i++)
    clones[i] = CSmtp_Clone(inherited);
  CSmtp_Free(clones[0]);
  clones[0] = CSmtp_Clone(inherited);
  clones[3] = CSmtp_Clone(clones[2]);
  in_child(child_of_clones, "a child");
}

/* The parent has many handles, and large attachments in memory. The child does not copy these
 * attachments. */
enum { HANDLES = 1000, LARGE = 32 << 20 };
static CSmtpHandle many[HANDLES];

static long anonymous(void)
{
  char line[256];
  long kB = -1;
  FILE *f = fopen("/proc/self/smaps_rollup", "r");
  CHECK(f != NULL, "/proc/self/smaps_rollup: %s", strerror(errno));
  while (fgets(line, sizeof line, f) != NULL)
    sscanf(line, "Private_Dirty: %ld", &kB);
  fclose(f);
  CHECK(kB >= 0, "no Private_Dirty");
  return kB;
}

static void uses_many(void)
{
  long before;
  char subject[32];
  int i;
  (void)CSmtp_GetSubject(many[0]);
  before = anonymous();
  for (i = 0; i < HANDLES; i++) {
    snprintf(subject, sizeof subject, "handle %d", i);
    CHECK(strcmp(CSmtp_GetSubject(many[i]), subject) == 0, "%s: %s", subject, CSmtp_GetSubject(many[i]));
  }
  CHECK(anonymous() - before < LARGE >> 11, "the handles take %ld kB", anonymous() - before);
  GOOD(many[HANDLES / 2], CSmtp_Send(many[HANDLES / 2]));
}

static void many_handles(void)
{
  char subject[32];
  void *data = malloc(LARGE);
  int i;
  CHECK(data != NULL, "malloc");
  memset(data, 'x', LARGE);
  many[0] = mailer();
  GOOD(many[0], CSmtp_AddAttachmentData(many[0], "large.bin", "", data, LARGE));
  free(data);
  for (i = 0; i < HANDLES; i++) {
    if (i > 0)
      many[i] = CSmtp_Clone(many[0]);
    snprintf(subject, sizeof subject, "handle %d", i);
    GOOD(many[i], CSmtp_SetSubject(many[i], subject));
  }
  in_child(uses_many, "a child with many handles");
}

MODES({ "configured", configured }, { "daemon", daemon_sends }, { "twice", twice }, { "generations", generations },
  { "session", session }, { "during-a-call", during_a_call }, { "during-changes", during_changes }, { "freed", freed },
  { "cloned", cloned }, { "many", many_handles })
