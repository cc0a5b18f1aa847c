/* The mail around rsmf.zip (RFC 5322, RFC 2045 to 2047): its headers are what review platforms list
 * a file by, its text what they search. */
#include <string.h>

#include "base/encode.h"
#include "base/utf8.h"
#include "forms/threads_internal.h"

#define END "\r\n"
#define LINE_BYTES 57U /* become 76 characters */
#define WORD_BYTES 45U /* of an encoded word, which has 75 characters at most */
#define PLAIN_MAX 60U
#define MONTH_LETTERS 3

/* ---- headers ---- */

static bool is_plain(const char *text)
{
    if (strlen(text) > PLAIN_MAX || strstr(text, "=?") != NULL)
        return false;
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

/* Of the text's front, whole characters. */
static size_t word_len(const char *text, size_t len)
{
    size_t taken = 0, n;
    uint32_t c;
    while (taken < len && (n = utf8_next(text + taken, len - taken, &c)) != 0 &&
           taken + n <= WORD_BYTES)
        taken += n;
    return taken;
}

static void header(struct buf *b, const char *name, const char *text)
{
    buf_format(b, "%s:", name);
    if (is_plain(text)) {
        buf_format(b, " %s" END, text);
        return;
    }
    size_t len = strlen(text);
    while (len > 0) {
        size_t n = word_len(text, len);
        buf_put_text(b, END " =?utf-8?B?");
        encode_base64_buf(b, text, n);
        buf_put_text(b, "?=");
        text += n;
        len -= n;
    }
    buf_put_text(b, END);
}

/* Is it an address as it stands (RFC 5322, "dot-atom")? Others are left out here; all are in the
 * manifest. */
static bool is_address(const char *jid)
{
    const char *at = strchr(jid, '@');
    return at != NULL && value_bare_valid(jid) && at[-1] != '.' && strstr(jid, "..") == NULL;
}

static void put_from(struct buf *b, const struct view_name *sender)
{
    buf_format(b, "From: %s" END, is_address(sender->text) ? sender->text : "unknown@invalid");
}

static void put_to(const struct thread *t, struct buf *b, const struct view_name *sender)
{
    const char *before = "To: ";
    for (size_t i = 0; i < t->people_count; i++)
        if (t->people[i] != sender && is_address(t->people[i]->text)) {
            buf_format(b, "%s%s", before, t->people[i]->text);
            before = "," END " ";
        }
    if (before[0] == ',')
        buf_put_text(b, END);
}

/* "Fri, 03 May 2024 12:00:00 +0000" */
static void put_date(struct buf *b, const struct view_message *m)
{
    static const char days[] = "ThuFriSatSunMonTueWed"; /* the first day was a Thursday */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t weekday = calendar_day_of(m->at_unix_ms) % CALENDAR_WEEK_DAYS;
    weekday += weekday < 0 ? CALENDAR_WEEK_DAYS : 0;
    int month = (m->at[5] - '0') * 10 + m->at[6] - '0' - 1;
    buf_format(b, "Date: %.3s, %.2s %.3s %.4s %.8s +0000" END, days + MONTH_LETTERS * weekday,
               m->at + strlen("YYYY-MM-"), months + MONTH_LETTERS * month, m->at,
               m->at + strlen("YYYY-MM-DDT"));
}

static void put_subject(struct buf *b, const struct view_message *first)
{
    CLEANUP_BUF struct buf subject = BUF_INIT(THREADS_MAX);
    view_put_conversation(&subject, first->conversation, buf_put_text);
    buf_format(&subject, ", %.10s", first->at);
    header(b, "Subject", buf_text(&subject));
}

static void put_headers(const struct thread *t, struct buf *b)
{
    const struct view_message *first = t->view->order[t->from], *last = t->view->order[t->end - 1];
    put_from(b, first->from);
    put_to(t, b, first->from);
    put_date(b, first);
    put_subject(b, first);
    buf_format(b, "Message-ID: <%s.%s@invalid>" END, t->view->part->package, first->bates);
    buf_put_text(b, "X-RSMF-Version: " THREADS_VERSION END "X-RSMF-Generator: Ironside" END);
    buf_format(b, "X-RSMF-BeginDate: %s" END "X-RSMF-EndDate: %s" END, first->at, last->at);
    buf_format(b, "X-RSMF-EventCount: %zu" END "X-RSMF-AttachmentCount: %zu" END, t->event_count,
               t->attachment_count);
    header(b, "X-RSMF-EventCollectionID", first->conversation->text);
    buf_put_text(b, "MIME-Version: 1.0" END);
}

/* ---- parts ---- */

static void put_base64(struct buf *b, const void *data, size_t len)
{
    const uint8_t *pos = data;
    while (len > 0) {
        size_t n = len < LINE_BYTES ? len : LINE_BYTES;
        encode_base64_buf(b, pos, n);
        buf_put_text(b, END);
        pos += n;
        len -= n;
    }
}

/* What can be searched: a line for who and when, then what was said. */
static void put_words(const struct thread *t, struct buf *text)
{
    for (size_t i = t->from; i < t->end; i++) {
        const struct view_message *m = t->view->order[i];
        buf_format(text, "%s  %s  %s\r\n", m->bates, m->at, m->from->text);
        if (m->redacted != NULL)
            buf_format(text, "[redacted: %s]\r\n", m->redacted);
        if (m->head[0] != '\0')
            buf_format(text, "[%s]\r\n", m->head);
        buf_format(text, "%s%s\r\n", m->text, m->text[0] == '\0' ? "" : "\r\n");
    }
}

static void begin_part(struct buf *b, const char *boundary, const char *type)
{
    buf_format(b, "--=_%s" END "Content-Type: %s" END "Content-Transfer-Encoding: base64" END,
               boundary, type);
}

/* Base64 has no '_', so no part has the boundary in it. */
void threads_mail(const struct thread *t, const struct buf *zip, struct buf *b)
{
    CLEANUP_BUF struct buf text = BUF_INIT(THREADS_MAX);
    const char *boundary = t->view->order[t->from]->bates;
    put_words(t, &text);
    put_headers(t, b);
    buf_format(b, "Content-Type: multipart/mixed; boundary=\"=_%s\"" END END, boundary);
    begin_part(b, boundary, "text/plain; charset=utf-8");
    buf_put_text(b, END);
    put_base64(b, text.data, text.len);
    begin_part(b, boundary, "application/zip; name=\"rsmf.zip\"");
    buf_put_text(b, "Content-Disposition: attachment; filename=\"rsmf.zip\"" END END);
    put_base64(b, zip->data, zip->len);
    buf_format(b, "--=_%s--" END, boundary);
    if (zip->failed || text.failed)
        buf_fail(b);
}
