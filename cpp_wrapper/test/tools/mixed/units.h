// SPDX-License-Identifier: MIT
//
// A program that consists of two units: unit.cpp, compiled twice with different macros.
// UNIT, which is a or b, is the name of the unit.
#include <string>

#include "CSmtp.h"

struct Server {
  const char *host;
  unsigned short port;
};

// Sends mails with objects that are constructed and connected in every way, and prints
// "UNIT WAY NUMBER" for each.
void Sends_a(const Server &server);
void Sends_b(const Server &server);

// Made returns an object with every kind of callback. Uses copies an object that the
// other unit has made, destroys the original, and sends with the copy.
CSmtp *Made_a(const Server &server);
CSmtp *Made_b(const Server &server);
void Uses_a(CSmtp *mail, const char *of);
void Uses_b(CSmtp *mail, const char *of);

// Throws throws an ECSmtp. Catches prints what f throws.
void Throws_a(const Server &server);
void Throws_b(const Server &server);
void Catches_a(void (*f)(const Server &), const Server &server);
void Catches_b(void (*f)(const Server &), const Server &server);

// Classes of the program; both units share their constructors.
struct Service {
  CSmtp mail;
};
class Derived : public CSmtp {};
