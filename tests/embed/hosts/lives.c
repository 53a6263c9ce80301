/* SPDX-License-Identifier: MIT
 *
 * lives.c: sends in a constructor before main, at exit, and in a destructor
 * after main.
 */
#include "host.h"

static int before_main, at_exit;

static unsigned short port_of_environment(void)
{
  const char *text = getenv("TEST_PORT");
  return (unsigned short)(text != NULL ? atoi(text) : 0);
}

__attribute__((constructor)) static void first(void)
{
  port = port_of_environment();
  send_new();
  before_main = 1;
}

__attribute__((destructor)) static void last(void)
{
  send_new();
  CHECK(at_exit, "atexit did not run");
  if (write(1, "end\n", 4) != 4)
    _exit(1);
}

static void leaving(void)
{
  send_new();
  at_exit = 1;
}

static void whole_life(void)
{
  CHECK(before_main, "the constructor did not run");
  CHECK(atexit(leaving) == 0, "atexit");
  send_new();
}

MODES({ "whole", whole_life })
