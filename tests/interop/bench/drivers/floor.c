/* SPDX-License-Identifier: MIT
 *
 * Measures the upper limit that the system sets for any client: sends prepared
 * octets through blocking sockets, with one thread per session, and only counts the
 * lines of replies. mode "" sends the envelope in one write and the content in
 * another; "stepwise" sends one command per write; "batch" sends the next envelope
 * together with the final dot.
 */
#include "options.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAIL "MAIL FROM:<" BENCH_FROM ">\r\n"
#define RCPT "RCPT TO:<recipient0@bench.example>\r\n"
#define DATA "DATA\r\n"
#define ENVELOPE MAIL RCPT DATA

static struct options o;
static char content[4096];
static size_t content_size;

static void give_up(const char *what) {
  perror(what);
  exit(1);
}

static void put(int fd, const char *octets, size_t n) {
  if (send(fd, octets, n, 0) != (ssize_t)n) give_up("send");
}

static void take(int fd, int lines) {
  char room[4096];
  while (lines > 0) {
    ssize_t n = recv(fd, room, sizeof room, 0);
    if (n <= 0) give_up("recv");
    for (ssize_t i = 0; i < n; i++) lines -= room[i] == '\n';
  }
}

static void step(int fd, const char *command) {
  put(fd, command, strlen(command));
  take(fd, 1);
}

static int connected(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)o.port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) give_up("socket");
  if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) give_up("connect");
  take(fd, 1);
  put(fd, "EHLO client.bench.example\r\n", 27);
  char room[4096]; /* the reply to EHLO, which the sink sends in one write */
  if (recv(fd, room, sizeof room, 0) <= 0) give_up("recv");
  return fd;
}

static void leave(int fd) {
  step(fd, "QUIT\r\n");
  close(fd);
}

static void one_mail(int fd) {
  if (strcmp(o.mode, "stepwise") == 0) {
    step(fd, MAIL);
    step(fd, RCPT);
    step(fd, DATA);
  } else {
    put(fd, ENVELOPE, sizeof ENVELOPE - 1);
    take(fd, 3);
  }
  put(fd, content, content_size);
  take(fd, 1);
}

static void batch(int fd) {
  char both[sizeof content + sizeof ENVELOPE];
  memcpy(both, content, content_size);
  memcpy(both + content_size, ENVELOPE, sizeof ENVELOPE - 1);
  put(fd, ENVELOPE, sizeof ENVELOPE - 1);
  take(fd, 3);
  for (long i = 1; i < o.mails; i++) {
    put(fd, both, content_size + sizeof ENVELOPE - 1);
    take(fd, 4);
  }
  put(fd, content, content_size);
  take(fd, 1);
}

static void *one_session(void *unused) {
  (void)unused;
  int fd = connected();
  if (strcmp(o.mode, "batch") == 0) {
    batch(fd);
  } else {
    for (long i = 0; i < o.mails; i++) {
      if (o.fresh && i > 0) fd = connected();
      one_mail(fd);
      if (o.fresh && i + 1 < o.mails) leave(fd);
    }
  }
  leave(fd);
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t threads[64];
  size_t size;
  o = read_options(argc, argv);
  char *message = whole_file(o.message, &size);
  if (size > sizeof content - 3 || o.sessions > 64) return 2;
  memcpy(content, message, size);
  memcpy(content + size, ".\r\n", 3);
  content_size = size + 3;
  for (int i = 0; i < o.sessions; i++) pthread_create(&threads[i], NULL, one_session, NULL);
  for (int i = 0; i < o.sessions; i++) pthread_join(threads[i], NULL);
  printf("mails=%ld\n", o.mails * o.sessions);
  return 0;
}
