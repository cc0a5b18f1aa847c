#include "archive/library.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

struct library {
    struct policy_set **sets; /* ascending by serial */
    size_t count;
};

void library_free(struct library *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->count; i++)
        policy_set_free(l->sets[i]);
    free(l->sets);
    free(l);
}

static void free_notes(struct library_note *notes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(notes[i].name);
        free(notes[i].text);
    }
    free(notes);
}

static int only_notes(const struct dirent *e)
{
    return file_name_ends(e->d_name, ".note");
}

static int read_files(const char *folder, struct library_note **ret, size_t *ret_count,
                      struct diag *d)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, only_notes, alphasort);
    if (n < 0)
        return diag_set(d, ERR_IO, "cannot read the folder %s: %s", folder, strerror(errno));
    struct library_note *notes = mem_array((size_t)n, sizeof *notes);
    int r =
        (size_t)n > LIBRARY_NOTES_MAX
            ? diag_set(d, ERR_LIMIT, "%s holds more than %u documents", folder, LIBRARY_NOTES_MAX)
            : 0;
    size_t count = 0;
    for (int i = 0; i < n; i++) {
        if (r == 0) {
            notes[count].name = file_join(folder, names[i]->d_name);
            r = file_read_text(notes[count].name, VALUE_EPOCHS_MAX, &notes[count].text, d);
            count++;
        }
        free(names[i]);
    }
    free(names);
    *ret = notes;
    *ret_count = count;
    return r;
}

static void insert(struct library *l, struct policy_set *s)
{
    size_t at = l->count++;
    l->sets = mem_resize(l->sets, l->count, sizeof(struct policy_set *));
    for (; at > 0 && l->sets[at - 1]->policy->serial > s->policy->serial; at--)
        l->sets[at] = l->sets[at - 1];
    l->sets[at] = s;
}

static int add_policies(struct library *l, const struct network_note *net,
                        const struct library_note *notes, size_t count, struct diag *d)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = notes[i].text;
        struct policy *p = NULL;
        if (!document_is(text, strlen(text), "policy"))
            continue;
        int r = policy_open(net, text, strlen(text), &p, d);
        if (r < 0)
            return diag_prefix(d, r, "%s", notes[i].name);
        if (library_policy(l, p->serial) != NULL) {
            r = diag_set(d, ERR_FORMAT, "%s: there are two policies with serial %u", notes[i].name,
                         p->serial);
            policy_free(p);
            return r;
        }
        insert(l, policy_set_new(p));
    }
    return 0;
}

/* Adds to every policy what it names among the notes of this kind. */
static int add_named(struct library *l, const struct network_note *net,
                     const struct library_note *notes, size_t count, enum document_kind kind,
                     struct diag *d)
{
    const char *word = kind == DOCUMENT_WARRANT ? "warrant" : "epochs";
    for (size_t i = 0; i < count; i++) {
        const char *text = notes[i].text;
        if (!document_is(text, strlen(text), word))
            continue;
        for (size_t k = 0; k < l->count; k++) {
            int r = policy_set_add(l->sets[k], net, kind, text, strlen(text), d);
            if (r < 0 && r != ERR_NOT_FOUND)
                return diag_prefix(d, r, "%s", notes[i].name);
        }
    }
    return 0;
}

int library_new(const struct network_note *net, const struct library_note *notes, size_t count,
                struct library **ret, struct diag *d)
{
    CLEANUP(library_free_cleanup) struct library *l = mem_new(sizeof *l);
    int r = add_policies(l, net, notes, count, d);
    if (r == 0)
        r = add_named(l, net, notes, count, DOCUMENT_WARRANT, d);
    if (r == 0)
        r = add_named(l, net, notes, count, DOCUMENT_EPOCHS, d);
    if (r == 0)
        *ret = TAKE(l);
    return r;
}

int library_open(const struct network_note *net, const char *folder, struct library **ret,
                 struct diag *d)
{
    struct library_note *notes = NULL;
    size_t count = 0;
    int r = read_files(folder, &notes, &count, d);
    if (r == 0)
        r = library_new(net, notes, count, ret, d);
    free_notes(notes, count);
    return r;
}

const struct policy_set *library_policy(const struct library *l, uint32_t serial)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->sets[i]->policy->serial == serial)
            return l->sets[i];
    return NULL;
}

const struct policy_set *library_newest(const struct library *l)
{
    return l->count == 0 ? NULL : l->sets[l->count - 1];
}

const struct policy_set *library_before(const struct library *l, uint32_t serial)
{
    for (size_t i = l->count; i-- > 0;)
        if (l->sets[i]->policy->serial < serial)
            return l->sets[i];
    return NULL;
}

const uint8_t *library_bot_key(const struct library *l, const char *jid)
{
    for (size_t i = l->count; i-- > 0;) {
        const struct policy_bot *b = policy_bot(l->sets[i]->policy, jid);
        if (b != NULL)
            return b->key;
    }
    return NULL;
}

const struct warrant *library_warrant(const struct library *l, const char *id)
{
    for (size_t i = l->count; i-- > 0;)
        for (size_t w = 0; w < l->sets[i]->policy->warrant_count; w++)
            if (l->sets[i]->warrants[w] != NULL && strcmp(l->sets[i]->warrants[w]->id, id) == 0)
                return l->sets[i]->warrants[w];
    return NULL;
}

bool library_names(const struct warrant *w, const struct age_identity *identities, size_t count)
{
    for (size_t a = 0; a < w->agency_count; a++)
        for (size_t i = 0; i < count; i++)
            if (memcmp(w->agencies[a].recipient.key, identities[i].public, AGE_KEY_BYTES) == 0)
                return true;
    return false;
}

bool library_names_any(const struct library *l, const struct age_identity *identities, size_t count)
{
    for (size_t i = 0; i < l->count; i++)
        for (size_t w = 0; w < l->sets[i]->policy->warrant_count; w++)
            if (l->sets[i]->warrants[w] != NULL &&
                library_names(l->sets[i]->warrants[w], identities, count))
                return true;
    return false;
}
