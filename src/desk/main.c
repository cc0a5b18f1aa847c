/* ironside-desk: an agency's desk. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/secret.h"
#include "base/streams.h"
#include "desk/engine.h"
#include "desk/roles.h"
#include "front/tls.h"

#define FREED 0x5a

static int usage(FILE *to, int status)
{
    fputs("usage: ironside-desk FOLDER [--passphrase-fd N]\n", to);
    if (status == 0)
        fputs(
            "Runs the desk in FOLDER until it is told to end. A vault without a key file is "
            "opened\n"
            "by a passphrase, which is read from descriptor N: 'ironside desk run' asks for it.\n",
            to);
    return status;
}

static int run_role(const char *role, const char *dir)
{
    static const struct {
        const char *name, *program;
        int (*run)(const struct desk_folder *f);
    } roles[] = {{"reader", "ironside-desk reader", role_reader},
                 {"index", "ironside-desk index", role_index},
                 {"front", "ironside-desk front", role_front},
                 {"workers", "ironside-desk workers", role_workers},
                 {"translators", "ironside-desk translators", role_translators}};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (strcmp(roles[i].name, role) != 0)
            continue;
        CLEANUP_DESK_FOLDER struct desk_folder f = {0};
        struct diag d;
        uint8_t warm[HASH_BYTES];
        mallopt(M_PERTURB, FREED); /* what libraries let go without wiping it, glibc wipes */
        hash_sha256("", 0, warm);  /* OpenSSL reads its configuration at the first use */
        log_open(roles[i].program);
        if (desk_folder_open(dir, &f, &d) < 0) {
            log_line("%s", d.text);
            return 1;
        }
        int r = roles[i].run(&f);
        return r < 0 && r != ERR_CLOSED;
    }
    return usage(stderr, 2);
}

/* In secret memory; NULL: there is none to read. */
static int read_passphrase(const char *fd, char **ret, struct diag *d)
{
    uint64_t number;
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(VAULT_PASSPHRASE_MAX);
    *ret = NULL;
    if (fd == NULL)
        return 0;
    if (value_parse_u64(fd, 1023, &number) < 0 || file_read_fd((int)number, &b) < 0 || b.len == 0)
        return diag_set(d, ERR_KEY, "descriptor %s gives no passphrase", fd);
    *ret = secret_new(b.len + 1);
    memcpy(*ret, b.data, b.len);
    close((int)number);
    return 0;
}

/* A vault that does not open is said once, not by each generation anew. */
static int try_vault(const struct desk_folder *f, const char *passphrase, struct diag *d)
{
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    if (desk_folder_has_key(f) == (passphrase != NULL))
        return diag_set(d, ERR_KEY, "%s is opened by a %s", f->dir,
                        passphrase != NULL ? "key file" : "passphrase: use 'ironside desk run'");
    return desk_engine_open(f, passphrase, &e, d);
}

/* Neither is a certificate that cannot be served with. */
static int try_tls(const struct desk_folder *f, struct diag *d)
{
    CLEANUP_FRONT_TLS struct front_tls tls = {NULL, NULL, false};
    int r = front_tls_read(f->certificate, f->key, &tls, d);
    if (r == 0 && tls.ended)
        log_line("%s has ended: browsers refuse it until there is another", f->certificate);
    return r;
}

static int run(const char *dir, const char *fd)
{
    CLEANUP_DESK_FOLDER struct desk_folder f = {0};
    CLEANUP_SECRET char *passphrase = NULL;
    struct diag d;
    log_open("ironside-desk");
    int r = desk_folder_open(dir, &f, &d);
    if (r == 0)
        r = read_passphrase(fd, &passphrase, &d);
    if (r == 0)
        r = try_vault(&f, passphrase, &d);
    if (r == 0)
        r = try_tls(&f, &d);
    if (r < 0) {
        log_line("%s", d.text);
        return 1;
    }
    return supervise(&f, passphrase);
}

static int run_words(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout, 0);
    if (argc == 4 && strcmp(argv[1], "--role") == 0)
        return run_role(argv[2], argv[3]);
    if (argc == 4 && strcmp(argv[2], "--passphrase-fd") == 0)
        return run(argv[1], argv[3]);
    if (argc != 2 || argv[1][0] == '-')
        return usage(stderr, 2);
    return run(argv[1], NULL);
}

int main(int argc, char **argv)
{
    process_begin();
    struct diag d;
    secret_init();
    int status = run_words(argc, argv);
    if (status != 0 || streams_close(&d) == 0)
        return status;
    log_line("%s", d.text);
    return 1;
}
