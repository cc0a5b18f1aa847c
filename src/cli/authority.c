#include "cli/authority.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/memory.h"
#include "cli/print.h"
#include "daykeys/folder.h"
#include "network/control.h"
#include "network/settings.h"

bool authority_split(char *text, const char **ret, size_t max, size_t *ret_count)
{
    *ret_count = 0;
    for (char *word = text; word != NULL;) {
        char *comma = strchr(word, ',');
        if (comma != NULL)
            *comma = '\0';
        if (*ret_count == max || word[0] == '\0')
            return false;
        ret[(*ret_count)++] = word;
        word = comma == NULL ? NULL : comma + 1;
    }
    return true;
}

void drafting_clear(struct drafting *x)
{
    draft_free(TAKE(x->draft));
    published_free(TAKE(x->from));
}

/* The network's time: a replay's is known to its registrar only. */
static int find_time(const struct drafting *x, const char *at, int64_t *ret)
{
    struct settings s;
    struct diag d = {""};
    json_t *answer = NULL;
    struct clock live = clock_live();
    const struct policy *p = published_policy(x->from);
    if (at != NULL && calendar_parse_loose(at, ret) < 0)
        return verb_misused(x->verb, "--at '%s' is not an instant as 2026-12-01T00:00:00Z", at);
    if (at != NULL)
        return VERB_OK;
    if (settings_read(x->dir, &s, &d) < 0)
        return verb_fail(x->verb, "%s", d.text);
    *ret = clock_now_ms(&live);
    if (!s.replay)
        return VERB_OK;
    if (control_ask(x->dir, json_pack("{ss}", "do", "status"), &answer, &d) == 0) {
        int r = calendar_parse(json_string_value(json_object_get(answer, "at")), ret);
        json_decref(answer);
        return r == 0 ? VERB_OK : verb_fail(x->verb, "the registrar does not tell the time");
    }
    if (p == NULL)
        return verb_misused(x->verb, "a replay network that does not run: name its time with --at");
    *ret = p->issued_unix_ms;
    return VERB_OK;
}

int drafting_begin(struct drafting *x, const char *at)
{
    struct diag d = {""};
    int64_t now = 0;
    if (x->out == NULL)
        return verb_misused(x->verb, "where is the proposal to be? --out FOLDER");
    if (published_open(x->dir, &x->from, &d) < 0)
        return verb_fail(x->verb, "%s", d.text);
    for (size_t i = 0; i < x->from->problem_count; i++)
        print_aside("left out", x->from->problems[i]);
    int r = find_time(x, at, &now);
    if (r == VERB_OK && draft_new(x->from, now, &x->draft, &d) < 0)
        r = verb_fail(x->verb, "%s", d.text);
    return r;
}

static void say_drafted(const struct drafting *x, const struct proposal *p,
                        const char *const *warnings, size_t count)
{
    struct paper papers[PROPOSAL_PAPERS_MAX];
    size_t papers_count = proposal_papers(p, papers);
    printf("%s: a proposal for", x->out);
    for (size_t i = 0; i < papers_count; i++)
        printf("%s %s %s", i == 0 ? "" : " and", papers[i].kind,
               papers[i].id != NULL ? papers[i].id : papers[i].serial);
    printf(".\n%zu of these must sign it, each on their own machine and with a copy of the "
           "folder:\n",
           p->net->quorum);
    for (size_t i = 0; i < p->net->custodian_count; i++)
        printf("  %s\n", p->net->custodians[i].name);
    for (size_t i = 0; i < count; i++)
        printf("Look at this: %s.\n", warnings[i]);
    printf("Show it: ironside warrant show %s\nSign it: ironside warrant sign %s --key FILE\n",
           x->out, x->out);
}

static void print_drafted(const struct drafting *x, const struct proposal *p,
                          const char *const *warnings, size_t count)
{
    json_t *ids = json_array(), *odd = json_array(), *names = json_array();
    for (size_t i = 0; i < p->warrant_count; i++)
        json_array_append_new(ids, json_string(p->warrants[i]->id));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(odd, json_string(warnings[i]));
    for (size_t i = 0; i < p->net->custodian_count; i++)
        json_array_append_new(names, json_string(p->net->custodians[i].name));
    json_t *o = json_pack("{ss sI so so sI so}", "proposal", x->out, "policy",
                          (json_int_t)p->policy->serial, "warrants", ids, "custodians", names,
                          "needed", (json_int_t)p->net->quorum, "warnings", odd);
    print_json(o);
    json_decref(o);
}

int drafting_end(struct drafting *x)
{
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    const char *const *warnings;
    struct diag d = {""};
    if (draft_write(x->draft, x->out, &p, &d) < 0)
        return verb_fail(x->verb, "%s", d.text);
    size_t count = draft_warnings(x->draft, &warnings);
    if (x->json)
        print_drafted(x, p, warnings, count);
    else
        say_drafted(x, p, warnings, count);
    return VERB_OK;
}

int authority_bot_key(const char *dir, const char *jid, uint8_t ret[static SIGN_PUBLIC_BYTES],
                      struct diag *d)
{
    CLEANUP_BOT_FOLDER struct bot_folder f = {.network = NULL};
    CLEANUP_FREE char *name = mem_string_n(jid, strcspn(jid, "."));
    int r = bot_folder_open(dir, name, &f, d);
    if (r == 0 && strcmp(f.jid, jid) != 0)
        r = diag_set(d, ERR_NOT_FOUND, "%s is the folder of %s, not of %s", f.path, f.jid, jid);
    if (r == 0)
        memcpy(ret, f.key, sizeof f.key);
    return r;
}

int authority_print(const struct verb *v, struct buf *page)
{
    if (buf_failed(page))
        return verb_fail(v, "it is too long to be shown: use --json");
    CLEANUP_FREE char *page_text = buf_take_text(page);
    CLEANUP_LINE struct line l = LINE_INIT;
    for (char *text = page_text, *line; (line = strsep(&text, "\n")) != NULL;) {
        if (text == NULL && line[0] == '\0')
            break; /* behind the last newline */
        line_prose(&l, line);
        line_end(&l, 0);
    }
    return VERB_OK;
}
