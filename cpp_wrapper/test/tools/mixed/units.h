// SPDX-License-Identifier: MIT
//
// One program of two units, unit.cpp compiled twice with other macros. The
// unit is named by UNIT, "a" or "b".
#include <string>

#include "CSmtp.h"

struct Server {
  const char *host;
  unsigned short port;
};

// Sends in each way by which a program can connect and makes its object in
// each way that a program can; prints "UNIT WAY NUMBER" for each.
void Sends_a(const Server &server);
void Sends_b(const Server &server);

// An object with every kind of callback, and the same for another unit's.
CSmtp *Made_a(const Server &server);
CSmtp *Made_b(const Server &server);
void Uses_a(CSmtp *mail, const char *of);
void Uses_b(CSmtp *mail, const char *of);

// Throws an ECSmtp with all its details, and catches what f throws.
void Throws_a(const Server &server);
void Throws_b(const Server &server);
void Catches_a(void (*f)(const Server &), const Server &server);
void Catches_b(void (*f)(const Server &), const Server &server);

// Classes of the program's own, whose constructors are one for both units.
struct Service {
  CSmtp mail;
};
class Derived : public CSmtp {};
