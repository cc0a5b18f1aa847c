#include "wire/group.h"

#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"

void group_free(struct group *g)
{
    if (g == NULL)
        return;
    document_clear(&g->document);
    free(g);
}

bool group_has_member(const struct group *g, const char *account)
{
    for (size_t i = 0; i < g->member_count; i++)
        if (strcmp(g->members[i], account) == 0)
            return true;
    return false;
}

static void read_members(struct document_reader *r, struct group *g, const char *domain)
{
    const char *last = "", *member;
    while ((member = document_optional(r, "member")) != NULL) {
        if (!value_account_valid(member, domain))
            document_refuse(r, "member", member, "not handle@domain of this network");
        else if (strcmp(last, member) >= 0)
            document_refuse(r, "member", member, "not in ascending order");
        else if (g->member_count == GROUP_MEMBERS_MAX)
            document_refuse(r, "member", member, "more than 50");
        if (r->failed != 0)
            return;
        last = g->members[g->member_count++] = member;
    }
    if (g->member_count < GROUP_MEMBERS_MIN)
        document_unexpected(r, "a group has at least two members");
}

static int read_group(struct document_reader *r, struct group *g, const char *domain, bool fresh)
{
    document_network(r, domain);
    g->id = document_value(r, "id");
    if (!content_group_valid(g->id))
        document_refuse(r, "id", g->id, "not 32 hexadecimal digits");
    g->serial = (uint32_t)document_number(r, "serial", UINT32_MAX);
    if (g->serial == 0)
        document_refuse(r, "serial", "0", "serials start at 1");
    g->name = document_value(r, "name");
    if (!value_line_valid(g->name, GROUP_NAME_MAX))
        document_refuse(r, "name", g->name, "not a line of at most 100 bytes");
    if (fresh && group_like_id(g->name))
        document_refuse(r, "name", g->name, "in the form of an id");
    read_members(r, g, domain);
    g->changed_by = document_value(r, "changed-by");
    if (!value_account_valid(g->changed_by, domain))
        document_refuse(r, "changed-by", g->changed_by, "not handle@domain of this network");
    if (g->serial == 1 && !group_has_member(g, g->changed_by))
        document_refuse(r, "changed-by", g->changed_by, "not a member");
    if (g->serial > 1)
        document_hash(r, "previous", g->previous);
    return document_end(r);
}

static int open_group(const char *domain, const char *note, size_t len, const uint8_t *key,
                      struct group **ret, struct diag *d)
{
    CLEANUP(group_free_cleanup) struct group *g = mem_new(sizeof *g);
    struct document_reader r;
    struct note view;
    int e = document_begin(&r, &g->document, "group", note, len, CONTENT_NOTE_MAX, &view, d);
    if (e == 0)
        e = read_group(&r, g, domain, key != NULL);
    if (e == 0 && key != NULL)
        e = document_verify(&view, "group", g->changed_by, key, d);
    if (e == 0)
        *ret = TAKE(g);
    return e;
}

bool group_like_id(const char *name)
{
    return strlen(name) == CONTENT_GROUP_ID_LEN &&
           strspn(name, "0123456789abcdefABCDEF") == CONTENT_GROUP_ID_LEN;
}

int group_open(const char *domain, const char *note, size_t len,
               const uint8_t key[static SIGN_PUBLIC_BYTES], struct group **ret, struct diag *d)
{
    return open_group(domain, note, len, key, ret, d);
}

int group_open_kept(const char *domain, const char *note, size_t len, struct group **ret,
                    struct diag *d)
{
    return open_group(domain, note, len, NULL, ret, d);
}

void group_format(struct buf *b, const char *domain, const struct group *g)
{
    char hash[2 * HASH_BYTES + 1];
    buf_format(b, "ironside group 1\nnetwork %s\nid %s\nserial %" PRIu32 "\nname %s\n", domain,
               g->id, g->serial, g->name);
    for (size_t i = 0; i < g->member_count; i++)
        buf_format(b, "member %s\n", g->members[i]);
    buf_format(b, "changed-by %s\n", g->changed_by);
    if (g->serial > 1) {
        encode_hex(g->previous, sizeof g->previous, hash);
        buf_format(b, "previous %s\n", hash);
    }
}
