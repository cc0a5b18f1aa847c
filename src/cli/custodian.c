#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "crypto/age.h"
#include "network/keys.h"

/* FILE.age: what recovery shares are sealed to. */
static int make_identity(const char *path, const char *name, char ret[static AGE_RECIPIENT_LEN + 1],
                         struct diag *d)
{
    CLEANUP_FREE char *file = mem_format("%s.age", path);
    CLEANUP_BUF struct buf text = BUF_INIT_SECRET(1024);
    CLEANUP_SECRET struct age_identity *id = secret_new(sizeof *id);
    CLEANUP_SECRET char *secret = secret_new(AGE_IDENTITY_LEN + 1);
    age_identity_generate(id);
    struct age_recipient recipient = age_identity_recipient(id);
    age_recipient_format(&recipient, ret);
    age_identity_format(id, secret);
    buf_format(&text, "# recovery shares of custodian %s\n# public key: %s\n", name, ret);
    buf_put_text(&text, secret);
    buf_put_u8(&text, '\n');
    return buf_failed(&text) ? diag_set(d, ERR_LIMIT, "%s: the name is too long", file)
                             : file_create(file, text.data, text.len, 0600, d);
}

static int run(const struct verb *v, int argc, char **argv)
{
    const char *path[1], *name = NULL;
    bool json = false;
    const struct option_spec options[] = {{.name = "name", .value = &name},
                                          {.name = "json", .flag = true, .set = &json}};
    struct diag d = {""};
    size_t count;
    char recipient[AGE_RECIPIENT_LEN + 1], key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    CLEANUP_SECRET struct signing_key *k = NULL;
    int r = verb_parse(v, argc, argv, options, 2, path, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1 || name == NULL)
        return verb_misused(v, count != 1 ? "which file?" : "whose? --name NAME");
    CLEANUP_FREE char *identity = mem_format("%s.age", path[0]);
    if (file_exists(path[0]) || file_exists(identity))
        return verb_fail(v, "%s is there already: keys are never replaced",
                         file_exists(path[0]) ? path[0] : identity);
    if (file_check_new(identity, 1, &d) < 0) /* both or none */
        return verb_fail(v, "%s", d.text);
    if (keys_signing_create(path[0], name, &k, &d) < 0 ||
        make_identity(path[0], name, recipient, &d) < 0)
        return verb_fail(v, "%s", d.text);
    encode_base64(k->public, sizeof k->public, key);
    if (json) {
        json_t *o = json_pack("{ss ss ss ss}", "name", name, "key", key, "recipient", recipient,
                              "file", path[0]);
        print_json(o);
        json_decref(o);
    } else {
        printf("%s and %s.age are the keys of custodian %s. Keep them, and tell nobody but this:\n"
               "  to found a network   --custodian %s:%s\n"
               "  to recover day keys  --share %s=%s\n",
               path[0], path[0], name, name, key, name, recipient);
    }
    return VERB_OK;
}

const struct verb verb_custodian_new = {
    .noun = "custodian",
    .name = "new",
    .usage = "FILE --name NAME [--json]",
    .help = "make a custodian's keys, and show their public half",
    .more = "  --name NAME  as the network note and the signatures have it\n"
            "  --json       for programs: one JSON object in a line\n",
    .run = run,
};
