/* SPDX-License-Identifier: MIT
 *
 * texts.c: the texts that were returned to a thread, and the thread's identity. When
 * the thread ends, its texts are freed, and its identity is added to a list. Go
 * reads that list and frees its own data for the thread. A thread that
 * ends cannot call Go, because Go may have released it already.
 */
#include <stdlib.h>

#include "gate.h"

#if defined(_WIN32)
#include <windows.h>
static SRWLOCK texts_lock = SRWLOCK_INIT;
#define LOCK() AcquireSRWLockExclusive(&texts_lock)
#define UNLOCK() ReleaseSRWLockExclusive(&texts_lock)
#else
#include <pthread.h>
static pthread_mutex_t texts_lock = PTHREAD_MUTEX_INITIALIZER;
#define LOCK() pthread_mutex_lock(&texts_lock)
#define UNLOCK() pthread_mutex_unlock(&texts_lock)
#endif

struct gateSelf *gateEnded;

struct gateSelf *gateSelf(void)
{
  struct gateThread *t = gateThread();
  if (t != NULL && t->self == NULL)
    t->self = calloc(1, sizeof *t->self);
  return t != NULL ? t->self : NULL;
}

/* Taking the lock also tells ThreadSanitizer that other threads allocated the memory before
 * Go frees it. */
struct gateSelf *gateTakeEnded(void)
{
  struct gateSelf *ended;
  LOCK();
  ended = gateEnded;
  __atomic_store_n(&gateEnded, NULL, __ATOMIC_RELAXED);
  UNLOCK();
  return ended;
}

struct gateText *gateNewText(size_t size)
{
  struct gateThread *t = gateThread();
  struct gateText *text = t != NULL ? calloc(1, sizeof *text) : NULL;
  if (text == NULL)
    return NULL;
  text->octets = calloc(1, size);
  if (text->octets == NULL) {
    free(text);
    return NULL;
  }
  LOCK();
  text->next = t->texts;
  text->link = &t->texts;
  if (t->texts != NULL)
    t->texts->link = &text->next;
  t->texts = text;
  UNLOCK();
  return text;
}

void gateFreeText(struct gateText *text)
{
  LOCK();
  if (text->link != NULL) {
    *text->link = text->next;
    if (text->next != NULL)
      text->next->link = text->link;
  }
  UNLOCK();
  free(text->octets);
  free(text);
}

void gateRetire(struct gateThread *t)
{
  struct gateText *text;
  LOCK();
  while ((text = t->texts) != NULL) {
    t->texts = text->next;
    free(text->octets);
    text->octets = NULL;
    text->link = NULL;
  }
  if (t->self != NULL) {
    t->self->next = gateEnded;
    __atomic_store_n(&gateEnded, t->self, __ATOMIC_RELAXED);
    t->self = NULL;
  }
  UNLOCK();
}

uint64_t gateDoneAt(int depth)
{
  struct gateThread *t = gateThreadKnown();
  const struct gateCallback *c;
  for (c = t != NULL ? t->callback : NULL; c != NULL; c = c->up)
    if (c->call != 0 && depth-- == 0)
      return c->call;
  return 0;
}
