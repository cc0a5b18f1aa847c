/* ironside desk user …: users, while the desk is stopped; while it runs administrators do it on its
 * page. Each change stands in the access log.
 */
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "cli/ask.h"
#include "cli/desk.h"
#include "cli/print.h"

struct words {
    const char *role, *password_file, *passphrase_file;
    bool once;
};

static int choose_password(const struct words *w, char **ret, struct diag *d)
{
    if (w->password_file != NULL)
        return ask_file(w->password_file, "password", ret, d);
    if (!ask_possible())
        return diag_set(d, ERR_KEY, "name a file that holds the password with --password-file");
    return ask_twice("Password of this user: ", ret, d);
}

static int parse(const struct verb *v, int argc, char **argv, struct words *w,
                 const char *ret[static 2], size_t want)
{
    const struct option_spec options[] = {{.name = "passphrase-file", .value = &w->passphrase_file},
                                          {.name = "password-file", .value = &w->password_file},
                                          {.name = "once", .flag = true, .set = &w->once},
                                          {.name = "role", .value = &w->role}};
    size_t count, own = strcmp(v->name, "user add") == 0 ? 4 : 3;
    int r = verb_parse(v, argc, argv, options, own, ret, want, &count);
    if (r == VERB_OK && count != want)
        r = verb_misused(v, want == 1 ? "which desk?" : "which desk, and which user?");
    return r;
}

static int add(struct desk_opened *x, const char *name, const struct words *w, struct diag *d)
{
    CLEANUP_SECRET char *password = NULL;
    int r = choose_password(w, &password, d);
    return r < 0 ? r
                 : desk_engine_add_user(&x->engine, name, desk_role_of(w->role), password, w->once,
                                        d);
}

static int run_add(const struct verb *v, int argc, char **argv)
{
    struct words w = {.role = "reviewer"};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    const char *words[2];
    struct diag d = {""};
    int r = parse(v, argc, argv, &w, words, 2);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (desk_role_of(w.role) == DESK_ROLES)
        return verb_misused(v,
                            "--role '%s' is none of reviewer, supervisor, filter, auditor, "
                            "administrator, defence",
                            w.role);
    r = desk_open(v, words[0], w.passphrase_file, &x);
    if (r != VERB_OK)
        return r;
    if (add(&x, words[1], &w, &d) < 0)
        return verb_fail(v, "%s", d.text);
    printf("%s is a user of %s now, as %s\n", words[1], x.folder.dir, w.role);
    return VERB_OK;
}

static int change(struct desk_opened *x, const char *name, const struct words *w, struct diag *d)
{
    CLEANUP_SECRET char *password = NULL;
    int r = choose_password(w, &password, d);
    return r < 0 ? r : desk_engine_set_password(&x->engine, name, password, w->once, d);
}

static int run_password(const struct verb *v, int argc, char **argv)
{
    struct words w = {.role = NULL};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    const char *words[2];
    struct diag d = {""};
    int r = parse(v, argc, argv, &w, words, 2);
    if (r == VERB_OK)
        r = desk_open(v, words[0], w.passphrase_file, &x);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (change(&x, words[1], &w, &d) < 0)
        return verb_fail(v, "%s", d.text);
    printf("%s has another password now; its sessions have ended\n", words[1]);
    return VERB_OK;
}

struct listing {
    bool json;
    size_t count;
};

static int show_user(void *context, const struct desk_user *u)
{
    struct listing *l = context;
    l->count++;
    if (l->json) {
        json_t *o = json_pack("{ss ss sb}", "name", u->name, "role", desk_role_text(u->role),
                              "disabled", u->disabled);
        print_json(o);
        json_decref(o);
        return 0;
    }
    printf("%-24s %s%s\n", u->name, desk_role_text(u->role), u->disabled ? ", disabled" : "");
    return 0;
}

static int run_list(const struct verb *v, int argc, char **argv)
{
    const char *dir, *file = NULL;
    struct listing l = {.json = false};
    const struct option_spec options[] = {{.name = "passphrase-file", .value = &file},
                                          {.name = "json", .flag = true, .set = &l.json}};
    CLEANUP_DESK struct desk_opened x = {.passphrase = NULL};
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 2, &dir, 1, &count);
    if (r == VERB_OK && count != 1)
        r = verb_misused(v, "which desk?");
    if (r == VERB_OK)
        r = desk_open(v, dir, file, &x);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (desk_users_each(x.engine.users, show_user, &l, &d) < 0)
        return verb_fail(v, "%s", d.text);
    print_nothing(l.json, l.count, "the desk has no users yet");
    return VERB_OK;
}

#define PASSWORD_MORE                                                                              \
    "  --password-file FILE    holds the user's password (else it is asked for)\n"                 \
    "  --once                  it is good for one sign-in, in which the user may choose another\n"

const struct verb verb_desk_user_add = {
    .noun = "desk",
    .name = "user add",
    .usage = "FOLDER NAME [--role ROLE] [--password-file FILE] [--once]\n"
             "                     [--passphrase-file FILE]",
    .help = "add a user to a desk that is stopped",
    .more = "  --role ROLE             reviewer, supervisor, filter, auditor, administrator or\n"
            "                          defence (reviewer)\n" PASSWORD_MORE DESK_PASSPHRASE_MORE,
    .run = run_add,
};

const struct verb verb_desk_user_password = {
    .noun = "desk",
    .name = "user password",
    .usage = "FOLDER NAME [--password-file FILE] [--once] [--passphrase-file FILE]",
    .help = "give a user of a desk that is stopped another password",
    .more = "  It is a way in then, even for a user who wanted passkeys alone.\n" PASSWORD_MORE
        DESK_PASSPHRASE_MORE,
    .run = run_password,
};

const struct verb verb_desk_user_list = {
    .noun = "desk",
    .name = "user list",
    .usage = "FOLDER [--json] [--passphrase-file FILE]",
    .help = "the users of a desk that is stopped",
    .more = DESK_PASSPHRASE_MORE "  --json   for programs: one JSON object in a line each\n",
    .run = run_list,
};
