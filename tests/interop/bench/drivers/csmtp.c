/* SPDX-License-Identifier: MIT
 *
 * Uses csmtp's C functions. mode "" composes each mail (CSmtp_Send); "raw" sends a
 * prepared message (CSmtp_SendRaw); "batch" and "batch-bdat" send many mails in one
 * call (CSmtp_SendBatch); "pool" submits all mails to a pool. "bdat" and "batch-bdat"
 * use BDAT, and "binary" uses BINARYMIME. If WITHOUT_POOL is defined, the driver can be
 * linked with a library of version 1.0, which has no pools.
 */
#include "csmtp_c.h"
#include "options.h"

#include <pthread.h>
#include <stdint.h>

static struct options o;
static char *ready;
static size_t ready_size;

static void must(CSmtpHandle h, int error) {
  if (error == 0) return;
  fprintf(stderr, "csmtp: %d: %s\n", error, CSmtp_GetLastErrorText(h));
  exit(1);
}

static void connect_to(CSmtpHandle h) {
  must(h, CSmtp_ConnectRemoteServer(h, "127.0.0.1", (unsigned short)o.port, o.starttls ? CSMTP_USE_TLS : CSMTP_NO_SECURITY,
                                    o.login, o.login ? BENCH_USER : "", o.login ? BENCH_SECRET : ""));
}

static void compose(CSmtpHandle h) {
  char room[64];
  must(h, CSmtp_SetSMTPServer(h, "127.0.0.1", (unsigned short)o.port, o.login));
  must(h, CSmtp_SetSecurityType(h, o.starttls ? CSMTP_USE_TLS : CSMTP_NO_SECURITY));
  if (o.login) {
    must(h, CSmtp_SetLogin(h, BENCH_USER));
    must(h, CSmtp_SetPassword(h, BENCH_SECRET));
    must(h, CSmtp_SetAuthMechanism(h, "PLAIN"));
  }
  must(h, CSmtp_SetLocalHostName(h, "client.bench.example"));
  if (o.ca != NULL) must(h, CSmtp_SetCAFile(h, o.ca));
  must(h, CSmtp_SetSenderMail(h, BENCH_FROM));
  must(h, CSmtp_SetSubject(h, BENCH_SUBJECT));
  for (int i = 0; i < o.recipients; i++) must(h, CSmtp_AddRecipient(h, recipient(i, room, sizeof room), NULL));
  for (int i = 0; i < BENCH_LINES; i++) must(h, CSmtp_AddMsgLine(h, BENCH_LINE));
  if (o.file != NULL) must(h, CSmtp_AddAttachment(h, o.file));
  if (strstr(o.mode, "bdat") != NULL) must(h, CSmtp_SetChunking(h, CSMTP_BDAT));
  if (strcmp(o.mode, "binary") == 0) must(h, CSmtp_SetChunking(h, CSMTP_BINARY));
}

#define BATCH 200

/* Sends batches over the session of h. */
static void in_batches(CSmtpHandle h) {
  CSmtpHandle mails[BATCH];
  long n = o.mails < BATCH ? o.mails : BATCH;
  for (long i = 0; i < n; i++)
    if ((mails[i] = CSmtp_Clone(h)) == 0) must(0, CSmtp_GetLastError(0));
  for (long left = o.mails; left > 0; left -= n) {
    if (n > left) n = left;
    must(h, CSmtp_SendBatch(h, mails, (size_t)n, NULL));
  }
}

static void *one_session(void *unused) {
  (void)unused;
  CSmtpHandle h = CSmtp_New();
  if (h == 0) must(0, CSmtp_GetLastError(0));
  compose(h);
  if (!o.fresh) connect_to(h);
  if (strncmp(o.mode, "batch", 5) == 0) {
    in_batches(h);
    CSmtp_Free(h);
    return NULL;
  }
  for (long i = 0; i < o.mails; i++) {
    if (ready != NULL)
      must(h, CSmtp_SendRaw(h, ready, ready_size, NULL, NULL));
    else
      must(h, CSmtp_Send(h));
  }
  CSmtp_Free(h);
  return NULL;
}

#ifndef WITHOUT_POOL
/* Submits all mails to a pool. */
static void in_pool(void) {
  CSmtpHandle mail = CSmtp_New(), pool = CSmtp_PoolNew();
  if (mail == 0 || pool == 0) must(0, CSmtp_GetLastError(0));
  compose(mail);
  must(pool, CSmtp_PoolAddRelay(pool, mail, NULL));
  must(pool, CSmtp_PoolSetSessions(pool, 0, (unsigned int)o.sessions));
  for (long i = o.mails * o.sessions; i > 0; i--) must(pool, CSmtp_PoolSubmit(pool, mail, NULL, 60000, NULL, NULL, NULL));
  must(pool, CSmtp_PoolWait(pool, 60000));
  CSmtp_Free(pool);
  CSmtp_Free(mail);
}
#endif

int main(int argc, char **argv) {
  o = read_options(argc, argv);
  if (strcmp(o.mode, "raw") == 0) ready = whole_file(o.message, &ready_size);
#ifndef WITHOUT_POOL
  if (strcmp(o.mode, "pool") == 0) {
    in_pool();
    printf("mails=%ld\n", o.mails * o.sessions);
    return 0;
  }
#endif
  if (o.sessions == 1) {
    one_session(NULL);
  } else {
    pthread_t threads[64];
    for (int i = 0; i < o.sessions; i++) pthread_create(&threads[i], NULL, one_session, NULL);
    for (int i = 0; i < o.sessions; i++) pthread_join(threads[i], NULL);
  }
  printf("mails=%ld\n", o.mails * o.sessions);
  return 0;
}
