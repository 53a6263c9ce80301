// three threads use one object, protected by the program's mutex | sends 3 mails
//! mails=3 threads
#include "CSmtp.h"
#include "prepare.h"
#include <mutex>
#include <thread>

int main(int, char **argv) {
  CSmtp mail;
  std::mutex turn;
  vector<std::thread> threads;
  Prepare(mail, argv, "threads_in_turn");
  for (int i = 0; i < 3; i++)
    threads.push_back(std::thread([&] {
      std::lock_guard<std::mutex> held(turn);
      mail.Send();
    }));
  for (std::thread &t : threads) t.join();
}
