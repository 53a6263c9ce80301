// SPDX-License-Identifier: MIT
//
// Tests class Ledger of examples/outbox with the database that the argument names.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "ledger.h"

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: %s is false\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                  \
    }                                                                           \
  } while (false)

static std::string StateOf(Ledger &ledger, const char *id)
{
  Entry entry;
  return ledger.Find(id, entry) ? entry.state : "none";
}

int main(int, char **argv)
{
  Ledger a(argv[1], "a"), b(argv[1], "b");
  Entry entry;

  // Only one worker at a time can begin a mail, and an accepted mail is never sent again.
  CHECK(StateOf(a, "1") == "none");
  CHECK(a.Begin("1", "r", "<1@x>", 60));
  CHECK(!b.Begin("1", "r", "<1@x>", 60));
  CHECK(!a.Begin("1", "r", "<1@x>", 60));
  CHECK(!b.End("1", "accepted", "q", "250"));
  CHECK(b.Find("1", entry) && entry.state == "sending" && entry.owner == "a" && entry.relay == "r");
  CHECK(entry.message_id == "<1@x>" && entry.attempts == 1 && entry.wait > 30 && entry.wait <= 60);
  CHECK(a.End("1", "accepted", "q", "250"));
  CHECK(!a.End("1", "failed", "", ""));
  CHECK(StateOf(b, "1") == "accepted");
  CHECK(!a.Begin("1", "r", "<1@x>", 60) && !b.Begin("1", "r", "<1@x>", 60));

  // A refused mail is not sent again. A failed mail is sent again, by any worker.
  CHECK(a.Begin("2", "r", "<2@x>", 60) && a.End("2", "refused", "", "550") && !b.Begin("2", "r", "<2@x>", 60));
  CHECK(a.Begin("3", "r", "<3@x>", 60) && a.End("3", "failed", "", "451") && b.Begin("3", "s", "<3@x>", 60));
  CHECK(!a.End("3", "accepted", "", "") && b.Find("3", entry) && entry.owner == "b" && entry.attempts == 2 && entry.relay == "s");

  // Refuse succeeds for a mail that has not been sent, and for a failed mail. It returns false for
  // a mail that is being sent, is in doubt, or was accepted or refused.
  CHECK(a.Refuse("5", "bad address") && b.Find("5", entry) && entry.state == "refused" && entry.owner == "a" && entry.attempts == 0);
  CHECK(!a.Refuse("5", "again") && !b.Begin("5", "r", "<5@x>", 60));
  CHECK(a.Begin("6", "r", "<6@x>", 60) && !a.Refuse("6", "bad") && !b.Refuse("6", "bad") && StateOf(a, "6") == "sending");
  CHECK(a.End("6", "doubt", "", "") && !b.Refuse("6", "bad") && StateOf(a, "6") == "doubt");
  CHECK(b.Find("6", entry) && b.Settle("6", entry, "failed") && a.Refuse("6", "bad") && StateOf(a, "6") == "refused");
  CHECK(!a.Refuse("1", "bad") && StateOf(a, "1") == "accepted");

  // A mail in doubt is not sent until a worker settles it, and only one worker can do this. After
  // that, the end of the attempt can no longer be recorded.
  CHECK(a.Begin("4", "r", "<4@x>", -1) && b.Find("4", entry) && entry.wait < 0);
  CHECK(!b.Begin("4", "r", "<4@x>", 60));
  CHECK(b.Settle("4", entry, "failed") && !a.Settle("4", entry, "accepted"));
  CHECK(!a.End("4", "accepted", "q", "250") && a.Begin("4", "r", "<4@x>", 60));
  CHECK(!b.Settle("4", entry, "accepted")); // the mail has changed since Find
  CHECK(a.End("4", "doubt", "", "") && !a.Begin("4", "r", "<4@x>", 60) && !b.Begin("4", "r", "<4@x>", 60));
  CHECK(b.Find("4", entry) && b.Settle("4", entry, "accepted") && StateOf(a, "4") == "accepted");

  // TestFleet/errors uses this mail later.
  CHECK(a.Begin("left-1", "r", "<left-1@x>", -1));

  // SQL in a value is not executed.
  const char *const quoted = "'; DROP TABLE mail; --\"$1";
  CHECK(a.Begin(quoted, quoted, quoted, 60) && a.Find(quoted, entry) && entry.message_id == quoted);

  // If sixteen threads of two workers begin the same mails, each mail is begun only once.
  std::atomic<int> begun(0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; i++)
    threads.emplace_back([&, i] {
      for (int id = 0; id < 100; id++)
        if ((i % 2 == 0 ? a : b).Begin("many-" + std::to_string(id), "r", "<m@x>", 60)) begun++;
    });
  for (std::thread &thread : threads) thread.join();
  CHECK(begun == 100);
  return 0;
}
