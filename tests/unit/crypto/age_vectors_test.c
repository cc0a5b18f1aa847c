/* C2SP's CCTV files for age, and Debian's programs age and age-keygen both ways.
 *
 * Outside are the CCTV cases for what we have not: armor, and files whose only identities are
 * passphrases (scrypt) or hybrid keys (MLKEM768-X25519). A case that names an X25519 identity is
 * tried with it, whatever else it names. The set has none for tags or plugins.
 */
#include "vectors.h"

#include <dirent.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "crypto/age.h"
#include "crypto/hash.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#define FILE_MAX (64U << 20)

struct vector {
    char *expect, *payload;
    struct age_identity ids[4];
    size_t id_count;
    bool armored, passphrase, hybrid, compressed;
    const uint8_t *file;
    size_t len;
};

static size_t passed[6], armored, scrypt_only, hybrid_only, no_zlib;
static const char *const expectations[] = {"success",        "no match",        "HMAC failure",
                                           "header failure", "payload failure", "armor failure"};

static void read_member(struct vector *v, const char *key, char *value)
{
    if (strcmp(key, "expect") == 0)
        v->expect = value;
    else if (strcmp(key, "payload") == 0)
        v->payload = value;
    else if (strcmp(key, "passphrase") == 0)
        v->passphrase = true;
    else if (strcmp(key, "armored") == 0)
        v->armored = true;
    else if (strcmp(key, "compressed") == 0)
        v->compressed = true;
    else if (strncmp(value, "AGE-SECRET-KEY-PQ-", 18) == 0)
        v->hybrid = true;
    else if (strcmp(key, "identity") == 0)
        assert_int_equal(age_identity_parse(value, &v->ids[v->id_count++]), 0);
    else
        assert_true(strcmp(key, "file key") == 0 || strcmp(key, "comment") == 0);
}

/* "key: value" lines, an empty line, the file. Cuts the lines in place. */
static void read_vector(struct buf *b, struct vector *v)
{
    char *line = (char *)b->data, *end;
    *v = (struct vector){0};
    while (*line != '\n') {
        end = memchr(line, '\n', b->len - (size_t)(line - (char *)b->data));
        assert_non_null(end);
        *end = '\0';
        char *colon = strstr(line, ": ");
        assert_non_null(colon);
        *colon = '\0';
        read_member(v, line, colon + 2);
        line = end + 1;
    }
    v->file = (const uint8_t *)line + 1;
    v->len = b->len - (size_t)(v->file - b->data);
}

/* False: there is no zlib. */
static bool unpack(const struct vector *v, struct buf *ret)
{
    if (!v->compressed) {
        buf_put(ret, v->file, v->len);
        return true;
    }
#ifdef HAVE_ZLIB
    uLongf len = FILE_MAX;
    uint8_t *bytes = mem_new(len);
    assert_int_equal(uncompress(bytes, &len, v->file, v->len), Z_OK);
    buf_put(ret, bytes, len);
    free(bytes);
    return true;
#else
    return false;
#endif
}

static bool result_fits(const struct vector *v, int r, const struct buf *out)
{
    uint8_t digest[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    if (r < 0 && out->len != 0)
        return false;
    if (strcmp(v->expect, "success") == 0) {
        hash_sha256(out->data, out->len, digest);
        encode_hex(digest, sizeof digest, hex);
        return r == 0 && strcmp(hex, v->payload) == 0;
    }
    if (strcmp(v->expect, "no match") == 0)
        return r == ERR_NOT_FOUND;
    if (strcmp(v->expect, "HMAC failure") == 0)
        return r == ERR_AUTH;
    if (strcmp(v->expect, "header failure") == 0)
        return r == ERR_FORMAT;
    /* Of a payload, an impossible length is seen before any tag. */
    return strcmp(v->expect, "payload failure") == 0 && (r == ERR_AUTH || r == ERR_FORMAT);
}

static void check_vector(const char *name, struct vector *v)
{
    if (v->armored || (v->id_count == 0 && (v->passphrase || v->hybrid))) {
        armored += v->armored;
        scrypt_only += !v->armored && v->passphrase;
        hybrid_only += !v->armored && v->hybrid;
        return;
    }
    struct buf file = BUF_INIT(FILE_MAX), out = BUF_INIT(FILE_MAX);
    if (unpack(v, &file)) {
        int r = age_decrypt(v->ids, v->id_count, file.data, file.len, &out);
        if (!result_fits(v, r, &out))
            fail_msg("%s: %s expected, %s", name, v->expect, r == 0 ? "success" : err_text(r));
        for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
            passed[i] += strcmp(v->expect, expectations[i]) == 0;
    } else {
        no_zlib++;
    }
    buf_clear(&file);
    buf_clear(&out);
}

static void file__decrypt__cctv(void **state)
{
    (void)state;
    char *folder = vectors_path("age-cctv/testdata");
    DIR *d = opendir(folder);
    size_t all = 0;
    if (d == NULL) {
        print_message("age-cctv is absent: skipped\n");
        free(folder);
        skip();
    }
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (e->d_name[0] == '.')
            continue;
        char *path = file_join(folder, e->d_name);
        struct buf b = BUF_INIT(FILE_MAX);
        struct vector v;
        assert_int_equal(file_read(path, &b, NULL), 0);
        read_vector(&b, &v);
        check_vector(e->d_name, &v);
        buf_clear(&b);
        free(path);
    }
    closedir(d);
    free(folder);
    print_message("age-cctv:");
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        all += passed[i];
        if (passed[i] > 0)
            print_message(" %zu %s,", passed[i], expectations[i]);
    }
    print_message(
        " %zu passed in all. Outside, for we do not have it: %zu armor, %zu scrypt alone, "
        "%zu hybrid alone; skipped without zlib: %zu\n",
        all, armored, scrypt_only, hybrid_only, no_zlib);
    assert_true(all > 0);
}

