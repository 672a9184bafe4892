#include <libpq-fe.h>

// What Swift's Glibc module leaves out and a thread that waits for libpq's sockets needs.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// prctl is variadic, which Swift cannot call.
static inline void cpostgres_name_this_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}
