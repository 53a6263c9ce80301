/* SPDX-License-Identifier: MIT
 *
 * fork_linux.c: finds out which process this is. A forked child has none of the
 * runtime's threads. When the parent had not used the library, the child
 * starts it as any process does; when it had, the child loads a private copy
 * of the library and hands its calls on to that.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gate.h"

enum state { NEW, RUNNING, COPIED, IMPOSSIBLE };
enum { ENTRIES = 256 };

/* What belongs to one process: zero in every child, however it was made. */
struct process {
  int state;
  pid_t pid; /* compared only where the kernel cannot wipe the page */
  CSmtpHandle last; /* COPIED: the last handle that may be an ancestor's */
  int forked, unloading; /* by fork; while another thread was in dlclose */
  void *copy;
  void *entries[ENTRIES]; /* of the copy */
  pthread_mutex_t starting, copying; /* zero is PTHREAD_MUTEX_INITIALIZER */
};

static struct process fallback;
static struct process *process = &fallback;
static int wiped; /* by the kernel */

/* What children inherit. */
static int used; /* the runtime of this image was started, here or in an ancestor */
static pid_t born; /* where the loader started it */
static CSmtpHandle last_made;
static CSmtpHandle first; /* a copy's first handle */

/* ---- The library's own file -------------------------------------------- */

static char own_path[4096];
static struct stat own;
static int own_fd = -1;

static int is_own(const struct stat *s)
{
  return s->st_dev == own.st_dev && s->st_ino == own.st_ino && s->st_size == own.st_size
    && s->st_mtim.tv_sec == own.st_mtim.tv_sec && s->st_mtim.tv_nsec == own.st_mtim.tv_nsec;
}

/* Only libcsmtp itself may be copied: linked into something else, the copy
 * would run that one's constructors. */
static int is_libcsmtp(const struct link_map *map)
{
  const ElfW(Dyn) * d;
  const char *strings = NULL;
  for (d = map->l_ld; d->d_tag != DT_NULL; d++)
    if (d->d_tag == DT_STRTAB)
      strings = (const char *)(d->d_un.d_ptr < map->l_addr ? map->l_addr + d->d_un.d_ptr : d->d_un.d_ptr);
  for (d = map->l_ld; strings != NULL && d->d_tag != DT_NULL; d++)
    if (d->d_tag == DT_SONAME)
      return strncmp(strings + d->d_un.d_val, "libcsmtp.so", 11) == 0;
  return 0;
}

/* The first link map. The loader publishes it for debuggers in the dynamic
 * section of the program. */
static const struct r_debug *loader;

static void find_loader(const struct link_map *map)
{
  const ElfW(Dyn) * d;
  while (map->l_prev != NULL)
    map = map->l_prev;
  for (d = map->l_ld; d != NULL && d->d_tag != DT_NULL; d++)
    if (d->d_tag == DT_DEBUG)
      loader = (const struct r_debug *)d->d_un.d_ptr;
}

static void find_own_file(void)
{
  Dl_info info;
  struct link_map *map = NULL;
  if (!dladdr1((void *)find_own_file, &info, (void **)&map, RTLD_DL_LINKMAP) || map == NULL)
    return;
  find_loader(map);
  if (info.dli_fname == NULL || !is_libcsmtp(map) || realpath(info.dli_fname, own_path) == NULL || stat(own_path, &own) != 0)
    own_path[0] = 0;
}

static int open_own_file(void)
{
  struct stat now;
  int fd = own_path[0] != 0 ? open(own_path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd >= 0 && (fstat(fd, &now) != 0 || !is_own(&now))) {
    close(fd);
    fd = -1;
  }
  return fd;
}

/* The file may be replaced or go out of reach before a child needs it. Not
 * below 3: those are somebody's standard streams. */
static void keep_own_file(void)
{
  int fd = open_own_file();
  if (fd >= 0) {
    own_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    close(fd);
  }
}

/* ---- The copy ---------------------------------------------------------- */

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3; older kernels refuse the flag */
#endif

static int copy_own_file(void)
{
  struct stat now;
  off_t at = 0;
  int in = own_fd >= 0 && fstat(own_fd, &now) == 0 && is_own(&now) ? dup(own_fd) : open_own_file();
  int out = -1;
  if (in >= 0) {
    out = memfd_create("csmtp", MFD_CLOEXEC | MFD_EXEC);
    if (out < 0)
      out = memfd_create("csmtp", MFD_CLOEXEC);
  }
  while (out >= 0 && at < own.st_size)
    if (sendfile(out, in, &at, (size_t)(own.st_size - at)) <= 0) {
      close(out);
      out = -1;
    }
  if (in >= 0)
    close(in);
  return out;
}

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

