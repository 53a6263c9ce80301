// SPDX-License-Identifier: MIT
//
// outbox-send URL PREFIX NUMBER puts NUMBER mails into the queue. Their ids begin with
// PREFIX. The program ends when the queue has stored all of them.
#include <iostream>
#include <stdexcept>

#include "queue.h"

int main(int argc, char **argv)
{
  if (argc != 4) {
    std::cerr << "usage: outbox-send URL PREFIX NUMBER\n";
    return 2;
  }
  try {
    Queue queue(argv[1], 60);
    const std::string prefix = argv[2];
    for (long i = 1; i <= std::stol(argv[3]); i++) {
      const std::string id = prefix + "-" + std::to_string(i); // identifies the mail in the program's records
      queue.Put(id, "user" + std::to_string(i) + "@example.net", "Mail " + id, "This is mail " + id + ".\r\n");
    }
  } catch (const std::exception &e) {
    std::cerr << "outbox-send: " << e.what() << "\n";
    return 1;
  }
  return 0;
}
