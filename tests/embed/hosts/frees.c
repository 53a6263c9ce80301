/* SPDX-License-Identifier: MIT
 *
 * frees.c: a handle is freed while other threads call functions with it. These
 * calls end soon, even if the server is silent.
 */
#include "host.h"

#include <arpa/inet.h>
#include <sys/socket.h>

/* The command to which the server does not reply. */
static const char *silent_at;
static volatile int reached;

static void *server(void *listener)
{
  int client;
  while ((client = accept(*(int *)listener, NULL, NULL)) >= 0) {
    char line[4096];
    ssize_t n;
    if (write(client, "220 test ESMTP\r\n", 16) != 16)
      continue;
    while ((n = read(client, line, sizeof line - 1)) > 0) {
      line[n] = 0;
      if (strncmp(line, silent_at, strlen(silent_at)) == 0)
        __atomic_store_n(&reached, 1, __ATOMIC_RELEASE);
      else if (write(client, "250 yes\r\n", 9) != 9)
        break;
    }
    close(client);
  }
  return NULL;
}

static unsigned short silent_server(const char *at)
{
  static int listener;
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  silent_at = at;
  reached = 0;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 64) == 0
      && getsockname(listener, (struct sockaddr *)&address, &size) == 0, "the server: %s", strerror(errno));
  pthread_detach(thread(server, &listener, 0));
  return ntohs(address.sin_port);
}

static void wait_until_silent(void)
{
  double until = now() + 30;
  while (!__atomic_load_n(&reached, __ATOMIC_ACQUIRE)) {
    CHECK(now() < until, "the server did not receive %s", silent_at);
    usleep(1000);
  }
}

/* While the handle is freed, this thread's Send is in progress, or waits for the Send of
 * another thread. In both cases, this thread's Send returns CSMTP_CANCELED or
 * CSMTP_BAD_HANDLE. */
static void *sends_until_freed(void *handle)
{
  CSmtpHandle h = *(CSmtpHandle *)handle;
  int r = CSmtp_Send(h);
  CHECK(r == CSMTP_CANCELED || r == CSMTP_BAD_HANDLE, "Send: %d", r);
  CHECK(CSmtp_Send(h) == CSMTP_BAD_HANDLE, "Send after Free");
  CHECK(CSmtp_GetSubject(h)[0] == 0, "GetSubject");
  return NULL;
}

static void freed_while_busy(int senders)
{
  pthread_t id[16];
  CSmtpHandle h = mailer();
  double began;
  int i;
  GOOD(h, CSmtp_SetSMTPServer(h, "127.0.0.1", silent_server("MAIL"), 0));
  for (i = 0; i < senders; i++)
    id[i] = thread(sends_until_freed, &h, 0);
  wait_until_silent();
  began = now();
  CSmtp_Free(h);
  for (i = 0; i < senders; i++)
    join(id[i]);
  CHECK(now() - began < 20, "it took %f s", now() - began);
}

static void one(void) { freed_while_busy(1); }
static void sixteen(void) { freed_while_busy(16); }

/* Other threads call setters and getters while the handle is freed. */
static volatile CSmtpHandle current;

static void *uses(void *unused)
{
  CSmtpHandle h;
  do {
    int r;
    h = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    r = CSmtp_SetSubject(h, "changed");
    CHECK(r == 0 || r == CSMTP_BAD_HANDLE, "SetSubject: %d", r);
    r = CSmtp_AddMsgLine(h, "one more");
    CHECK(r == 0 || r == CSMTP_BAD_HANDLE, "AddMsgLine: %d", r);
    (void)CSmtp_GetMsgLines(h);
    (void)CSmtp_GetLastError(h);
  } while (h != 0);
  return unused;
}

static void freed_by_another(void)
{
  enum { USERS = 4, ROUNDS = 300 };
  pthread_t id[USERS];
  int i;
  current = CSmtp_New();
  for (i = 0; i < USERS; i++)
    id[i] = thread(uses, NULL, 0);
  for (i = 0; i < ROUNDS; i++) {
    CSmtpHandle old = current;
    __atomic_store_n(&current, CSmtp_New(), __ATOMIC_RELEASE);
    CSmtp_Free(old);
    CSmtp_Free(old);
  }
  CSmtp_Free(__atomic_exchange_n(&current, 0, __ATOMIC_ACQ_REL));
  for (i = 0; i < USERS; i++)
    join(id[i]);
}

/* If there is no reply to QUIT, Free waits only a few seconds. (For replies to other commands,
 * the library waits for minutes.) */
static void quit_unanswered(void)
{
  double began;
  CSmtpHandle h = mailer();
  GOOD(h, CSmtp_ConnectRemoteServer(h, "127.0.0.1", silent_server("QUIT"), CSMTP_NO_SECURITY, 0, NULL, NULL));
  began = now();
  CSmtp_Free(h);
  CHECK(reached, "no QUIT");
  CHECK(now() - began < 25, "it took %f s", now() - began);
}

MODES({ "one", one }, { "sixteen", sixteen }, { "by-another", freed_by_another }, { "quit-unanswered", quit_unanswered })
