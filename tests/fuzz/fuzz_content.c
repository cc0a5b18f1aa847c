/* Bodies of messages, geo: URIs and group documents. The first byte says which: 0 a body, 1 a geo:
 * URI, 2 what a person types, 3 a group's text, signed here as it must be, 4 its note as it is.
 * Whatever is taken is written, and read as the same again.
 */
#include "fuzz.h"
#include "wire/content_json.h"
#include "wire/fixture.h"
#include "wire/group.h"

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void must_be_same(const struct content *a, const struct content *b)
{
    FUZZ_MUST(a->kind == b->kind && a->timer_s == b->timer_s && a->duration_s == b->duration_s);
    FUZZ_MUST(same_text(a->id, b->id) && same_text(a->from, b->from));
    FUZZ_MUST(same_text(a->group, b->group) && same_text(a->quote, b->quote));
    FUZZ_MUST(same_text(a->url, b->url) && same_text(a->preview, b->preview));
    FUZZ_MUST(same_text(a->name, b->name) && same_text(a->type, b->type));
    FUZZ_MUST(a->size == b->size && a->serial == b->serial && a->contact == b->contact);
    FUZZ_MUST(same_text(a->question, b->question) && a->option_count == b->option_count);
    for (unsigned i = 0; i < a->option_count; i++)
        FUZZ_MUST(same_text(a->options[i], b->options[i]));
    FUZZ_MUST(a->until_unix_ms == b->until_unix_ms && a->note_len == b->note_len);
    FUZZ_MUST(a->note_len == 0 || memcmp(a->note, b->note, a->note_len) == 0);
    FUZZ_MUST(memcmp(&a->position, &b->position, sizeof a->position) == 0);
    if (a->kind != CONTENT_POSITION && a->kind != CONTENT_LIVE)
        FUZZ_MUST(a->text_len == b->text_len &&
                  (a->text_len == 0 || memcmp(a->text, b->text, a->text_len) == 0));
}

static void read_body(const char *body, size_t len)
{
    struct arena arena = ARENA_INIT(16 * VALUE_BODY_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    struct content c, again;
    struct diag d;
    json_t *o = json_object();
    FUZZ_MUST(content_read(&arena, body, len, &c) == 0);
    FUZZ_MUST(c.text >= body && c.text + c.text_len <= body + len);
    content_put_json(o, &c, "anna@chat.example");
    json_decref(o);
    free(content_first_line(c.text, c.text_len));
    int r = content_write(&b, &c, &d);
    FUZZ_MUST(r == 0 || (r == ERR_LIMIT && len > VALUE_BODY_MAX - 64));
    if (r == 0) {
        FUZZ_MUST(content_read(&arena, (const char *)b.data, b.len, &again) == 0);
        must_be_same(&c, &again);
    }
    arena_clear(&arena);
}

static void read_geo(const char *uri, size_t len, bool words)
{
    CLEANUP_BUF struct buf b = BUF_INIT(GEO_URI_MAX);
    struct geo g = {0}, again = {0};
    char text[GEO_URI_MAX + 1];
    if (words && (len >= sizeof text || memchr(uri, '\0', len) != NULL))
        return;
    if (words) {
        memcpy(text, uri, len);
        text[len] = '\0';
    }
    if ((words ? geo_parse_words(text, &g) : geo_parse(uri, len, &g)) < 0)
        return;
    FUZZ_MUST(g.latitude >= -90 * GEO_DEGREE && g.latitude <= 90 * GEO_DEGREE);
    FUZZ_MUST(g.longitude >= -180 * GEO_DEGREE && g.longitude <= 180 * GEO_DEGREE);
    geo_put(&b, &g);
    FUZZ_MUST(!buf_failed(&b) && geo_parse((const char *)b.data, b.len, &again) == 0);
    FUZZ_MUST(memcmp(&g, &again, sizeof g) == 0);
}

static void read_group(const char *data, size_t len, bool sign)
{
    static struct fixture_signer anna;
    CLEANUP_BUF struct buf note = BUF_INIT(FUZZ_BYTES_MAX), text = BUF_INIT(FUZZ_BYTES_MAX);
    CLEANUP(group_free_cleanup) struct group *g = NULL;
    struct diag d;
    if (anna.name[0] == '\0')
        fixture_signer_init(&anna, "anna@chat.example", "device");
    buf_put(&note, data, len);
    if (sign) {
        buf_put_u8(&note, '\n');
        note_sign_line(&note, data, len, &anna.key, anna.secret);
    }
    if (buf_failed(&note) ||
        group_open("chat.example", (const char *)note.data, note.len, anna.key.key, &g, &d) < 0)
        return;
    group_format(&text, "chat.example", g);
    FUZZ_MUST(!buf_failed(&text) && text.len == g->document.text_len);
    FUZZ_MUST(memcmp(text.data, g->document.note, text.len) == 0);
    FUZZ_MUST(g->serial > 1 || group_has_member(g, g->changed_by));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    const char *rest = (const char *)data + 1;
    len--;
    if (data[0] == 0)
        read_body(rest, len);
    else if (data[0] <= 2)
        read_geo(rest, len, data[0] == 2);
    else if (data[0] <= 4)
        read_group(rest, len, data[0] == 3);
    return 0;
}
