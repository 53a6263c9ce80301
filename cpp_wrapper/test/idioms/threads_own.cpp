// four threads with one object each | sends 4 mails
//! mails=4 threads
#include "CSmtp.h"
#include "prepare.h"
#include <thread>

int main(int, char **argv) {
  vector<thread> threads;
  for (int i = 0; i < 4; i++)
    threads.push_back(thread([argv] {
      CSmtp mail;
      Prepare(mail, argv, "threads_own");
      mail.Send();
    }));
  for (thread &t : threads) t.join();
}
