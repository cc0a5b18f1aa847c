/* Files of an archive, opened piece by piece: only bytes that were archived, and only with the
 * message's key. */
#include "follower/originals.h"

#include <fcntl.h>
#include <unistd.h>

#include "../archive/shelf.h"
#include "base/file.h"
#include "journal/files.h"

#define SIZE 500000U

/* A file in a bot's store. */
struct stored {
    char *store, *path;
    uint8_t *text;
    struct originals_file file;
    struct originals *originals;
    struct buf piece;
};

static void put_file(struct shelf *s, struct stored *x)
{
    CLEANUP_FREE char *sealed = file_join(s->folder, "sealed");
    x->text = mem_array(SIZE, 1);
    for (size_t i = 0; i < SIZE; i++)
        x->text[i] = (uint8_t)(i * 7 >> 4);
    const uint8_t *text = x->text;
    const struct media_source source = media_source_memory(&text, SIZE);
    x->file = (struct originals_file){.size = SIZE + SEALED_TAG_BYTES, .key = {1}, .iv = {2}};
    CLEANUP_CLOSE int fd = open(sealed, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    FIXTURE_MUST(sealed_write(&source, x->file.key, x->file.iv, fd, x->file.sha256) == 0);
    x->store = file_join(s->folder, "files");
    x->path = journal_file_path(x->store, x->file.sha256);
    CLEANUP_FREE char *folder = mem_string_n(x->path, (size_t)(strrchr(x->path, '/') - x->path));
    FIXTURE_MUST(file_make_folder(folder, 0700, NULL) == 0 && rename(sealed, x->path) == 0);
    struct journal_file f = {.size = x->file.size};
    memcpy(f.sha256, x->file.sha256, HASH_BYTES);
    shelf_commit(s, &(struct shelf_wrong){.file = &f});
    x->originals = originals_new();
    x->piece = (struct buf)BUF_INIT(ORIGINALS_PIECE_MAX);
}

static void clear(struct stored *x)
{
    originals_free(x->originals);
    buf_clear(&x->piece);
    free(x->store);
    free(x->path);
    free(x->text);
}

static int read_piece(struct shelf *s, struct stored *x, uint64_t offset, size_t len,
                      struct diag *d)
{
    const struct originals_place p = {s->journal_path, x->store};
    d->text[0] = '\0';
    buf_reset(&x->piece);
    return originals_read(x->originals, &p, &x->file, offset, len, &x->piece, d);
}

static void originals__read__gives_each_piece(void **state)
{
    struct shelf *s = *state;
    struct stored x = {0};
    struct diag d;
    put_file(s, &x);
    for (uint64_t at = 0; at < SIZE; at += ORIGINALS_PIECE_MAX) {
        size_t len = SIZE - at < ORIGINALS_PIECE_MAX ? SIZE - at : ORIGINALS_PIECE_MAX;
        if (read_piece(s, &x, at, len, &d) != 0)
            fail_msg("%s", d.text);
        assert_int_equal(x.piece.len, len);
        assert_memory_equal(x.piece.data, x.text + at, len);
    }
    assert_int_equal(read_piece(s, &x, SIZE, 1, &d), ERR_FORMAT);
    assert_int_equal(read_piece(s, &x, 0, ORIGINALS_PIECE_MAX + 1, &d), ERR_LIMIT);
    clear(&x);
}

static void assert_refused(struct shelf *s, struct stored *x, int code, const char *line)
{
    struct diag d;
    assert_int_equal(read_piece(s, x, 0, 10, &d), code);
    assert_says(d.text, line);
    assert_int_equal(x->piece.len, 0);
}

static void originals__read__refuses_bytes_that_were_not_archived(void **state)
{
    struct shelf *s = *state;
    struct stored x = {0};
    put_file(s, &x);
    CLEANUP_CLOSE int fd = open(x.path, O_RDWR | O_CLOEXEC);
    FIXTURE_MUST(pwrite(fd, "x", 1, SIZE / 2) == 1);
    assert_refused(s, &x, ERR_AUTH, "not those that were archived");
    FIXTURE_MUST(ftruncate(fd, SIZE) == 0);
    assert_refused(s, &x, ERR_AUTH, "not those that were archived");
    FIXTURE_MUST(ftruncate(fd, VALUE_FILE_BYTES_MAX + 1) == 0);
    assert_refused(s, &x, ERR_AUTH, "not those that were archived");
    clear(&x);
}

/* Right bytes and a message that names another key: what it would give is nobody's. */
static void originals__read__refuses_another_key(void **state)
{
    struct shelf *s = *state;
    struct stored x = {0};
    struct diag d;
    put_file(s, &x);
    assert_int_equal(read_piece(s, &x, 0, 10, &d), 0);
    x.file.key[0]++;
    assert_refused(s, &x, ERR_AUTH, "key does not open it");
    x.file.key[0]--;
    x.file.iv[0]++;
    assert_refused(s, &x, ERR_AUTH, "key does not open it");
    clear(&x);
}

static void originals__read__says_what_is_not_there(void **state)
{
    struct shelf *s = *state;
    struct stored x = {0};
    put_file(s, &x);
    FIXTURE_MUST(unlink(x.path) == 0);
    assert_refused(s, &x, ERR_NOT_FOUND, "is missing");
    FIXTURE_MUST(journal_file_removed(s->journal, x.file.sha256, FIXTURE_AT, NULL) == 0);
    assert_refused(s, &x, ERR_NOT_FOUND, "end of its retention");
    x.file.sha256[0]++;
    assert_refused(s, &x, ERR_NOT_FOUND, "does not name it");
    x.file.size = 3;
    assert_refused(s, &x, ERR_LIMIT, "no file is of that size");
    clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF_TEST(originals__read__gives_each_piece),
        SHELF_TEST(originals__read__refuses_bytes_that_were_not_archived),
        SHELF_TEST(originals__read__refuses_another_key),
        SHELF_TEST(originals__read__says_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
