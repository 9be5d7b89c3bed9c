/*
 * Swaps two names again and again, in one step each (Linux): swapper A B COUNT. Between two swaps it waits for
 * a while that differs, so that it meets every moment of whoever uses the names. Prints how often it swapped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  long count = atol(argv[3]), swapped = 0;
  long failed = 0;
  uint32_t state = 1;
  puts("ready");
  fflush(stdout);
  while (swapped < count) {
    if (syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) == 0) swapped++;
    else if (errno == EINVAL || errno == ENOSYS) return 3;
    /* One of the names may be gone for a moment: whoever is attacked may have removed it. */
    else if (++failed % 1000 == 0) usleep(1000);
    state = state * 1664525u + 1013904223u;
    for (volatile uint32_t wait = (state >> 8) % 40000; wait > 0; wait--) {}
    if (getppid() == 1) return 4;
  }
  printf("%ld\n", swapped);
  return 0;
}
