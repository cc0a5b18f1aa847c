#include "serve/path.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "journal/tree.h"

#define GROUP 1000U /* a tile's number is written in groups of three digits */
#define GROUPS_MAX 6U
#define NOTE_ENDING ".note"

static const char *const words[SERVE_WHATS] = {
    [SERVE_NETWORK_NOTE] = "/network.note",
    [SERVE_DOCUMENTS] = "/documents",
    [SERVE_DOCUMENT] = "/documents/",
    [SERVE_CHECKPOINT] = "checkpoint",
    [SERVE_CHECKPOINTS] = "checkpoints/",
    [SERVE_TILE] = "tile/",
    [SERVE_ROUNDS] = "rounds/",
    [SERVE_FILE] = "files/",
    [SERVE_REMOVED] = "removed/",
};

bool serve_name_valid(const char *name)
{
    return name[0] != '.' && strlen(name) <= SERVE_NAME_MAX && file_name_ends(name, NOTE_ENDING) &&
           name[strspn(
               name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

/* "x012/x345/067.p/8" */
static char *format_tile(const struct serve_path *p)
{
    char number[8 * GROUPS_MAX] = "", part[16] = "";
    snprintf(number, sizeof number, "%03u", (unsigned)(p->number % GROUP));
    for (uint64_t n = p->number / GROUP; n > 0; n /= GROUP) {
        char rest[sizeof number];
        snprintf(rest, sizeof rest, "%s", number);
        snprintf(number, sizeof number, "x%03u/%s", (unsigned)(n % GROUP), rest);
    }
    if (p->width != TREE_TILE_HASHES)
        snprintf(part, sizeof part, ".p/%u", p->width);
    return mem_format("/bots/%s/%s%u/%s%s", p->bot, words[SERVE_TILE], p->level, number, part);
}

char *serve_path_format(const struct serve_path *p)
{
    char hex[2 * HASH_BYTES + 1];
    const char *word = words[p->what];
    switch (p->what) {
    case SERVE_NETWORK_NOTE:
    case SERVE_DOCUMENTS:
    case SERVE_DOCUMENT:
        return mem_format("%s%s", word, p->what == SERVE_DOCUMENT ? p->name : "");
    case SERVE_CHECKPOINT:
        return mem_format("/bots/%s/%s", p->bot, word);
    case SERVE_TILE:
        return format_tile(p);
    case SERVE_FILE:
    case SERVE_REMOVED:
        encode_hex(p->sha256, HASH_BYTES, hex);
        return mem_format("/bots/%s/%s%s", p->bot, word, hex);
    default:
        return mem_format("/bots/%s/%s%" PRIu64, p->bot, word, p->number);
    }
}

/* Reads digits; how a number is written is held against serve_path_format. */
static const char *take_number(const char *text, uint64_t *n)
{
    for (; *text >= '0' && *text <= '9' && *n <= INT64_MAX / 10 - 1; text++)
        *n = *n * 10 + (uint64_t)(*text - '0');
    return text;
}

static void take_tile(const char *text, struct serve_path *p)
{
    uint64_t level = 0, width = 0;
    text = take_number(text, &level);
    for (unsigned i = 0; i < GROUPS_MAX && *text == '/'; i++) {
        uint64_t group = 0;
        text++;
        text = take_number(*text == 'x' ? text + 1 : text, &group);
        p->number = p->number * GROUP + group % GROUP;
    }
    if (strncmp(text, ".p/", 3) == 0)
        take_number(text + 3, &width);
    p->level = (unsigned)(level % SERVE_TILE_LEVELS);
    p->width = width == 0 ? TREE_TILE_HASHES : (unsigned)(width % TREE_TILE_HASHES);
}

/* What follows "/bots/BOT/". */
static void take_of_bot(const char *text, struct serve_path *p)
{
    p->what = SERVE_CHECKPOINT;
    for (enum serve_what w = SERVE_CHECKPOINTS; w < SERVE_WHATS; w++)
        if (strncmp(text, words[w], strlen(words[w])) == 0)
            p->what = w;
    if (p->what == SERVE_CHECKPOINT)
        return;
    text += strlen(words[p->what]);
    if (p->what == SERVE_TILE)
        take_tile(text, p);
    else if (p->what == SERVE_FILE || p->what == SERVE_REMOVED)
        (void)!decode_hex_exact(text, strlen(text), p->sha256, HASH_BYTES);
    else
        take_number(text, &p->number);
}

/* Takes what there is for what it most looks like; whether it is just that, its one form says. */
int serve_path_parse(const char *text, struct serve_path *ret)
{
    struct serve_path p = {.what = SERVE_NETWORK_NOTE};
    static const char bots[] = "/bots/", documents[] = "/documents";
    if (strncmp(text, bots, sizeof bots - 1) == 0) {
        const char *bot = text + sizeof bots - 1;
        size_t len = strcspn(bot, "/");
        if (len >= sizeof p.bot || bot[len] == '\0')
            return ERR_NOT_FOUND;
        memcpy(p.bot, bot, len);
        take_of_bot(bot + len + 1, &p);
        if (!value_warrant_valid(p.bot))
            return ERR_NOT_FOUND;
    } else if (strncmp(text, documents, sizeof documents - 1) == 0) {
        const char *name = text + sizeof documents - 1;
        p.what = *name == '/' ? SERVE_DOCUMENT : SERVE_DOCUMENTS;
        snprintf(p.name, sizeof p.name, "%s", *name == '/' ? name + 1 : "");
        if (p.what == SERVE_DOCUMENT && !serve_name_valid(p.name))
            return ERR_NOT_FOUND;
    }
    CLEANUP_FREE char *form = serve_path_format(&p);
    if (strcmp(form, text) != 0)
        return ERR_NOT_FOUND;
    *ret = p;
    return 0;
}
