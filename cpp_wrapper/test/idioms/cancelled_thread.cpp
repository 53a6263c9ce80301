// `pthread_exit` after `Send`, and a thread-specific destructor that sends | sends 2 mails
//! posix mails=2
#include "CSmtp.h"
#include <pthread.h>
#include "prepare.h"

static char **arguments;

static void Last(void *mail) {
  static_cast<CSmtp *>(mail)->Send();
  delete static_cast<CSmtp *>(mail);
}

static void *Work(void *key) {
  CSmtp *mail = new CSmtp;
  Prepare(*mail, arguments, "cancelled_thread");
  pthread_setspecific(*static_cast<pthread_key_t *>(key), mail);
  mail->Send();
  pthread_exit(NULL);
}

int main(int, char **argv) {
  arguments = argv;
  pthread_key_t key;
  pthread_key_create(&key, Last);
  pthread_t thread;
  if (pthread_create(&thread, NULL, Work, &key) != 0) return 1;
  return pthread_join(thread, NULL);
}
