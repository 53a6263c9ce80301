/* SPDX-License-Identifier: MIT
 *
 * fork_linux.c: finds out in which process a call runs. A forked child has none of
 * the threads of the Go runtime. If the parent had not used the library, the child
 * starts Go as any process does. Otherwise the child loads a private copy of the
 * library, and its calls go to that copy. The copy reads the settings and messages of
 * the parent's handles from the parent's memory, which the child has inherited.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "exports.h"
#include "gate.h"

enum state { NEW, RUNNING, COPIED, IMPOSSIBLE };

/* The state of one process. It is zero in every child, even in one that was created
 * without running the handlers of pthread_atfork. */
struct process {
  int state;
  pid_t pid; /* used only if the kernel cannot zero the page in a child */
  int forked, unloading; /* whether fork created the process, and whether another thread was in dlclose at that time */
  void *copy;
  void *entries[GATE_ENTRIES]; /* functions of the private copy, or NULL */
  pthread_mutex_t starting, copying; /* a zeroed mutex is valid: PTHREAD_MUTEX_INITIALIZER is zero */
};

static struct process fallback;
static struct process *process = &fallback;
static int wiped; /* whether the kernel zeroes the page of 'process' in a child */

/* Children inherit these. */
static int used; /* whether the Go runtime of this image was started, in this process or in an ancestor */
static pid_t born; /* the process in which the loader started the runtime; 0 if the loader does not */
static CSmtpHandle last_made;
static CSmtpHandle first; /* in a private copy: the first handle that it may use */
static void **table = &gateTable; /* points to the table of handles of the image that serves this process or its parent */

/* The handles that a child freed before it loaded its private copy of the library. */
struct freed {
  CSmtpHandle handle;
  struct freed *next;
};
static struct freed *freed;

/* ---- The copy ---------------------------------------------------------- */

struct opening {
  char path[128];
  void *copy;
  int done;
  pthread_mutex_t lock;
  pthread_cond_t changed;
};

static void *open_copy(void *p)
{
  struct opening *o = p;
  void *copy = dlopen(o->path, RTLD_NOW | RTLD_LOCAL);
  pthread_mutex_lock(&o->lock);
  o->copy = copy;
  o->done = 1;
  pthread_cond_signal(&o->changed);
  pthread_mutex_unlock(&o->lock);
  return NULL;
}

/* Loads the private copy, or returns NULL. If a thread of the parent held the loader's lock
 * during the fork, the lock is never released in the child, which does not have that thread.
 * So a new thread calls dlopen, and the calling thread waits for a limited time. If dlopen
 * has not returned by then, the struct that the new thread uses is not freed. */
static void *open_in_time(int fd)
{
  enum { SECONDS = 3 };
  static const char slashes[] = "////////////////////////////////////////////////////////////////";
  static int generation; /* makes the path differ from an ancestor's: the loader identifies a library by its path */
  struct opening *o = calloc(1, sizeof *o);
  pthread_condattr_t monotonic;
  pthread_attr_t detached;
  struct timespec until;
  pthread_t id;
  void *copy = NULL;
  if (o == NULL)
    return NULL;
  snprintf(o->path, sizeof o->path, "/proc/self/fd%.*s%d", 1 + generation++ % (int)(sizeof slashes - 1), slashes, fd);
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&o->changed, &monotonic);
  pthread_condattr_destroy(&monotonic);
  pthread_mutex_init(&o->lock, NULL);
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += SECONDS;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  if (pthread_create(&id, &detached, open_copy, o) == 0) {
    pthread_mutex_lock(&o->lock);
    while (!o->done && pthread_cond_timedwait(&o->changed, &o->lock, &until) == 0) {
    }
    copy = o->copy;
    pthread_mutex_unlock(&o->lock);
  }
  pthread_attr_destroy(&detached);
  return copy;
}

/* The only exported function besides CSmtp_*. Its caller is the image of the library that
 * the child has inherited from its parent; the function itself runs in the private copy.
 * 'handle' is the first handle that the private copy may use, and 'handles' is the table of
 * the parent's handles. Returns the address of the private copy's own table, or NULL if the
 * private copy has already been used. */
CSMTP_API void **csmtp_private_adopt(CSmtpHandle handle, void *handles);
void **csmtp_private_adopt(CSmtpHandle handle, void *handles)
{
  if (used)
    return NULL;
  first = handle;
  gateTable = handles;
  return &gateTable;
}

