/* SPDX-License-Identifier: MIT
 *
 * The arguments of every driver in C and C++, in the form name=value. Drivers in
 * other languages accept the same arguments.
 */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
  int port;
  long mails;        /* per concurrent session */
  int sessions;      /* concurrent sessions */
  int fresh;         /* 1: a new session for each mail */
  int starttls;
  int login;         /* 1: AUTH PLAIN, user and secret as below */
  const char *ca;    /* PEM file of the CA */
  int recipients;
  const char *file;  /* to attach; NULL for a 1 KB mail */
  const char *message; /* file with the 1 KB mail, for clients that send a prepared message */
  const char *mode;  /* how to send, if the driver has several ways */
};

#define BENCH_USER "bench"
#define BENCH_SECRET "not much of a secret"
#define BENCH_FROM "sender@bench.example"

/* The body of the 1 KB mail consists of this line, BENCH_LINES times. */
#define BENCH_LINE "All happy families are alike; each unhappy one is so in its way."
#define BENCH_LINES 11
#define BENCH_SUBJECT "A mail of about one kilobyte"

static struct options read_options(int argc, char **argv) {
  struct options o = {0, 1, 1, 0, 0, 0, NULL, 1, NULL, NULL, ""};
  for (int i = 1; i < argc; i++) {
    char *value = strchr(argv[i], '=');
    if (value == NULL) {
      fprintf(stderr, "%s: %s is not of the form name=value\n", argv[0], argv[i]);
      exit(2);
    }
    *value++ = '\0';
    if (strcmp(argv[i], "port") == 0)
      o.port = atoi(value);
    else if (strcmp(argv[i], "mails") == 0)
      o.mails = atol(value);
    else if (strcmp(argv[i], "sessions") == 0)
      o.sessions = atoi(value);
    else if (strcmp(argv[i], "fresh") == 0)
      o.fresh = atoi(value);
    else if (strcmp(argv[i], "starttls") == 0)
      o.starttls = atoi(value);
    else if (strcmp(argv[i], "login") == 0)
      o.login = atoi(value);
    else if (strcmp(argv[i], "ca") == 0)
      o.ca = value;
    else if (strcmp(argv[i], "recipients") == 0)
      o.recipients = atoi(value);
    else if (strcmp(argv[i], "file") == 0)
      o.file = value;
    else if (strcmp(argv[i], "message") == 0)
      o.message = value;
    else if (strcmp(argv[i], "mode") == 0)
      o.mode = value;
    else {
      fprintf(stderr, "%s: unknown option %s\n", argv[0], argv[i]);
      exit(2);
    }
  }
  return o;
}

/* Writes the address of recipient number i to 'room', and returns it. */
static inline const char *recipient(int i, char *room, size_t size) {
  snprintf(room, size, "recipient%d@bench.example", i);
  return room;
}

/* Returns the contents of a file and its size. On failure the program ends. */
static inline char *whole_file(const char *path, size_t *size) {
  FILE *f = fopen(path, "rb");
  if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
    perror(path);
    exit(2);
  }
  *size = (size_t)ftell(f);
  rewind(f);
  char *data = (char *)malloc(*size + 1);
  if (data == NULL || fread(data, 1, *size, f) != *size) {
    perror(path);
    exit(2);
  }
  data[*size] = '\0';
  fclose(f);
  return data;
}

#endif