/* A folder with the programs' files. */
static char folder[] = "/tmp/ironside-age-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return file_remove_tree(folder, NULL);
}

static void run(const char *command)
{
    char *line = mem_format("cd %s && %s", folder, command);
    if (system(line) != 0)
        fail_msg("%s", command);
    free(line);
}

static void require_programs(void)
{
    if (system("command -v age >/dev/null && command -v age-keygen >/dev/null") != 0) {
        print_message("age is not installed: skipped\n");
        skip();
    }
}

static void put(const char *name, const void *data, size_t len)
{
    char *path = file_join(folder, name);
    assert_int_equal(file_write(path, data, len, 0600, NULL), 0);
    free(path);
}

static void get(const char *name, struct buf *ret)
{
    char *path = file_join(folder, name);
    assert_int_equal(file_read(path, ret, NULL), 0);
    free(path);
}

static const size_t lens[] = {0, 1, 65535, 65536, 65537, 131072, 200000};
static uint8_t text[200000];

static void keygen__read__its_files(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(FILE_MAX);
    struct age_identities ids;
    struct age_identity id;
    struct age_recipient r, of_id;
    char ours[AGE_IDENTITY_LEN + 2];
    require_programs();
    run("age-keygen -o theirs.txt 2>/dev/null && age-keygen -y theirs.txt >theirs.pub");
    get("theirs.txt", &b);
    assert_int_equal(age_identities_parse(buf_text(&b), &ids), 0);
    assert_int_equal(ids.count, 1);
    id = ids.list[0];
    buf_clear(&b);
    get("theirs.pub", &b);
    b.len = AGE_RECIPIENT_LEN;
    assert_int_equal(age_recipient_parse(buf_text(&b), &r), 0);
    of_id = age_identity_recipient(&id);
    assert_memory_equal(r.key, of_id.key, sizeof r.key);
    buf_clear(&b);

    age_identity_generate(&id);
    age_identity_format(&id, ours);
    ours[AGE_IDENTITY_LEN] = '\n';
    put("ours.txt", ours, AGE_IDENTITY_LEN + 1);
    run("age-keygen -y ours.txt >ours.pub");
    get("ours.pub", &b);
    of_id = age_identity_recipient(&id);
    age_recipient_format(&of_id, ours);
    assert_memory_equal(b.data, ours, AGE_RECIPIENT_LEN);
    buf_clear(&b);
}

static void file__encrypt__age_decrypts(void **state)
{
    (void)state;
    struct age_identity ids[2];
    struct age_recipient recipients[2];
    char key[AGE_IDENTITY_LEN + 1];
    struct age_writer *w;
    require_programs();
    for (size_t i = 0; i < 2; i++) {
        age_identity_generate(&ids[i]);
        recipients[i] = age_identity_recipient(&ids[i]);
    }
    age_identity_format(&ids[1], key);
    put("key", key, AGE_IDENTITY_LEN);
    for (size_t i = 0; i < 2 * (sizeof lens / sizeof *lens); i++) {
        struct buf b = BUF_INIT(FILE_MAX);
        size_t len = lens[i / 2];
        if (i % 2 == 0) {
            assert_int_equal(age_encrypt(recipients, 2, text, len, &b), 0);
        } else {
            assert_int_equal(age_writer_new(recipients, 2, &b, &w), 0);
            assert_int_equal(age_writer_add(w, text, len / 3, &b), 0);
            assert_int_equal(age_writer_add(w, text + len / 3, len - len / 3, &b), 0);
            assert_int_equal(age_writer_end(w, &b), 0);
        }
        put("file.age", b.data, b.len);
        run("age -d -i key file.age >file");
        buf_clear(&b);
        get("file", &b);
        assert_int_equal(b.len, len);
        assert_memory_equal(b.data == NULL ? text : b.data, text, len);
        buf_clear(&b);
    }
}

static void file__decrypt__age_encrypts(void **state)
{
    (void)state;
    struct age_identity id;
    struct age_recipient r;
    char key[AGE_RECIPIENT_LEN + 1];
    require_programs();
    age_identity_generate(&id);
    r = age_identity_recipient(&id);
    age_recipient_format(&r, key);
    run("age-keygen -o other 2>/dev/null && age-keygen -y other >recipients");
    char *command = mem_format("age -R recipients -r %s -o file.age file", key);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        struct buf b = BUF_INIT(FILE_MAX), out = BUF_INIT(FILE_MAX);
        put("file", text, lens[i]);
        run(command);
        get("file.age", &b);
        assert_int_equal(age_decrypt(&id, 1, b.data, b.len, &out), 0);
        assert_int_equal(out.len, lens[i]);
        assert_memory_equal(out.data, text, out.len);
        b.data[b.len - 1] ^= 1;
        assert_int_equal(age_decrypt(&id, 1, b.data, b.len, &out), ERR_AUTH);
        buf_clear(&b);
        buf_clear(&out);
    }
    free(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file__decrypt__cctv),
        cmocka_unit_test(keygen__read__its_files),
        cmocka_unit_test(file__encrypt__age_decrypts),
        cmocka_unit_test(file__decrypt__age_encrypts),
    };
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * i >> 7);
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, make_folder, remove_folder);
}
