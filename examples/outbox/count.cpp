// SPDX-License-Identifier: MIT
//
// outbox-count prints what the ledger says: outbox-count DATABASE [TABLE]. Without TABLE,
// it prints the number of mails in each state, and how many mails in doubt were settled in
// each way. With TABLE (mail or doubt), it prints the rows of this table, with tabs between
// columns.
#include <iostream>
#include <stdexcept>

#include "ledger.h"

int main(int argc, char **argv)
{
  const std::string table = argc == 3 ? argv[2] : "";
  if (argc < 2 || argc > 3 || (argc == 3 && table != "mail" && table != "doubt")) {
    std::cerr << "usage: outbox-count DATABASE [mail|doubt]\n";
    return 2;
  }
  try {
    const std::unique_ptr<Database> database = Database::Open(argv[1]);
    Ledger::CreateTables(*database); // they do not exist if no worker has started yet
    std::string sql = "SELECT state, count(*) FROM mail GROUP BY state "
                      "UNION ALL SELECT 'doubts settled as ' || answer, count(*) FROM doubt GROUP BY answer";
    if (table == "mail") sql = "SELECT id, state, relay, message_id, attempts, queue_id, reply FROM mail";
    if (table == "doubt") sql = "SELECT id, relay, message_id, answer, at FROM doubt";
    for (const std::vector<std::string> &row : database->Run(sql)) {
      for (size_t i = 0; i < row.size(); i++) std::cout << (i > 0 ? "\t" : "") << row[i];
      std::cout << "\n";
    }
  } catch (const std::exception &e) {
    std::cerr << "outbox-count: " << e.what() << "\n";
    return 1;
  }
  return 0;
}
