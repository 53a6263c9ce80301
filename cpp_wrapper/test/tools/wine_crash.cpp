// SPDX-License-Identifier: MIT
//
// Ends in the same way as a process in which Wine for i386 crashes: by a Linux SIGSEGV
// that Wine does not handle.
//
//	wine_crash main|destructor|detach|killed STATUS DLL
//
// The first argument says when the program ends: in main, in a destructor after main, or
// in ExitProcess (detach), while the system detaches the process from DLL. The DLL is
// this file compiled with CRASH_DLL. "killed" is like "detach", but with SIGKILL.
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

static char when[16];

static long Linux(long number, long first, long second) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(first), "c"(second) : "memory");
  return result;
}

static void Crash(int number) {
  const long getpid = 20, kill = 37, signal = 48;
  Linux(signal, number, 0);
  for (;;) Linux(kill, Linux(getpid, 0, 0), number);
}

#ifdef CRASH_DLL

extern "C" BOOL WINAPI DllMain(HINSTANCE, DWORD reason, LPVOID) {
  if (reason != DLL_PROCESS_DETACH) return TRUE;
  GetEnvironmentVariableA("CRASH", when, sizeof when);
  if (strcmp(when, "detach") == 0) Crash(11);
  if (strcmp(when, "killed") == 0) Crash(9);
  return TRUE;
}

#else

static struct Last {
  ~Last() {
    if (strcmp(when, "destructor") == 0) Crash(11);
  }
} last;

int main(int, char **argv) {
  snprintf(when, sizeof when, "%s", argv[1]);
  SetEnvironmentVariableA("CRASH", when);
  if (!LoadLibraryA(argv[3])) return 99;
  puts("the whole report");
  if (strcmp(when, "main") == 0) Crash(11);
  return atoi(argv[2]);
}

#endif
