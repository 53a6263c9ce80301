// SPDX-License-Identifier: MIT
//
//	mixed HOST PORT
#include "units.h"

#include <stdlib.h>

int main(int, char *argv[]) {
  const Server server = {argv[1], static_cast<unsigned short>(atoi(argv[2]))};
  Sends_a(server);
  Sends_b(server);
  Sends_a(server);
  Uses_a(Made_a(server), "a");
  Uses_a(Made_b(server), "b");
  Uses_b(Made_a(server), "a");
  Uses_b(Made_b(server), "b");
  Catches_a(Throws_a, server);
  Catches_a(Throws_b, server);
  Catches_b(Throws_a, server);
  Catches_b(Throws_b, server);
  return 0;
}
