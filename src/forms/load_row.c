#include "forms/load_row.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "forms/clean.h"

#define FIELD_END 0x14U
#define QUOTE 0xfeU         /* þ */
#define QUOTE_INSTEAD 0xdeU /* Þ */
#define NEWLINE 0xaeU       /* ® */
#define NEWLINE_INSTEAD "(R)"
#define ROW_END "\r\n"

struct row {
    struct buf *b;
    size_t fields;           /* so far */
    size_t quotes, newlines; /* that were letters */
};

/* ---- fields ---- */

static void put_character(struct row *row, uint32_t c)
{
    if (c == QUOTE) {
        row->quotes++;
        clean_put(row->b, QUOTE_INSTEAD);
    } else if (c == NEWLINE) {
        row->newlines++;
        buf_put_text(row->b, NEWLINE_INSTEAD);
    } else {
        clean_put(row->b, c == '\n' ? NEWLINE : c);
    }
}

/* Clean text is UTF-8, without FIELD_END. */
static void put_text(struct row *row, const char *text)
{
    size_t len = strlen(text);
    for (size_t pos = 0; pos < len;) {
        uint32_t c = UTF8_REPLACEMENT;
        pos += utf8_next(text + pos, len - pos, &c);
        put_character(row, c);
    }
}

static void begin_field(struct row *row)
{
    if (row->fields++ > 0)
        buf_put_u8(row->b, FIELD_END);
    clean_put(row->b, QUOTE);
}

static void end_field(struct row *row)
{
    clean_put(row->b, QUOTE);
}

static void field(struct row *row, const char *text)
{
    begin_field(row);
    put_text(row, text);
    end_field(row);
}

static void field_number(struct row *row, uint64_t number)
{
    begin_field(row);
    buf_format(row->b, "%" PRIu64, number);
    end_field(row);
}

/* ---- columns ---- */

static void put_bates(struct row *row, const struct view_message *m)
{
    field(row, m->bates);
}

static void put_sent(struct row *row, const struct view_message *m)
{
    field(row, m->at);
}

static void put_archived(struct row *row, const struct view_message *m)
{
    field(row, m->archived);
}

static void put_from(struct row *row, const struct view_message *m)
{
    field(row, m->from->text);
}

static void put_to(struct row *row, const struct view_message *m)
{
    begin_field(row);
    for (size_t i = 0; i < m->to_count; i++) {
        put_text(row, i == 0 ? "" : ";");
        put_text(row, m->to[i]->text);
    }
    end_field(row);
}

static void put_conversation(struct row *row, const struct view_message *m)
{
    field(row, m->conversation->text);
}

static void put_kind(struct row *row, const struct view_message *m)
{
    field(row, view_kind_text(m));
}

static void put_about(struct row *row, const struct view_message *m)
{
    field(row, m->about == NULL ? "" : m->about->bates);
}

static void put_quote(struct row *row, const struct view_message *m)
{
    field(row, m->quote);
}

static void put_action(struct row *row, const struct view_message *m)
{
    field(row, m->head);
}

static void put_words(struct row *row, const struct view_message *m)
{
    field(row, m->text);
}

static void put_timer(struct row *row, const struct view_message *m)
{
    begin_field(row);
    if (m->timer_s != 0)
        buf_format(row->b, "%" PRIu32, m->timer_s);
    end_field(row);
}

static void put_file_name(struct row *row, const struct view_message *m)
{
    field(row, m->file == NULL ? "" : m->file->name);
}

static void put_file_type(struct row *row, const struct view_message *m)
{
    field(row, m->file == NULL ? "" : m->file->type);
}

static void put_file_size(struct row *row, const struct view_message *m)
{
    if (m->file == NULL)
        field(row, "");
    else
        field_number(row, m->file->size);
}

static void put_file_hash(struct row *row, const struct view_message *m)
{
    field(row, m->file == NULL ? "" : m->file->sha256);
}

void load_row_path(struct buf *b, const char *path)
{
    for (; *path != '\0'; path++)
        buf_put_u8(b, (uint8_t)(*path == '/' ? '\\' : *path));
}

static void put_file_path(struct row *row, const struct view_message *m)
{
    begin_field(row);
    if (m->file != NULL && m->file->path != NULL)
        load_row_path(row->b, m->file->path);
    end_field(row);
}

static void put_text_path(struct row *row, const struct view_message *m)
{
    begin_field(row);
    load_row_path(row->b, LOAD_ROW_TEXT_FOLDER);
    buf_format(row->b, "%s.txt", m->bates);
    end_field(row);
}

static void put_bot(struct row *row, const struct view_message *m)
{
    field(row, m->bot);
}

static void put_leaf(struct row *row, const struct view_message *m)
{
    field_number(row, m->leaf);
}

static void put_warrant(struct row *row, const struct view_message *m)
{
    field(row, m->warrant);
}

static void put_country(struct row *row, const struct view_message *m)
{
    field(row, m->country);
}

static void put_id(struct row *row, const struct view_message *m)
{
    field(row, m->id);
}

static void put_wrong(struct row *row, const struct view_message *m)
{
    field(row, m->wrong);
}

static void put_redacted(struct row *row, const struct view_message *m)
{
    field(row, m->redacted == NULL ? "" : m->redacted);
}

/* The last one: of what all the others had to write as something else. */
static void put_substituted(struct row *row, const struct view_message *m)
{
    size_t quotes = row->quotes, newlines = row->newlines;
    const char *between = "";
    begin_field(row);
    if (newlines > 0) {
        buf_format(row->b, "U+00AE %zu", newlines);
        between = "; ";
    }
    if (quotes > 0) {
        buf_format(row->b, "%sU+00FE %zu", between, quotes);
        between = "; ";
    }
    if (m->replaced > 0)
        buf_format(row->b, "%sno text %zu", between, m->replaced);
    end_field(row);
}

static const struct {
    const char *name;
    void (*put)(struct row *row, const struct view_message *m);
} columns[] = {
    {"BEGBATES", put_bates},
    {"ENDBATES", put_bates},
    {"DATESENT", put_sent},
    {"DATEARCHIVED", put_archived},
    {"FROM", put_from},
    {"TO", put_to},
    {"CONVERSATION", put_conversation},
    {"KIND", put_kind},
    {"ABOUT", put_about},
    {"QUOTE", put_quote},
    {"ACTION", put_action},
    {"TEXT", put_words},
    {"TIMER", put_timer},
    {"FILENAME", put_file_name},
    {"FILETYPE", put_file_type},
    {"FILESIZE", put_file_size},
    {"SHA256", put_file_hash},
    {"NATIVEPATH", put_file_path},
    {"TEXTPATH", put_text_path},
    {"BOT", put_bot},
    {"LEAF", put_leaf},
    {"WARRANT", put_warrant},
    {"COUNTRY", put_country},
    {"MESSAGEID", put_id},
    {"UNVERIFIED", put_wrong},
    {"REDACTED", put_redacted},
    {"SUBSTITUTED", put_substituted},
};
#define COLUMNS (sizeof columns / sizeof columns[0])

/* ---- rows ---- */

void load_row_names(struct buf *b)
{
    struct row row = {b};
    for (size_t c = 0; c < COLUMNS; c++)
        field(&row, columns[c].name);
    buf_put_text(b, ROW_END);
}

void load_row_put(struct buf *b, const struct view_message *m)
{
    struct row row = {b};
    for (size_t c = 0; c < COLUMNS; c++)
        columns[c].put(&row, m);
    buf_put_text(b, ROW_END);
}
