/* Runs a fuzz target over files: those given, and all files in the folders given. */
#include <dirent.h>

#include "base/file.h"
#include "base/process.h"
#include "fuzz.h"

static void run_file(const char *path)
{
    CLEANUP_BUF struct buf b = BUF_INIT(16U << 20);
    FUZZ_MUST(file_read(path, &b, NULL) == 0);
    /* A copy of just this length, so that the sanitizer sees a read past the end. */
    uint8_t *copy = malloc(b.len > 0 ? b.len : 1);
    FUZZ_MUST(copy != NULL);
    if (b.len > 0)
        memcpy(copy, b.data, b.len);
    LLVMFuzzerTestOneInput(copy, b.len);
    free(copy);
}

static size_t run_folder(const char *path)
{
    DIR *folder = opendir(path);
    size_t count = 0;
    FUZZ_MUST(folder != NULL);
    for (const struct dirent *e; (e = readdir(folder)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        CLEANUP_FREE char *file = file_join(path, e->d_name);
        run_file(file);
        count++;
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    process_begin();
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder == NULL) {
            run_file(argv[i]);
            continue;
        }
        closedir(folder);
        size_t count = run_folder(argv[i]);
        printf("%s: %zu files\n", argv[i], count);
        FUZZ_MUST(count > 0);
    }
    return 0;
}
