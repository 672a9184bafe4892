#include <spawn.h>
#include <stddef.h>

// Declared by glibc for GNU sources only.
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int posix_openpt(int flags);
extern int grantpt(int terminal);
extern int unlockpt(int terminal);
extern int ptsname_r(int terminal, char *name, size_t size);
// POSIX_SPAWN_SETSID, defined by glibc for GNU sources only.
static const short posix_spawn_setsid = 0x80;
