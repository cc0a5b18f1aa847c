#include "office.h"

#include <string.h>

#include "base/memory.h"
#include "network/layout.h"

static int put_account(void *context, const char *handle, const char *password, struct diag *d)
{
    struct office *o = context;
    assert_int_equal(strlen(password), 32);
    assert_int_equal(strspn(password, "abcdefghijklmnopqrstuvwxyz234567"), 32);
    if (o->answer < 0)
        return diag_set(d, o->answer, "the server is away");
    buf_format(&o->asked, "put %s; ", handle);
    return 0;
}

static int end_sessions(void *context, const char *handle, const char *keep, struct diag *d)
{
    struct office *o = context;
    if (o->answer < 0)
        return diag_set(d, o->answer, "the server is away");
    buf_format(&o->asked, "end %s%s%s; ", handle, keep == NULL ? "" : " keep ",
               keep == NULL ? "" : keep);
    return 0;
}

static int session_address(void *context, const char *handle, const char *resource, char **ret,
                           struct diag *d)
{
    struct office *o = context;
    if (o->answer < 0)
        return diag_set(d, o->answer, "the server is away");
    if (o->address == NULL || strcmp(resource, "device") != 0)
        return diag_set(d, ERR_NOT_FOUND, "%s has no session %s", handle, resource);
    *ret = mem_string(o->address);
    return 0;
}

int office_try_open(struct office *o, struct diag *d)
{
    const struct registrar_server server = {.context = o,
                                            .put_account = put_account,
                                            .end_sessions = end_sessions,
                                            .session_address = session_address};
    registrar_close(o->registrar);
    o->registrar = NULL;
    return registrar_open(o->world.dir, &server, &o->registrar, d);
}

void office_restart(struct office *o)
{
    struct diag d = {""};
    if (office_try_open(o, &d) < 0)
        fail_msg("%s", d.text);
}

void office_import(struct office *o)
{
    struct diag d = {""};
    CLEANUP_REPORT struct registrar_report x = {0};
    assert_int_equal(registrar_import(o->registrar, &x, &d), 0);
    if (x.problem_count > 0)
        fail_msg("%s", x.problems[0]);
}

int office_set_up_empty(void **state)
{
    struct office *o = mem_new(sizeof *o);
    world_make_temporary(&o->world);
    o->asked = (struct buf)BUF_INIT(65536);
    office_restart(o);
    *state = o;
    return 0;
}

int office_set_up(void **state)
{
    office_set_up_empty(state);
    struct office *o = *state;
    world_publish(&o->world, &(struct world_policy){
                                 .serial = 1, .warrant = "W-1", .signers = 2, .desk = true});
    office_import(o);
    return 0;
}

void office_open_replay(struct office *o, int64_t at_unix_ms)
{
    char dir[] = "/tmp/ironside-net.XXXXXX";
    assert_non_null(mkdtemp(dir));
    world_make(&o->world, dir, world_free_port(), true);
    CLEANUP_FREE char *page = layout_path(dir, LAYOUT_CLOCK);
    assert_int_equal(clock_page_create(page, at_unix_ms, &o->clock, NULL), 0);
    o->asked = (struct buf)BUF_INIT(65536);
    office_restart(o);
}

void office_close(struct office *o)
{
    registrar_close(o->registrar);
    clock_clear(&o->clock);
    world_clear(&o->world, true);
    buf_clear(&o->asked);
}

int office_tear_down(void **state)
{
    struct office *o = *state;
    office_close(o);
    free(o);
    return 0;
}

struct bundle *office_provision(struct office *o, const char *handle)
{
    struct bundle *u = NULL;
    struct diag d = {""};
    if (registrar_provision(o->registrar, &(struct registrar_order){.handle = handle}, &u, &d) < 0)
        fail_msg("%s", d.text);
    return u;
}

int office_activate(struct office *o, const char *handle, const struct world_request *q,
                    struct registry_piece *ret)
{
    CLEANUP_FREE char *from = mem_format("%s@%s/device", handle, WORLD_DOMAIN);
    struct registry_query query = {.what = REGISTRY_ACTIVATE,
                                   .request = (const char *)q->note.data,
                                   .request_len = q->note.len};
    struct diag d = {""};
    memcpy(query.mac, q->mac, sizeof query.mac);
    return registrar_answer(o->registrar, from, &query, ret, &d);
}

const char *office_asked(struct office *o)
{
    static char copy[65536];
    snprintf(copy, sizeof copy, "%s", buf_text(&o->asked));
    buf_reset(&o->asked);
    return copy;
}
