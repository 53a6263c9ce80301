/* SPDX-License-Identifier: MIT
 *
 * file_linux.c: finds the library's own file, and copies it for a forked child.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gate.h"

static char own_path[4096];
static struct stat own;
static int own_fd = -1;

static int is_own(const struct stat *s)
{
  return s->st_dev == own.st_dev && s->st_ino == own.st_ino && s->st_size == own.st_size
    && s->st_mtim.tv_sec == own.st_mtim.tv_sec && s->st_mtim.tv_nsec == own.st_mtim.tv_nsec;
}

/* The state of the dynamic loader. Debuggers find it through the dynamic section of the
 * program, and so does this file. */
const struct r_debug *gateLoader;

#if defined(__GLIBC__)
/* Reports whether map describes libcsmtp.so itself. If the library is linked into another
 * object, no private copy is made, because loading a copy of that object would run the
 * object's constructors again. */
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

static void find_loader(const struct link_map *map)
{
  const ElfW(Dyn) * d;
  while (map->l_prev != NULL)
    map = map->l_prev;
  for (d = map->l_ld; d != NULL && d->d_tag != DT_NULL; d++)
    if (d->d_tag == DT_DEBUG)
      gateLoader = (const struct r_debug *)d->d_un.d_ptr;
}

void gateFindOwnFile(void)
{
  Dl_info info;
  struct link_map *map = NULL;
  if (!dladdr1((void *)gateFindOwnFile, &info, (void **)&map, RTLD_DL_LINKMAP) || map == NULL)
    return;
  find_loader(map);
  if (info.dli_fname == NULL || !is_libcsmtp(map) || realpath(info.dli_fname, own_path) == NULL || stat(own_path, &own) != 0)
    own_path[0] = 0;
}
#else
/* With musl, no private copy is made, because musl's dlopen refuses the thread-local
 * variables of Go. So the path of the file stays unknown. */
void gateFindOwnFile(void) {}
#endif

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

/* Keeps the library's file open, because the file could be replaced or deleted before a
 * child needs it. The descriptor is at least 3, because lower ones are the standard
 * streams. */
void gateKeepOwnFile(void)
{
  int fd = open_own_file();
  if (fd >= 0) {
    own_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    close(fd);
  }
}

#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 0x0001U
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3; older kernels refuse the flag */
#endif

/* glibc has memfd_create only since version 2.27, so this function makes the
 * system call itself. */
static int memory_file(unsigned int flags)
{
  return (int)syscall(SYS_memfd_create, "csmtp", flags);
}

int gateCopyOwnFile(void)
{
  struct stat now;
  off_t at = 0;
  int in = own_fd >= 0 && fstat(own_fd, &now) == 0 && is_own(&now) ? dup(own_fd) : open_own_file();
  int out = -1;
  if (in >= 0) {
    out = memory_file(MFD_CLOEXEC | MFD_EXEC);
    if (out < 0)
      out = memory_file(MFD_CLOEXEC);
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
