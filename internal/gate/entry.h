/* SPDX-License-Identifier: MIT
 *
 * entry.h: the macros with which gate.c and entries.c define the functions of csmtp_c.h.
 */
#ifndef CSMTP_ENTRY_H
#define CSMTP_ENTRY_H

#include "exports.h"
#include "gate.h"

/* Flags of an entry. */
enum {
  GATE_ANYWHERE = 1, /* a callback may call the function on the handle for which it runs */
  GATE_WRITES = 2, /* the function may write to a connection or a file */
  GATE_FREES = 4 /* a child can call the function without loading a private copy */
};

/* Begins a call. Returns GATE_OPEN if the caller may call Go; the caller must call
 * gateLeave afterwards. Returns GATE_COPY if the private copy must execute the call.
 * Returns CSMTP_BAD_HANDLE if gateFreeLater has recorded the call, which is then complete.
 * Otherwise the call is refused, and its error number is returned. 'special' contains flags
 * of the entry. */
int gateEnter(struct gateVisit *v, CSmtpHandle h, int special);
void gateLeave(struct gateVisit *v);
/* Stores code in v. Unless it is CSMTP_BUSY, also stores it with its text as the error of
 * the calling thread. Returns code. */
int gateRefuse(struct gateVisit *v, int code);
/* Returns the text for the error number of a call that the gate refuses. Does not use Go. */
const char *gateRefusal(int code);
/* Tells ThreadSanitizer that all earlier calls happened before this one. */
void gateOrder(void);
/* Calls gateMade for a new handle, and clears the error of the calling thread. Does neither
 * if h is 0. Returns h. */
CSmtpHandle gateNote(CSmtpHandle h);

/* If a callback forks, it can return both in the parent and in the child. In the child it
 * must not return to Go, because the Go runtime does not run there. Instead, the child
 * jumps over Go's frames to the function of csmtp_c.h that was called, and this function
 * fails with CSMTP_FORKED. */
#if defined(GATE_BUILTIN_SETJMP)
#define GATE_LANDING(v) __builtin_setjmp((v)->landing)
#define GATE_LAND(v) __builtin_longjmp((v)->landing, 1)
#elif defined(__linux__)
#define GATE_LANDING(v) _setjmp((v)->landing)
#define GATE_LAND(v) _longjmp((v)->landing, 1)
#else
#define GATE_LANDING(v) 0
#define GATE_LAND(v) abort()
#endif

/* The body of the function CSmtp_NAME. 'call' is the expression that calls the function's
 * Go export. In a forked child, the body instead passes 'args' to the same function in the
 * child's private copy of the library. If neither can be called, or if the child was forked
 * by a callback of this call, the body returns 'refused'. Otherwise it applies the macro or
 * function 'result' to the result, and returns what 'result' returns. */
#define GATE(type, refused, h, special, call, name, args, result)  \
  struct gateVisit v;                                              \
  __typeof__(&CSmtp_##name) copy;                                  \
  type r;                                                          \
  switch (gateEnter(&v, h, special)) {                             \
  case GATE_OPEN:                                                  \
    if (GATE_LANDING(&v)) {                                        \
      gateRefuse(&v, CSMTP_FORKED);                                \
      return refused;                                              \
    }                                                              \
    r = call;                                                      \
    gateLeave(&v);                                                 \
    return result(r);                                              \
  case GATE_COPY:                                                  \
    *(void **)&copy = gateCopy(GATE_ENTRY_##name, "CSmtp_" #name); \
    if (copy != NULL)                                              \
      return result(copy args);                                    \
    gateRefuse(&v, CSMTP_FORKED);                                  \
    return refused;                                                \
  default:                                                         \
    return refused;                                                \
  }

/* One macro for each kind of result. The kinds are, in the order of the macros: an error
 * number; another number; a text; a text or NULL; the fixed text of an error number; a new
 * handle. */
#define GATE_CODE(h, special, call, name, args) GATE(int, v.code, h, special, call, name, args, )
#define GATE_VALUE(h, special, call, name, args) GATE(__typeof__(call), 0, h, special, call, name, args, )
#define GATE_TEXT(h, special, call, name, args) GATE(const char *, "", h, special, call, name, args, )
#define GATE_NULLABLE(h, special, call, name, args) GATE(const char *, NULL, h, special, call, name, args, )
#define GATE_SENTENCE(h, special, call, name, args) GATE(const char *, gateRefusal(error), h, special, call, name, args, )
#define GATE_HANDLE(h, special, call, name, args) GATE(CSmtpHandle, 0, h, special, call, name, args, gateNote)

#endif
