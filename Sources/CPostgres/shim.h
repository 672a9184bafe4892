#include <libpq-fe.h>

// What Swift's Glibc module leaves out, and a thread that waits for libpq's sockets or starts a server needs.
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// Declared by glibc for GNU sources only.
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

// prctl is variadic, which Swift cannot call.
static inline void cpostgres_name_this_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}
