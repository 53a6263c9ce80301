/* SPDX-License-Identifier: MIT
 *
 * away.c: a forked child that cannot load its private copy of the library gets
 * CSMTP_FORKED and does not hang. CSMTP_LIBRARY is the path of the library, a
 * copy that belongs to this test.
 */
#include "host.h"

#include <fcntl.h>
#include <sys/stat.h>

static CSmtpHandle inherited;

static void use(void)
{
  inherited = mailer();
  GOOD(inherited, CSmtp_Send(inherited));
}

static void no_copy(void)
{
  double began = now();
  CHECK(CSmtp_New() == 0, "CSmtp_New");
  CHECK(CSmtp_GetLastError(0) == CSMTP_FORKED, "GetLastError(0): %d", CSmtp_GetLastError(0));
  CHECK(strstr(CSmtp_GetLastErrorText(0), "copy") != NULL, "text: %s", CSmtp_GetLastErrorText(0));
  CHECK(CSmtp_Send(inherited) == CSMTP_FORKED, "Send");
  CHECK(CSmtp_Send(inherited + 5) == CSMTP_FORKED, "Send of a handle that never existed");
  CHECK(CSmtp_GetErrorText(CSMTP_FORKED)[0] != 0, "GetErrorText");
  CHECK(strcmp(CSmtp_GetVersion(), "") == 0, "GetVersion");
  CSmtp_Free(inherited);
  CHECK(now() - began < 1, "%f s", now() - began);
}

/* Calls chroot to enter a root that contains the library's file but no /proc. */
static void without_proc(void)
{
  leave_root();
  CHECK(access(getenv("CSMTP_LIBRARY"), R_OK) == 0, "%s is missing", getenv("CSMTP_LIBRARY"));
  CHECK(access("/proc", F_OK) != 0, "/proc exists");
}

static void start_and_child_without_proc(void)
{
  without_proc();
  use(); /* the first process needs no /proc */
  in_child(no_copy, "a child without /proc");
  GOOD(inherited, CSmtp_Send(inherited));
}

static void no_proc(void) { in_child(start_and_child_without_proc, "the parent without /proc"); }

static void chrooted_child(void)
{
  leave_root();
  no_copy();
}

static void in_chroot(void)
{
  use();
  in_child(chrooted_child, "a child in a chroot");
}

static void replace(void)
{
  const char *path = getenv("CSMTP_LIBRARY");
  char fresh[4096];
  int fd;
  CHECK(path != NULL, "CSMTP_LIBRARY is not set");
  snprintf(fresh, sizeof fresh, "%s.new", path);
  fd = open(fresh, O_CREAT | O_WRONLY | O_TRUNC, 0755);
  CHECK(fd >= 0 && write(fd, "another version\n", 16) == 16 && close(fd) == 0, "%s: %s", fresh, strerror(errno));
  CHECK(rename(fresh, path) == 0, "rename: %s", strerror(errno));
}

/* After an upgrade replaces the library's file, the descriptor that the library has opened
 * still refers to the old file. */
static void replaced(void)
{
  use();
  replace();
  in_child(send_new, "a child after an upgrade");
}

static void closes_all(void)
{
  int fd;
  for (fd = 3; fd < 1024; fd++)
    close(fd);
}

static void closes_and_sends(void)
{
  closes_all();
  send_new();
}

static void closes_and_fails(void)
{
  closes_all();
  no_copy();
}

/* In a child that has closed all descriptors, the library finds its file by its path. If an
 * upgrade has replaced this file, calls fail, because the library never loads a different
 * version of itself. */
static void closed(void)
{
  use();
  in_child(closes_and_sends, "a child that closes all descriptors");
  replace();
  in_child(closes_and_fails, "a child that closes all descriptors, after an upgrade");
}

/* A program linked with libcsmtp.a has no library file to copy. */
static void static_library(void)
{
  use();
  in_child(no_copy, "a child of a static program");
  GOOD(inherited, CSmtp_Send(inherited));
}

MODES({ "static", static_library }, { "no-proc", no_proc }, { "chroot", in_chroot }, { "replaced", replaced }, { "closed", closed })
