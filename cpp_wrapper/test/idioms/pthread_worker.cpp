// `pthread_create` with the object as argument | sends
//! posix
#include "CSmtp.h"
#include "prepare.h"

static void *Worker(void *p) {
  CSmtp *mail = (CSmtp *)p;
  try {
    mail->Send();
  } catch (ECSmtp) {
    return p;
  }
  return NULL;
}

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "pthread_worker");
  pthread_t thread;
  void *failed = &mail;
  pthread_create(&thread, NULL, Worker, &mail);
  pthread_join(thread, &failed);
  return failed != NULL;
}
