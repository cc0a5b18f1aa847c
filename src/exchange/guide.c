#include "exchange/guide.h"

#include <stddef.h>

static const char *const readme_lines[] = {
#include "exchange/README.txt.inc"
};
static const char *const verify_lines[] = {
#include "exchange/verify.sh.inc"
};

void guide_readme(struct buf *b)
{
    for (size_t i = 0; i < sizeof readme_lines / sizeof *readme_lines; i++)
        buf_put_text(b, readme_lines[i]);
}

void guide_verify(struct buf *b)
{
    for (size_t i = 0; i < sizeof verify_lines / sizeof *verify_lines; i++)
        buf_put_text(b, verify_lines[i]);
}
