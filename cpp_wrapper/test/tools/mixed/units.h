// SPDX-License-Identifier: MIT
//
// The program consists of main.cpp and two units. Each unit is unit.cpp, compiled with
// different macros. The macro UNIT is the name of the unit: a or b.
#include <string>

#include "CSmtp.h"

struct Server {
  const char *host;
  unsigned short port;
};

// Sends mails with objects that were constructed and connected in different ways. For
// each way, prints the unit, the way and the error number.
void Sends_a(const Server &server);
void Sends_b(const Server &server);

// Made_a and Made_b return an object with readers and with token, log and progress
// callbacks. Uses_a and Uses_b copy such an object, destroy the original, and render and
// send with the copy. 'of' is the name of the unit that made the object.
CSmtp *Made_a(const Server &server);
CSmtp *Made_b(const Server &server);
void Uses_a(CSmtp *mail, const char *of);
void Uses_b(CSmtp *mail, const char *of);

// Throws_a and Throws_b throw an ECSmtp. Catches_a and Catches_b call f, and print the
// exception that f throws.
void Throws_a(const Server &server);
void Throws_b(const Server &server);
void Catches_a(void (*f)(const Server &), const Server &server);
void Catches_b(void (*f)(const Server &), const Server &server);

// Classes that both units use. The linker keeps one copy of their constructors.
struct Service {
  CSmtp mail;
};
class Derived : public CSmtp {};