/* The loader's lock may have been held, while the process forked, by a thread
 * that the child does not have: it is waited for in another thread, and not
 * for ever. What that thread needs is left to it then. */
static void *open_in_time(int fd)
{
  enum { SECONDS = 3 };
  static const char slashes[] = "////////////////////////////////////////////////////////////////";
  static int generation; /* the loader knows a library by its path: it must differ from an ancestor's */
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

/* The one function beside CSmtp_*: the parent image tells its copy where the
 * copy's handles start. */
CSMTP_API int csmtp_private_adopt(CSmtpHandle handle);
int csmtp_private_adopt(CSmtpHandle handle)
{
  if (used)
    return 0;
  first = handle;
  return 1;
}

/* glibc unmaps its cache of names at the end of each dlopen, and then notes that
 * it did. A child forked between the two does it once more, when what the copy
 * mapped may be there. With nothing to load, there is nothing to be hit. Without
 * fork's handlers the loader is still locked then: open_in_time sees to that. */
static void settle_loader(void)
{
  if (process->forked && loader != NULL && loader->r_state == RT_CONSISTENT)
    (void)dlopen(NULL, RTLD_NOW);
}

static void *load_copy(CSmtpHandle last)
{
  int (*adopt)(CSmtpHandle);
  void *copy;
  int fd = copy_own_file();
  if (fd < 0)
    return NULL;
  gateReturnSignals(); /* the copy must find the host's */
  settle_loader();
  copy = open_in_time(fd);
  close(fd);
  if (copy == NULL)
    return NULL;
  *(void **)&adopt = dlsym(copy, "csmtp_private_adopt");
  return adopt != NULL && adopt != csmtp_private_adopt && adopt(last + 1) ? copy : NULL;
}

void *gateCopy(int entry, const char *name)
{
  void *f;
  if (__atomic_load_n(&process->state, __ATOMIC_ACQUIRE) != COPIED)
    return NULL;
  if (entry < 0 || entry >= ENTRIES)
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
  keep_own_file();
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
    process->last = last_made;
    process->copy = process->unloading ? NULL : load_copy(last_made);
    set_state(process->copy != NULL ? COPIED : IMPOSSIBLE);
  }
  pthread_mutex_unlock(&process->copying);
}

static int decide(CSmtpHandle h)
{
  int code;
  if (!wiped && process->pid != 0 && process->pid != getpid())
    memset(process, 0, sizeof *process);
  if (born != 0 && born != getpid())
    used = 1;
  if (process->state == NEW && (code = start()) != 0)
    return code;
  if (process->state == NEW) { /* a child, and its parent had used the library */
    if (h != 0 && h <= last_made)
      return CSMTP_FORKED;
    copy();
  }
  switch (process->state) {
  case RUNNING:
    return GATE_OPEN;
  case COPIED:
    return h != 0 && h <= process->last ? CSMTP_FORKED : GATE_COPY;
  default:
    return CSMTP_FORKED;
  }
}

int gateProcess(CSmtpHandle h)
{
  sigset_t all, mask;
  int cancel_state, code, saved = errno;
  if (wiped && __atomic_load_n(&process->state, __ATOMIC_ACQUIRE) == RUNNING)
    return GATE_OPEN;
  sigfillset(&all);
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
  pthread_sigmask(SIG_SETMASK, &all, &mask);
  code = decide(h);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  pthread_setcancelstate(cancel_state, NULL);
  errno = saved;
  return code;
}

/* A fork waits for a start under way, so that no child inherits half of one:
 * Go's handlers in the host's place. Not for ever: the child is safe anyhow. */
static pthread_t holder;
static int held;

static void before_fork(void)
{
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec++;
  if (pthread_mutex_timedlock(&process->starting, &until) != 0)
    return;
  holder = pthread_self();
  held = 1;
}

static void after_fork_in_parent(void)
{
  if (held && pthread_equal(holder, pthread_self())) {
    held = 0;
    pthread_mutex_unlock(&process->starting);
  }
}

/* A child that was forked inside another thread's dlclose inherits that half
 * done, for good: glibc 2.36 waits for ever in the next dlopen, or ends the
 * process by an assertion. */
static void after_fork_in_child(void)
{
  held = 0; /* with its mutex */
  memset(process, 0, sizeof *process);
  process->forked = 1;
  process->unloading = loader != NULL && loader->r_state == RT_DELETE;
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
  find_own_file();
}
