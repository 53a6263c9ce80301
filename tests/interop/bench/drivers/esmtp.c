/* SPDX-License-Identifier: MIT
 *
 * libesmtp takes all mails of a session at once and sends them over one connection.
 * It uses PIPELINING if the server offers it.
 */
#define _POSIX_C_SOURCE 200809L
#include "options.h"

#include <auth-client.h>
#include <libesmtp.h>
#include <signal.h>
#include <stdarg.h>

static struct options o;
static char *text;

static void must(int good) {
  char room[128];
  if (good) return;
  fprintf(stderr, "libesmtp: %s\n", smtp_strerror(smtp_errno(), room, sizeof room));
  exit(1);
}

/* libesmtp reads CA certificates only from ~/.authenticate. So its check of the
 * server's certificate fails, and this function accepts the certificate nevertheless. */
static void event(smtp_session_t session, int number, void *unused, ...) {
  va_list arguments;
  (void)session;
  va_start(arguments, unused);
  switch (number) {
  case SMTP_EV_WEAK_CIPHER:
    va_arg(arguments, int);
    *va_arg(arguments, int *) = 1;
    break;
  case SMTP_EV_INVALID_PEER_CERTIFICATE:
    va_arg(arguments, long);
    *va_arg(arguments, int *) = 1;
    break;
  case SMTP_EV_NO_PEER_CERTIFICATE:
  case SMTP_EV_WRONG_PEER_CERTIFICATE:
  case SMTP_EV_NO_CLIENT_CERTIFICATE:
  case SMTP_EV_UNUSABLE_CLIENT_CERTIFICATE:
  case SMTP_EV_UNUSABLE_CA_LIST:
    *va_arg(arguments, int *) = 1;
    break;
  default:
    break;
  }
  va_end(arguments);
}

static int answer(auth_client_request_t request, char **result, int fields, void *unused) {
  (void)unused;
  for (int i = 0; i < fields; i++) result[i] = request[i].flags & AUTH_PASS ? (char *)BENCH_SECRET : (char *)BENCH_USER;
  return 1;
}

static void accepted(smtp_message_t message, void *count) {
  const smtp_status_t *s = smtp_message_transfer_status(message);
  if (s->code / 100 == 2) ++*(long *)count;
}

/* Sends mails over one connection and returns how many were accepted. */
static long one_session(long mails) {
  char server[32], room[64];
  long count = 0;
  smtp_session_t session = smtp_create_session();
  auth_context_t auth = NULL;
  snprintf(server, sizeof server, "127.0.0.1:%d", o.port);
  must(session != NULL && smtp_set_server(session, server));
  must(smtp_set_hostname(session, "client.bench.example"));
  must(smtp_set_eventcb(session, event, NULL));
  if (o.starttls) must(smtp_starttls_enable(session, Starttls_REQUIRED));
  if (o.login) {
    auth = auth_create_context();
    auth_set_mechanism_flags(auth, AUTH_PLUGIN_PLAIN, 0);
    auth_set_interact_cb(auth, answer, NULL);
    must(smtp_auth_set_context(session, auth));
  }
  for (long i = 0; i < mails; i++) {
    smtp_message_t message = smtp_add_message(session);
    must(message != NULL && smtp_set_reverse_path(message, BENCH_FROM));
    must(smtp_set_message_str(message, text));
    for (int r = 0; r < o.recipients; r++) must(smtp_add_recipient(message, recipient(r, room, sizeof room)) != NULL);
  }
  must(smtp_start_session(session));
  smtp_enumerate_messages(session, accepted, &count);
  smtp_destroy_session(session);
  if (auth != NULL) auth_destroy_context(auth);
  return count;
}

int main(int argc, char **argv) {
  size_t size;
  o = read_options(argc, argv);
  text = whole_file(o.message, &size);
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGPIPE, &ignore, NULL);
  auth_client_init();
  long count = 0;
  if (o.fresh)
    for (long i = 0; i < o.mails; i++) count += one_session(1);
  else
    count = one_session(o.mails);
  auth_client_exit();
  printf("mails=%ld\n", count);
  return count == o.mails ? 0 : 1;
}