/* Makes the loader ready to load the private copy. At the end of each dlopen, glibc unmaps
 * its cache of names, and then records that it has done so. A child that was forked between
 * these two steps unmaps the same addresses again at the end of its next dlopen. If that
 * dlopen loaded the private copy, the private copy could be mapped at these addresses. So
 * this function first makes a call to dlopen that loads nothing. In a child that was created
 * without running the handlers of pthread_atfork, the loader may still be locked at that
 * point, so the function does nothing; open_in_time handles this case. */
static void settle_loader(void)
{
  if (process->forked && gateLoader != NULL && gateLoader->r_state == RT_CONSISTENT)
    (void)dlopen(NULL, RTLD_NOW);
}

static void *load_copy(CSmtpHandle last)
{
  void **(*adopt)(CSmtpHandle, void *), **own = NULL;
  void *copy;
  int fd = gateCopyOwnFile();
  if (fd < 0)
    return NULL;
  gateReturnSignals(); /* the private copy must find the handlers of the host */
  settle_loader();
  copy = open_in_time(fd);
  close(fd);
  if (copy == NULL)
    return NULL;
  *(void **)&adopt = dlsym(copy, "csmtp_private_adopt");
  if (adopt != NULL && adopt != csmtp_private_adopt)
    own = adopt(last + 1, *table);
  if (own == NULL)
    return NULL;
  table = own;
  return copy;
}

static void free_in_copy(void *copy)
{
  void(CSMTP_CALL * free_handle)(CSmtpHandle);
  struct freed *f;
  if (freed == NULL)
    return;
  *(void **)&free_handle = dlsym(copy, "CSmtp_Free");
  while (free_handle != NULL && (f = freed) != NULL) {
    freed = f->next;
    free_handle(f->handle);
    free(f);
  }
}

void *gateCopy(int entry, const char *name)
{
  void *f;
  if (__atomic_load_n(&process->state, __ATOMIC_ACQUIRE) != COPIED)
    return NULL;
  if (entry < 0 || entry >= GATE_ENTRIES)
    return dlsym(process->copy, name);
  f = __atomic_load_n(&process->entries[entry], __ATOMIC_RELAXED);
  if (f == NULL) {
    f = dlsym(process->copy, name);
    __atomic_store_n(&process->entries[entry], f, __ATOMIC_RELAXED);
  }
  return f;
}

/* ---- Which process ----------------------------------------------------- */

static void set_state(enum state s) { __atomic_store_n(&process->state, s, __ATOMIC_RELEASE); }

int gateForked(void)
{
  return __atomic_load_n(&process->state, __ATOMIC_ACQUIRE) != RUNNING || (!wiped && process->pid != getpid());
}

