// The tree of the yardstick: what is in a folder, and its manifest. See layoutLimit.c.
#ifndef LAYOUT_TREE_H
#define LAYOUT_TREE_H
#include <sys/stat.h>
#include <time.h>

enum { HASH = 32 };

typedef struct {
  char *path;
  mode_t mode;
  off_t size;
  struct timespec mtime;
  unsigned char hash[HASH];
} File;

/** Ends the program with a word about `what`, and errno. */
void fail(const char *what);

/** All files of the tree. */
size_t file_count(void);
File *file_at(size_t index);

int open_folder(int at, const char *path);

/** Writes 64 digits and a zero byte. */
void hex_of(const unsigned char *hash, char *hex);

/** Adds everything below an open folder, which is closed. Links are not followed. */
void walk(int fd, const char *relative);

/** Sorts the files and writes the manifest. */
void write_manifest(const char *path);

/** Reads the manifest of a store; makes the folders and links below `destination` on the way. */
void read_manifest(int store, int destination);

#endif
