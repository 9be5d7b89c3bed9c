// The yardstick: what a take and a restore cost at least in this layout. It walks a folder, hashes every
// file with BLAKE3 and writes `.objects/hhh/hhh/hhh/…` and a simple manifest; and the way back. It is
// as fast as plain C with threads is, and leaves out what makes a store safe: no temporary names, no
// cache, no journal, no checks of what is already there.
//
//   layoutLimit take THREADS FOLDER STORE [sync]
//   layoutLimit restore THREADS STORE FOLDER [sync]   into an existing empty folder; every byte is checked
//
// `sync`: one syncfs at the end, so that all of it is on disk.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blake3.h"
#include "layoutTree.h"

enum { BATCH = 64, PIECE = 64 * 1024, MAX_THREADS = 64, OBJECT_PATH = 80 };

static int source, destination;

// --- Threads: each takes the next batch of files --------------------------------------------------

typedef struct {
  unsigned char *bytes;
  size_t size;
} Buffer;

typedef void Work(File *, Buffer *);
static Work *work;
static atomic_size_t next_file;

static void *worker(void *unused) {
  (void)unused;
  Buffer buffer = {malloc(1 << 20), 1 << 20};
  for (size_t from; (from = atomic_fetch_add(&next_file, BATCH)) < file_count();)
    for (size_t i = from; i < from + BATCH && i < file_count(); i++) work(file_at(i), &buffer);
  free(buffer.bytes);
  return NULL;
}

static void in_threads(int count, Work *what) {
  pthread_t threads[MAX_THREADS];
  work = what;
  for (int i = 0; i < count; i++) pthread_create(&threads[i], NULL, worker, NULL);
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

/** Reads a whole file into the buffer and hashes it on the way, while it is in the cache. */
static size_t read_and_hash(int at, const char *path, off_t size, Buffer *buffer, unsigned char *hash) {
  int fd = openat(at, path, O_RDONLY | O_NOATIME);
  if (fd < 0 && errno == EPERM) fd = openat(at, path, O_RDONLY);
  if (fd < 0) fail(path);
  if ((size_t)size > buffer->size) {
    free(buffer->bytes);
    *buffer = (Buffer){malloc(size), size};
  }
  blake3_hasher hasher;
  blake3_hasher_init(&hasher);
  size_t done = 0;
  while (done < (size_t)size) {
    size_t want = size - done < PIECE ? size - done : PIECE;
    ssize_t got = read(fd, buffer->bytes + done, want);
    if (got < 0) fail(path);
    if (got == 0) break;
    blake3_hasher_update(&hasher, buffer->bytes + done, got);
    done += got;
  }
  blake3_hasher_finalize(&hasher, hash, HASH);
  close(fd);
  return done;
}

static void write_all(int fd, const unsigned char *bytes, size_t size, const char *path) {
  for (size_t done = 0; done < size;) {
    size_t want = size - done < PIECE ? size - done : PIECE;
    ssize_t put = write(fd, bytes + done, want);
    if (put <= 0) fail(path);
    done += put;
  }
}

// --- Objects --------------------------------------------------------------------------------------

/** `hhh/hhh/hhh/<55 more>` */
static void object_path(const unsigned char *hash, char *path) {
  char hex[2 * HASH + 1];
  hex_of(hash, hex);
  for (int level = 0; level < 3; level++) {
    memcpy(path + 4 * level, hex + 3 * level, 3);
    path[4 * level + 3] = '/';
  }
  strcpy(path + 12, hex + 9);
}

static void make_shards(const unsigned char *hash, char *path) {
  static atomic_uchar made[4096]; // the first level is soon complete
  int first = hash[0] << 4 | hash[1] >> 4;
  for (int level = made[first] ? 1 : 0; level < 3; level++) {
    path[4 * level + 3] = 0;
    if (mkdirat(destination, path, 0777) && errno != EEXIST) fail(path);
    path[4 * level + 3] = '/';
  }
  made[first] = 1;
}

static void take_file(File *file, Buffer *buffer) {
  char path[OBJECT_PATH];
  file->size = read_and_hash(source, file->path, file->size, buffer, file->hash);
  object_path(file->hash, path);
  make_shards(file->hash, path);
  int fd = openat(destination, path, O_WRONLY | O_CREAT | O_EXCL, 0444);
  if (fd < 0 && errno == EEXIST) return;
  if (fd < 0) fail(path);
  write_all(fd, buffer->bytes, file->size, path);
  close(fd);
}

static void restore_file(File *file, Buffer *buffer) {
  char path[OBJECT_PATH];
  unsigned char hash[HASH];
  object_path(file->hash, path);
  size_t size = read_and_hash(source, path, file->size, buffer, hash);
  if (size != (size_t)file->size || memcmp(hash, file->hash, HASH)) {
    errno = EIO;
    fail(path);
  }
  int fd = openat(destination, file->path, O_WRONLY | O_CREAT | O_EXCL, file->mode & 0777);
  if (fd < 0) fail(file->path);
  write_all(fd, buffer->bytes, size, file->path);
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, file->mtime};
  futimens(fd, times);
  close(fd);
}

static void take(int threads, const char *folder, const char *store, int sync) {
  char path[4096];
  source = open_folder(AT_FDCWD, folder);
  mkdir(store, 0777);
  snprintf(path, sizeof path, "%s/.objects", store);
  if (mkdir(path, 0777)) fail(path);
  destination = open_folder(AT_FDCWD, path);
  walk(open_folder(source, "."), "");
  in_threads(threads, take_file);
  snprintf(path, sizeof path, "%s/manifest", store);
  write_manifest(path);
  if (sync && syncfs(destination)) fail("syncfs");
}

static void restore(int threads, const char *store, const char *folder, int sync) {
  int at = open_folder(AT_FDCWD, store);
  source = open_folder(at, ".objects");
  destination = open_folder(AT_FDCWD, folder);
  read_manifest(at, destination);
  in_threads(threads, restore_file);
  if (sync && syncfs(destination)) fail("syncfs");
}

int main(int count, char **args) {
  const char *what = count > 4 ? args[1] : "";
  int threads = count > 4 ? atoi(args[2]) : 0;
  int sync = count > 5 && !strcmp(args[5], "sync");
  if (threads < 1 || threads > MAX_THREADS) threads = 1;
  if (!strcmp(what, "take")) {
    take(threads, args[3], args[4], sync);
  } else if (!strcmp(what, "restore")) {
    restore(threads, args[3], args[4], sync);
  } else {
    fprintf(stderr, "usage: layoutLimit take|restore THREADS FROM TO [sync]\n");
    return 2;
  }
  return 0;
}