void gateMade(CSmtpHandle h)
{
  CSmtpHandle was = __atomic_load_n(&last_made, __ATOMIC_RELAXED);
  while (h > was && !__atomic_compare_exchange_n(&last_made, &was, h, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

static void from_here_on(void)
{
  used = 1;
  gateKeepOwnFile();
}

static int start(void)
{
  int code = 0;
  pthread_mutex_lock(&process->starting);
  if (process->state == NEW && !used) {
    code = gateStart(first, from_here_on);
    if (code == 0) {
      process->pid = getpid();
      set_state(RUNNING);
    }
  }
  pthread_mutex_unlock(&process->starting);
  return code;
}

static void copy(void)
{
  pthread_mutex_lock(&process->copying);
  if (process->state == NEW) {
    process->pid = getpid();
    process->copy = process->unloading ? NULL : load_copy(last_made);
    if (process->copy != NULL)
      free_in_copy(process->copy);
    set_state(process->copy != NULL ? COPIED : IMPOSSIBLE);
  }
  pthread_mutex_unlock(&process->copying);
}

/* Detects whether the process is a new child, and if so, updates the state. */
static void notice_fork(void)
{
  if (!wiped && process->pid != 0 && process->pid != getpid())
    memset(process, 0, sizeof *process);
  if (born != 0 && born != getpid())
    used = 1;
}

static int decide(CSmtpHandle h)
{
  int code;
  (void)h;
  notice_fork();
  if (process->state == NEW && (code = start()) != 0)
    return code;
  if (process->state == NEW) /* this is a child, and its parent has used the library */
    copy();
  switch (process->state) {
  case RUNNING:
    return GATE_OPEN;
  case COPIED:
    return GATE_COPY;
  default:
    return CSMTP_FORKED;
  }
}

/* Reports whether the process is known to be the one that started Go. */
static int running(void) { return wiped && __atomic_load_n(&process->state, __ATOMIC_ACQUIRE) == RUNNING; }

/* Calls f with signals and cancellation blocked. */
static int undisturbed(int (*f)(CSmtpHandle), CSmtpHandle h)
{
  sigset_t all, mask;
  int cancel_state, code, saved = errno;
  sigfillset(&all);
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
  pthread_sigmask(SIG_SETMASK, &all, &mask);
  code = f(h);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  pthread_setcancelstate(cancel_state, NULL);
  errno = saved;
  return code;
}

int gateProcess(CSmtpHandle h) { return running() ? GATE_OPEN : undisturbed(decide, h); }

/* Records that the child frees the parent's handle h, instead of loading a private copy for
 * CSmtp_Free. A destructor in the child can free such handles although the child makes no
 * other call to the library. */
static int free_later(CSmtpHandle h)
{
  struct freed *f = NULL;
  notice_fork();
  if (!used || h > last_made)
    return 0;
  pthread_mutex_lock(&process->copying);
  if (process->state == NEW && (f = malloc(sizeof *f)) != NULL) {
    f->handle = h;
    f->next = freed;
    freed = f;
  }
  pthread_mutex_unlock(&process->copying);
  return f != NULL;
}

int gateFreeLater(CSmtpHandle h) { return running() ? 0 : undisturbed(free_later, h); }

/* 'holder' is the thread that holds process->starting while it forks. If another thread is
 * starting Go, the fork waits for this lock for at most a second. Without the lock, the
 * child could inherit Go's signal handlers instead of the host's. */
static pthread_t holder;
static int held;

/* Waits for at most a second until no other thread is changing a handle, and keeps
 * other threads from beginning a change. A child that was forked during a change could
 * not use that handle. A change takes about a microsecond. */
static void wait_for_changes(void)
{
  enum { SECOND = 10000 };
  const struct timespec pause = { 0, 100000 };
  size_t i;
  int turns = 0;
  __atomic_add_fetch(&gateFork.running, 1, __ATOMIC_SEQ_CST);
  for (i = 0; i < sizeof gateFork.changes / sizeof *gateFork.changes; i++)
    while (__atomic_load_n(&gateFork.changes[i].running, __ATOMIC_SEQ_CST) != 0 && turns++ < SECOND)
      nanosleep(&pause, NULL);
}

static void before_fork(void)
{
  struct timespec until;
  wait_for_changes();
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec++;
  if (pthread_mutex_timedlock(&process->starting, &until) != 0)
    return;
  holder = pthread_self();
  held = 1;
}

static void after_fork_in_parent(void)
{
  __atomic_sub_fetch(&gateFork.running, 1, __ATOMIC_SEQ_CST);
  if (held && pthread_equal(holder, pthread_self())) {
    held = 0;
    pthread_mutex_unlock(&process->starting);
  }
}

/* A child that was forked while another thread was in dlclose inherits the state of a
 * dlclose that never ends. With glibc 2.36, the child's next dlopen then blocks for ever,
 * or an assertion of glibc ends the process. So such a child does not load a private copy. */
static void after_fork_in_child(void)
{
  size_t i;
  for (i = 0; i < sizeof gateFork.locks / sizeof *gateFork.locks; i++)
    if (gateFork.locks[i] > 0)
      close(gateFork.locks[i] - 1);
  memset(&gateFork, 0, sizeof gateFork);
  held = 0; /* the mutex is zeroed below */
  memset(process, 0, sizeof *process);
  process->forked = 1;
  process->unloading = gateLoader != NULL && gateLoader->r_state == RT_DELETE;
  gateDisown();
}

__attribute__((constructor)) static void at_load(void)
{
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t size = (sizeof *process + page - 1) / page * page;
  void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p != MAP_FAILED) {
    process = p;
    wiped = madvise(p, size, MADV_WIPEONFORK) == 0;
  }
  if (csmtp_go_entry == NULL)
    born = getpid();
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  gateFindOwnFile();
}
