/* SPDX-License-Identifier: MIT
 *
 * Uses libcurl. The easy handle is reused, so that the connection stays open, as
 * libcurl's documentation recommends. TCP_NODELAY is libcurl's default. mode "multi"
 * runs all sessions in one thread with the multi interface; otherwise each session
 * has a thread and an easy handle.
 */
#include "options.h"

#include <curl/curl.h>
#include <pthread.h>

static struct options o;
static char *text;
static size_t text_size;

struct client {
  CURL *easy;
  struct curl_slist *recipients;
  curl_mime *mime;
  size_t read;  /* octets of the text that were read */
  long left;    /* mails to send */
};

static void must(CURLcode code) {
  if (code == CURLE_OK) return;
  fprintf(stderr, "curl: %s\n", curl_easy_strerror(code));
  exit(1);
}

static size_t give(char *to, size_t size, size_t count, void *user) {
  struct client *c = user;
  size_t n = size * count, left = text_size - c->read;
  if (n > left) n = left;
  memcpy(to, text + c->read, n);
  c->read += n;
  return n;
}

static void attach(struct client *c) {
  static const char *fields[] = {"From: <" BENCH_FROM ">", "To: <recipient0@bench.example>", "Subject: " BENCH_SUBJECT, NULL};
  struct curl_slist *header = NULL;
  for (int i = 0; fields[i] != NULL; i++) header = curl_slist_append(header, fields[i]);
  must(curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, header));
  c->mime = curl_mime_init(c->easy);
  must(curl_mime_data(curl_mime_addpart(c->mime), BENCH_LINE "\r\n", CURL_ZERO_TERMINATED));
  curl_mimepart *part = curl_mime_addpart(c->mime);
  must(curl_mime_filedata(part, o.file));
  must(curl_mime_encoder(part, "base64"));
  must(curl_easy_setopt(c->easy, CURLOPT_MIMEPOST, c->mime));
}

static void prepare(struct client *c) {
  char room[64], url[64];
  c->easy = curl_easy_init();
  c->left = o.mails;
  snprintf(url, sizeof url, "smtp://127.0.0.1:%d/client.bench.example", o.port);
  must(curl_easy_setopt(c->easy, CURLOPT_URL, url));
  must(curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L));
  must(curl_easy_setopt(c->easy, CURLOPT_MAIL_FROM, "<" BENCH_FROM ">"));
  for (int i = 0; i < o.recipients; i++) c->recipients = curl_slist_append(c->recipients, recipient(i, room, sizeof room));
  must(curl_easy_setopt(c->easy, CURLOPT_MAIL_RCPT, c->recipients));
  must(curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c));
  if (o.starttls) {
    must(curl_easy_setopt(c->easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL));
    must(curl_easy_setopt(c->easy, CURLOPT_CAINFO, o.ca));
  }
  if (o.login) {
    must(curl_easy_setopt(c->easy, CURLOPT_USERNAME, BENCH_USER));
    must(curl_easy_setopt(c->easy, CURLOPT_PASSWORD, BENCH_SECRET));
    must(curl_easy_setopt(c->easy, CURLOPT_SASL_IR, 1L));
  }
  if (o.fresh) must(curl_easy_setopt(c->easy, CURLOPT_FORBID_REUSE, 1L));
  if (o.file != NULL) {
    attach(c);
    return;
  }
  must(curl_easy_setopt(c->easy, CURLOPT_UPLOAD, 1L));
  must(curl_easy_setopt(c->easy, CURLOPT_READFUNCTION, give));
  must(curl_easy_setopt(c->easy, CURLOPT_READDATA, c));
  must(curl_easy_setopt(c->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)text_size));
}

static void finish(struct client *c) {
  curl_easy_cleanup(c->easy);
  curl_mime_free(c->mime);
  curl_slist_free_all(c->recipients);
}

static void *one_session(void *unused) {
  (void)unused;
  struct client c = {0};
  for (prepare(&c); c.left > 0; c.left--) {
    c.read = 0;
    must(curl_easy_perform(c.easy));
  }
  finish(&c);
  return NULL;
}

static void in_threads(void) {
  pthread_t threads[64];
  for (int i = 0; i < o.sessions; i++) pthread_create(&threads[i], NULL, one_session, NULL);
  for (int i = 0; i < o.sessions; i++) pthread_join(threads[i], NULL);
}

static void by_multi(void) {
  struct client clients[64] = {{0}};
  CURLM *multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 64L);
  for (int i = 0; i < o.sessions; i++) {
    prepare(&clients[i]);
    curl_multi_add_handle(multi, clients[i].easy);
  }
  int running;
  do {
    if (curl_multi_perform(multi, &running) != CURLM_OK) exit(1);
    int queued, again = 0;
    CURLMsg *m;
    while ((m = curl_multi_info_read(multi, &queued)) != NULL) {
      must(m->data.result);
      CURL *easy = m->easy_handle;
      struct client *c;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&c);
      curl_multi_remove_handle(multi, easy);
      if (--c->left > 0) {
        c->read = 0;
        curl_multi_add_handle(multi, easy);
        again = running = 1;
      }
    }
    if (running && !again) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  } while (running);
  for (int i = 0; i < o.sessions; i++) finish(&clients[i]);
  curl_multi_cleanup(multi);
}

int main(int argc, char **argv) {
  o = read_options(argc, argv);
  if (o.message != NULL) text = whole_file(o.message, &text_size);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  if (strcmp(o.mode, "multi") == 0)
    by_multi();
  else if (o.sessions == 1)
    one_session(NULL);
  else
    in_threads();
  curl_global_cleanup();
  printf("mails=%ld\n", o.mails * o.sessions);
  return 0;
}
