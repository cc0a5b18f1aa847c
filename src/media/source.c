#include "media/source.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_fd(void *context, uint64_t offset, void *ret, size_t len)
{
    const int *fd = context;
    uint8_t *to = ret;
    while (len > 0) {
        ssize_t n = pread(*fd, to, len, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ERR_IO; /* it has become shorter meanwhile */
        to += n;
        len -= (size_t)n;
        offset += (uint64_t)n;
    }
    return 0;
}

static int read_memory(void *context, uint64_t offset, void *ret, size_t len)
{
    const uint8_t *const *memory = context;
    memcpy(ret, *memory + offset, len);
    return 0;
}

int media_source_fd(int *fd, struct media_source *ret)
{
    struct stat st;
    if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode))
        return ERR_IO;
    *ret = (struct media_source){.context = fd, .size = (uint64_t)st.st_size, .read = read_fd};
    return 0;
}

struct media_source media_source_memory(const uint8_t **memory, size_t len)
{
    return (struct media_source){.context = memory, .size = len, .read = read_memory};
}

int media_read(const struct media_source *s, uint64_t offset, void *ret, size_t len)
{
    if (offset > s->size || len > s->size - offset)
        return ERR_FORMAT;
    return len == 0 ? 0 : s->read(s->context, offset, ret, len);
}
