#include "capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "wire/test.h"

static struct stream {
    int real, caught;
    char text[65536];
} streams[2]; /* standard output, standard error */

void capture_begin(void)
{
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        streams[i].real = fcntl(STDOUT_FILENO + i, F_DUPFD_CLOEXEC, 10);
        streams[i].caught = memfd_create("caught", MFD_CLOEXEC);
        FIXTURE_MUST(streams[i].real >= 0 && streams[i].caught >= 0);
        dup2(streams[i].caught, STDOUT_FILENO + i);
    }
}

void capture_end(const char **ret_out, const char **ret_error)
{
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        struct stream *s = &streams[i];
        ssize_t n = pread(s->caught, s->text, sizeof s->text - 1, 0);
        s->text[n > 0 ? n : 0] = '\0';
        dup2(s->real, STDOUT_FILENO + i);
        close(s->real);
        close(s->caught);
    }
    *ret_out = streams[0].text;
    *ret_error = streams[1].text;
}
