/* A bag that somebody else has made: the input is the tar archive within the age file. Whatever it
 * is, what reaches the reader has a name that stays in its folder.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "exchange/bag_read.h"
#include "fuzz.h"

static int begin(void *context, const char *path, uint64_t size, struct diag *d)
{
    (void)size;
    (void)d;
    *(uint64_t *)context = 0;
    FUZZ_MUST(path[0] != '/' && strstr(path, "..") != path && strstr(path, "/.") == NULL);
    return 0;
}

static int data_of(void *context, const void *data, size_t len, struct diag *d)
{
    (void)data;
    (void)d;
    *(uint64_t *)context += len;
    return 0;
}

static int end(void *context, struct diag *d)
{
    (void)context;
    (void)d;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct age_identity id;
    static bool begun;
    uint64_t bytes = 0;
    const struct bag_sink sink = {begin, data_of, end, &bytes};
    struct bag_summary summary;
    struct diag d = {""};
    if (!begun) {
        secret_init();
        age_identity_generate(&id);
        begun = true;
    }
    const struct age_recipient to = age_identity_recipient(&id);
    CLEANUP_BUF struct buf sealed = BUF_INIT(4 * FUZZ_BYTES_MAX);
    CLEANUP_CLOSE int fd = memfd_create("bag", MFD_CLOEXEC);
    char path[64];
    FUZZ_MUST(fd >= 0 && age_encrypt(&to, 1, data, len, &sealed) == 0);
    FUZZ_MUST(file_write_fd(fd, sealed.data, sealed.len) == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (bag_read(path, &id, 1, &sink, &summary, &d) < 0)
        FUZZ_MUST(d.text[0] != '\0');
    return 0;
}
