#include "base/clock.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#define MILLISECOND_NS 1000000
#define PAGE_MAGIC UINT64_C(0x69726f6e636c6b31) /* "ironclk1" */

struct clock_page {
    uint64_t magic;
    _Atomic int64_t at_unix_ms;
};

static int map(int fd, int protection, struct clock *ret)
{
    struct clock_page *page = mmap(NULL, sizeof *page, protection, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        return ERR_IO;
    ret->page = page;
    return 0;
}

int clock_page_create(const char *path, int64_t at_unix_ms, struct clock *ret, int *ret_fd)
{
    (void)unlink(path);
    CLEANUP_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof(struct clock_page)) != 0)
        return ERR_IO;
    /* What is handed on is for reading: no other process can map the page for writing with it. */
    CLEANUP_CLOSE int read_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (read_fd < 0)
        return ERR_IO;
    int r = map(fd, PROT_READ | PROT_WRITE, ret);
    if (r < 0)
        return r;
    atomic_store(&ret->page->at_unix_ms, at_unix_ms);
    ret->page->magic = PAGE_MAGIC;
    if (ret_fd != NULL)
        *ret_fd = TAKE_FD(read_fd);
    return 0;
}

int clock_page_map(int fd, struct clock *ret)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return ERR_IO;
    if (st.st_size != (off_t)sizeof(struct clock_page))
        return ERR_FORMAT;
    struct clock c;
    int r = map(fd, PROT_READ, &c);
    if (r < 0)
        return r;
    if (c.page->magic != PAGE_MAGIC) {
        clock_clear(&c);
        return ERR_FORMAT;
    }
    *ret = c;
    return 0;
}

int clock_page_open(const char *path, struct clock *ret)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? ERR_IO : clock_page_map(fd, ret);
}

void clock_page_set(struct clock *c, int64_t at_unix_ms)
{
    int64_t now = atomic_load(&c->page->at_unix_ms);
    while (at_unix_ms > now &&
           !atomic_compare_exchange_weak(&c->page->at_unix_ms, &now, at_unix_ms))
        continue;
}

void clock_clear(struct clock *c)
{
    if (c->page != NULL)
        munmap(c->page, sizeof *c->page);
    c->page = NULL;
}

static int64_t read_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * CLOCK_SECOND_MS + t.tv_nsec / MILLISECOND_NS;
}

int64_t clock_now_ms(const struct clock *c)
{
    return c->page != NULL ? atomic_load(&c->page->at_unix_ms) : read_ms(CLOCK_REALTIME);
}

int64_t clock_system_ms(void)
{
    struct clock live = clock_live();
    return clock_now_ms(&live);
}

bool clock_is_replay(const struct clock *c)
{
    return c->page != NULL;
}

int64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_boot_seconds(void)
{
    return read_ms(CLOCK_BOOTTIME) / CLOCK_SECOND_MS;
}

int clock_next_pause(int pause_ms, int first_ms, int max_ms)
{
    if (pause_ms == 0)
        return first_ms;
    return pause_ms > max_ms / 2 ? max_ms : pause_ms * 2;
}
