#include "launch/found_desk.h"

#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "desk/engine.h"

#define PASSWORD_BYTES 12U
#define FILE_MAX_BYTES 256U

static int add_user(struct desk_engine *e, const char *name, enum desk_role role, struct buf *file,
                    struct diag *d)
{
    uint8_t random[PASSWORD_BYTES];
    char password[2 * PASSWORD_BYTES + 1];
    secret_random(random, sizeof random);
    encode_hex(random, sizeof random, password);
    buf_format(file, "%s %s\n", name, password);
    int r = desk_engine_add_user(e, name, role, password, false, d);
    secret_wipe(random, sizeof random);
    secret_wipe(password, sizeof password);
    return r;
}

static int add_users(const struct desk_folder *f, struct diag *d)
{
    CLEANUP_BUF struct buf file = BUF_INIT_SECRET(FILE_MAX_BYTES);
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    CLEANUP_FREE char *path = desk_folder_file(f, FOUND_DESK_PASSWORDS);
    int r = desk_engine_open(f, NULL, &e, d);
    if (r == 0)
        r = add_user(&e, "admin", DESK_ADMINISTRATOR, &file, d);
    if (r == 0)
        r = add_user(&e, "reviewer", DESK_REVIEWER, &file, d);
    return r < 0 ? r : file_create(path, file.data, file.len, 0600, d);
}

int found_desk(const char *dir, const char *domain, uint16_t port,
               const uint8_t seed[static SIGN_SEED_BYTES], struct diag *d)
{
    CLEANUP_FREE char *whole = file_absolute(dir);
    CLEANUP_DESK_FOLDER struct desk_folder f = {
        .dir = mem_format("%s/desks/" FOUND_DESK_AGENCY, whole),
        .name = mem_format("desk." FOUND_DESK_AGENCY ".%s", domain),
        .network = mem_string("../.."),
        .bots = {mem_string("ibot")},
        .bot_count = 1,
        .identity = mem_string("../../agencies/" FOUND_DESK_AGENCY ".key"),
        .address = "127.0.0.1",
        .port = port};
    int r = desk_folder_create(&f, d);
    if (r == 0)
        r = desk_engine_create(&f, NULL, seed, d);
    return r < 0 ? r : add_users(&f, d);
}
