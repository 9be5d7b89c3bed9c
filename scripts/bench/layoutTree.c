// The tree of the yardstick: what is in a folder, and its manifest. See layoutLimit.c.
#define _GNU_SOURCE
#include "layoutTree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  char *path;
  char *target;
} Link;

typedef struct {
  void *items;
  size_t count, capacity;
} List;

static List files, folders, links;

void fail(const char *what) {
  fprintf(stderr, "layoutLimit: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void *push(List *list, size_t size) {
  if (list->count == list->capacity) {
    list->capacity = list->capacity ? list->capacity * 2 : 4096;
    list->items = realloc(list->items, list->capacity * size);
    if (!list->items) fail("memory");
  }
  return (char *)list->items + size * list->count++;
}

size_t file_count(void) { return files.count; }
File *file_at(size_t index) { return (File *)files.items + index; }
static char *folder_at(size_t index) { return ((char **)folders.items)[index]; }

int open_folder(int at, const char *path) {
  int fd = openat(at, path, O_RDONLY | O_DIRECTORY);
  if (fd < 0) fail(path);
  return fd;
}

void hex_of(const unsigned char *hash, char *hex) {
  for (int i = 0; i < HASH; i++) {
    hex[2 * i] = "0123456789abcdef"[hash[i] >> 4];
    hex[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
  }
  hex[2 * HASH] = 0;
}

// --- Walk -----------------------------------------------------------------------------------------

static char *join(const char *folder, const char *name) {
  size_t head = strlen(folder), tail = strlen(name);
  char *path = malloc(head + tail + 2);
  memcpy(path, folder, head);
  if (head) path[head++] = '/';
  memcpy(path + head, name, tail + 1);
  return path;
}

static void add_link(int folder, const char *name, char *path) {
  char target[4096];
  ssize_t length = readlinkat(folder, name, target, sizeof target - 1);
  if (length < 0) fail(path);
  target[length] = 0;
  *(Link *)push(&links, sizeof(Link)) = (Link){path, strdup(target)};
}

static void add_file(int folder, const char *name, char *path) {
  struct stat s;
  if (fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW)) fail(path);
  if (!S_ISREG(s.st_mode)) return;
  File *file = push(&files, sizeof(File));
  *file = (File){.path = path, .mode = s.st_mode, .size = s.st_size, .mtime = s.st_mtim};
}

void walk(int fd, const char *relative) {
  DIR *dir = fdopendir(fd);
  if (!dir) fail(relative);
  for (struct dirent *entry; (entry = readdir(dir));) {
    const char *name = entry->d_name;
    if (!strcmp(name, ".") || !strcmp(name, "..")) continue;
    char *path = join(relative, name);
    if (entry->d_type == DT_DIR) {
      *(char **)push(&folders, sizeof(char *)) = path;
      walk(open_folder(fd, name), path);
    } else if (entry->d_type == DT_LNK) {
      add_link(fd, name, path);
    } else {
      add_file(fd, name, path);
    }
  }
  closedir(dir);
}

// --- Manifest: "F hash mode size seconds nanoseconds path", "D path", "L path", target ------------

static int by_path(const void *a, const void *b) {
  return strcmp(((const File *)a)->path, ((const File *)b)->path);
}

void write_manifest(const char *path) {
  FILE *out = fopen(path, "w");
  if (!out) fail(path);
  qsort(files.items, files.count, sizeof(File), by_path);
  for (size_t i = 0; i < folders.count; i++) fprintf(out, "D %s\n", folder_at(i));
  for (size_t i = 0; i < links.count; i++) {
    Link *link = (Link *)links.items + i;
    fprintf(out, "L %s\n%s\n", link->path, link->target);
  }
  for (size_t i = 0; i < files.count; i++) {
    File *file = file_at(i);
    char hex[2 * HASH + 1];
    hex_of(file->hash, hex);
    fprintf(out, "F %s %o %lld %lld %ld %s\n", hex, file->mode, (long long)file->size,
            (long long)file->mtime.tv_sec, file->mtime.tv_nsec, file->path);
  }
  if (fclose(out)) fail(path);
}

static int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

static void read_file_line(char *line) {
  File *file = push(&files, sizeof(File));
  for (int i = 0; i < HASH; i++) file->hash[i] = digit(line[2 * i]) << 4 | digit(line[2 * i + 1]);
  char *at = line + 2 * HASH;
  file->mode = strtoul(at, &at, 8);
  file->size = strtoll(at, &at, 10);
  file->mtime.tv_sec = strtoll(at, &at, 10);
  file->mtime.tv_nsec = strtol(at, &at, 10);
  file->path = strdup(at + 1);
}

void read_manifest(int store, int destination) {
  FILE *in = fdopen(openat(store, "manifest", O_RDONLY), "r");
  if (!in) fail("manifest");
  char *line = NULL, *target = NULL;
  size_t room = 0, more = 0;
  for (ssize_t length; (length = getline(&line, &room, in)) > 0;) {
    line[length - 1] = 0;
    if (line[0] == 'F') {
      read_file_line(line + 2);
    } else if (line[0] == 'D') {
      if (mkdirat(destination, line + 2, 0777)) fail(line + 2);
    } else {
      length = getline(&target, &more, in);
      target[length - 1] = 0;
      if (symlinkat(target, destination, line + 2)) fail(line + 2);
    }
  }
  fclose(in);
}
