// a thread with a stack of 64 KiB | sends
//! posix
#include "CSmtp.h"
#include <pthread.h>
#include "prepare.h"

static void *Work(void *mail) {
  static_cast<CSmtp *>(mail)->Send();
  return NULL;
}

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "small_stack");
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  if (pthread_attr_setstacksize(&attributes, 64 * 1024) != 0) return 1;
  if (pthread_create(&thread, &attributes, Work, &mail) != 0) return 2;
  return pthread_join(thread, NULL);
}
