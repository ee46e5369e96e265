/* A disk that fails as it is told to, for the files of one database: what is loaded with it writes and syncs through it.

   https://man7.org/linux/man-pages/man8/ld.so.8.html (LD_PRELOAD); faulty_disk.py says what the one byte means. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { WELL, WRITES_FAIL, SYNCS_FAIL, SYNCS_HANG, READ_ONLY, READS_FAIL };

static volatile unsigned char *said;

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("FAULTY_DISK");
    int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *shared = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
    said = shared == MAP_FAILED ? NULL : shared;
    close(fd);
}

static int now(int fd) {
    if (!said || *said == WELL)
        return WELL;
    int before = errno;
    char link[32] = "/proc/self/fd/", digits[12], path[4096];
    int place = sizeof digits - 1;
    digits[place] = 0;
    do
        digits[--place] = '0' + fd % 10;
    while ((fd /= 10) > 0);
    strcat(link, digits + place);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length < 0)
        return WELL;
    path[length] = 0;
    return strstr(path, "/tsunagu.sqlite") ? *said : WELL;
}

static int refused(int fd) {
    int fault = now(fd);
    if (fault == WRITES_FAIL)
        errno = EIO;
    if (fault == READ_ONLY)
        errno = EROFS;
    return fault == WRITES_FAIL || fault == READ_ONLY;
}

static int unsynced(int fd) {
    while (now(fd) == SYNCS_HANG)
        usleep(5000);
    if (now(fd) != SYNCS_FAIL)
        return 0;
    errno = EIO;
    return 1;
}

#define REAL(name, gives, ...) \
    static gives (*real)(__VA_ARGS__); \
    if (!real) \
        real = (gives (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define WRITING(name) \
    ssize_t name(int fd, const void *from, size_t count, off_t at) { \
        REAL(#name, ssize_t, int, const void *, size_t, off_t); \
        return refused(fd) ? -1 : real(fd, from, count, at); \
    }

#define READING(name) \
    ssize_t name(int fd, void *to, size_t count, off_t at) { \
        REAL(#name, ssize_t, int, void *, size_t, off_t); \
        if (now(fd) == READS_FAIL) { \
            errno = EIO; \
            return -1; \
        } \
        return real(fd, to, count, at); \
    }

#define CUTTING(name) \
    int name(int fd, off_t length) { \
        REAL(#name, int, int, off_t); \
        return refused(fd) ? -1 : real(fd, length); \
    }

#define SYNCING(name) \
    int name(int fd) { \
        REAL(#name, int, int); \
        return unsynced(fd) ? -1 : real(fd); \
    }

WRITING(pwrite)
WRITING(pwrite64)
READING(pread)
READING(pread64)
CUTTING(ftruncate)
CUTTING(ftruncate64)
SYNCING(fsync)
SYNCING(fdatasync)
