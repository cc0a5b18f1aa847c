#include "cli/desk.h"

#include "base/secret.h"
#include "cli/ask.h"

void desk_clear(struct desk_opened *x)
{
    desk_engine_close(&x->engine);
    desk_folder_clear(&x->folder);
    secret_free(x->passphrase);
    x->passphrase = NULL;
}

static int find_passphrase(const char *file, struct desk_opened *x, struct diag *d)
{
    bool has_key = desk_folder_has_key(&x->folder);
    if (file != NULL && has_key)
        return diag_set(d, ERR_KEY, "%s is opened by its key file, not by a passphrase",
                        x->folder.dir);
    if (has_key)
        return 0;
    if (file != NULL)
        return ask_file(file, "passphrase", &x->passphrase, d);
    if (!ask_possible())
        return diag_set(d, ERR_KEY,
                        "%s is opened by a passphrase: name a file that holds it with "
                        "--passphrase-file",
                        x->folder.dir);
    x->passphrase = ask_once("Passphrase of this desk: ");
    return x->passphrase == NULL ? diag_set(d, ERR_KEY, "no passphrase was given") : 0;
}

int desk_look(const struct verb *v, const char *dir, const char *passphrase_file,
              struct desk_opened *ret)
{
    struct diag d = {""};
    *ret = (struct desk_opened){.passphrase = NULL};
    int r = desk_folder_open(dir, &ret->folder, &d);
    if (r == 0)
        r = find_passphrase(passphrase_file, ret, &d);
    return r < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

int desk_open(const struct verb *v, const char *dir, const char *passphrase_file,
              struct desk_opened *ret)
{
    struct diag d = {""};
    int r = desk_look(v, dir, passphrase_file, ret);
    if (r != VERB_OK)
        return r;
    return desk_engine_open(&ret->folder, ret->passphrase, &ret->engine, &d) < 0
               ? verb_fail(v, "%s", d.text)
               : VERB_OK;
}
