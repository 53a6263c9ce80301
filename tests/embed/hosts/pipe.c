/* SPDX-License-Identifier: MIT
 *
 * pipe.c: the server drops the connection in the middle of a mail. The library's
 * writes must not raise SIGPIPE in the host. The host has the default disposition,
 * which would end it, or a handler that counts the signals.
 */
#include "host.h"

#include <arpa/inet.h>
#include <sys/socket.h>

enum { ROUNDS = 20 };

static volatile int pipes;
static void counts(int sig) { pipes += sig == SIGPIPE; }

/* A server that accepts every command, and resets the connection after it has received the
 * first octets of the text. */
static void serve(int client)
{
  static const struct linger reset = { 1, 0 };
  char line[4096];
  ssize_t n;
  if (write(client, "220 test ESMTP\r\n", 16) == 16)
    while ((n = read(client, line, sizeof line)) > 0) {
      int data = n >= 4 && memcmp(line, "DATA", 4) == 0;
      if (write(client, data ? "354 go\r\n" : "250 yes\r\n", data ? 8 : 9) < 0)
        break;
      if (data) {
        if (read(client, line, sizeof line) < 0)
          break;
        setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        break;
      }
    }
  close(client);
}

static void *server(void *listener)
{
  sigset_t all;
  int client;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  while ((client = accept(*(int *)listener, NULL, NULL)) >= 0)
    serve(client);
  return NULL;
}

static int bad_server(void)
{
  static int listener;
  struct sockaddr_in at;
  socklen_t size = sizeof at;
  memset(&at, 0, sizeof at);
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(listener >= 0 && bind(listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(listener, 16) == 0
      && getsockname(listener, (struct sockaddr *)&at, &size) == 0, "the server: %s", strerror(errno));
  pthread_detach(thread(server, &listener, 0));
  return ntohs(at.sin_port);
}

static void sends_to_resetting_server(void)
{
  static char text[1 << 20];
  int i, bad = bad_server();
  memset(text, 'x', sizeof text - 1);
  for (i = 76; i < (int)sizeof text - 1; i += 77)
    text[i] = '\n';
  for (i = 0; i < ROUNDS; i++) {
    CSmtpHandle h = mailer();
    int r;
    GOOD(h, CSmtp_AddMsgLine(h, text));
    GOOD(h, CSmtp_SetSMTPServer(h, "127.0.0.1", (unsigned short)bad, 0));
    r = CSmtp_Send(h);
    CHECK(r != 0, "Send succeeded, although the server reset the connection");
    CSmtp_Free(h);
  }
  send_new();
}

static void with_default(void)
{
  CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR, "signal");
  sends_to_resetting_server();
}

static void with_handler(void)
{
  CHECK(signal(SIGPIPE, counts) != SIG_ERR, "signal");
  sends_to_resetting_server();
  CHECK(pipes == 0, "the library caused %d SIGPIPEs", pipes);
  raise(SIGPIPE);
  CHECK(pipes == 1, "the host's own SIGPIPE did not arrive");
}

/* If the host has blocked SIGPIPE and the signal is pending, it stays pending. */
static void with_one_pending(void)
{
  sigset_t pipe, pending;
  CHECK(signal(SIGPIPE, counts) != SIG_ERR, "signal");
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, NULL);
  sends_to_resetting_server();
  CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGPIPE), "the library left a SIGPIPE pending");
  raise(SIGPIPE);
  sends_to_resetting_server();
  CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE), "the host's pending SIGPIPE is gone");
  pthread_sigmask(SIG_UNBLOCK, &pipe, NULL);
  CHECK(pipes == 1, "%d SIGPIPEs arrived", pipes);
}

/* The library reads the environment at its first call. */
static void environment(void)
{
  CSmtpHandle h;
  CHECK(setenv("CSMTP_CONFIG", "/nonexistent/csmtp.conf", 1) == 0, "setenv");
  h = mailer();
  CHECK(CSmtp_Send(h) == CSMTP_BAD_CONFIG, "Send: %d: %s", CSmtp_GetLastError(h), CSmtp_GetLastErrorText(h));
}

MODES({ "default", with_default }, { "handler", with_handler }, { "pending", with_one_pending }, { "environment", environment })
