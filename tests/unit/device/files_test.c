/* Sending files: nothing is signed before the upload host has them, what it loses is uploaded
 * again, and recipients take only what text and signature agree on. The upload host is played here.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "device/files_internal.h"
#include "media/sealed.h"
#include "talk.h"
#include "world.h"

#define SLOT "urn:xmpp:http:upload:0"

/* The upload host: what it was asked for, and has. */
static struct upload_host {
    const char *name;
    device_answer *answer;
    void *answer_context;
    bool putting, breaks;
    struct device_put put;
    unsigned slots, puts;
    char path[64];
} host;

static int host_query(void *context, const char *to, const char *type, const char *payload,
                      device_answer *answer, void *answer_context)
{
    if (strcmp(to, "upload.chat.example") != 0)
        return world_net.query(context, to, type, payload, answer, answer_context);
    assert_non_null(strstr(payload, "filename='f'")); /* its name is nobody's business */
    assert_null(strstr(payload, "secret"));
    host.answer = answer;
    host.answer_context = answer_context;
    return 0;
}

static int host_upload(void *context, const struct device_put *put)
{
    struct stat st;
    (void)context;
    assert_int_equal(stat(put->path, &st), 0);
    assert_int_equal(st.st_size, put->size);
    snprintf(host.path, sizeof host.path, "%s", put->place->path);
    host.put = *put;
    host.putting = true;
    return 0;
}

static void answer_slot(void)
{
    CLEANUP_ARENA struct arena arena = ARENA_INIT(65536);
    struct xml_element *iq;
    host.slots++;
    CLEANUP_FREE char *text = mem_format(
        "<iq xmlns='jabber:client' type='result'><slot xmlns='" SLOT
        "'><put url='https://%s:5223/upload/%u/f'/><get url='https://%s:5223/upload/%u/f'"
        "/></slot></iq>",
        host.name, host.slots, host.name, host.slots);
    assert_int_equal(xml_parse(&arena, text, strlen(text), &iq), 0);
    device_answer *answer = host.answer;
    host.answer = NULL;
    answer(host.answer_context, iq);
}

/* Until nothing is asked of the host any more. */
static void serve(struct world *w)
{
    for (int i = 0; i < 8; i++) {
        anna(w)->device->upload.next_ms = 0;
        party_wait(anna(w));
        if (host.answer != NULL)
            answer_slot();
        if (host.putting) {
            bool breaks = host.breaks;
            host.putting = host.breaks = false;
            host.puts++;
            host.put.done(host.put.context, breaks ? ERR_CLOSED : 0, "cut");
        }
        world_run(w);
    }
}

static struct world *world_with_host(void)
{
    struct world *w = world_new(NULL);
    struct device_options *o = &anna(w)->device->o;
    host = (struct upload_host){.name = "upload.chat.example"};
    o->net.query = host_query;
    o->net.upload = host_upload;
    o->folder = anna(w)->folder;
    return w;
}

/* Sends a text file of that name to bert. */
static int send_file(struct world *w, const char *id, const struct device_file *f, struct diag *d)
{
    const char *to[] = {bert(w)->account};
    struct device_say m = {.to = to, .to_count = 1, .id = id, .timer_s = 3600};
    return device_say_file(anna(w)->device, &m, f, NULL, d);
}

static char *make_file(struct world *w, const char *name)
{
    char *path = file_join(anna(w)->folder, name);
    assert_int_equal(file_write(path, "Good morning.", 13, 0600, NULL), 0);
    return path;
}

static void must_send(struct world *w, const char *id)
{
    struct diag d = {""};
    CLEANUP_FREE char *path = make_file(w, "secret plan.txt");
    if (send_file(w, id, &(struct device_file){.path = path}, &d) < 0)
        fail_msg("%s", d.text);
}

static void files__send__signed_when_it_is_uploaded(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_with_host();
    must_send(w, "m1");
    party_wait(anna(w));
    assert_int_equal(w->bot.archived + anna(w)->blind_copies, 0);
    serve(w);
    assert_int_equal(host.puts, 1);
    assert_int_equal(w->bot.archived, 1);
    assert_int_equal(bert(w)->shown_count, 1);
    struct file_content f;
    assert_int_equal(file_content_parse(bert(w)->shown[0], strlen(bert(w)->shown[0]), &f), 0);
    assert_string_equal(f.name, "secret plan.txt");
    assert_string_equal(f.uri.path, host.path);
    assert_int_equal(f.size, 13);
    assert_int_equal(f.timer_seconds, 3600);
    assert_int_equal(party_number(bert(w), "SELECT size FROM attached WHERE id = 'm1'"), 29);
    /* Its ciphertext goes once everybody has it. */
    assert_true(device_idle(anna(w)->device));
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM file_out"), 0);
    assert_false(file_exists(host.put.path));
}

static void files__no_file__uploaded_again_elsewhere(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_with_host();
    w->bot.refuse = VERDICT_NO_FILE;
    w->bot.once = 1;
    must_send(w, "m1");
    serve(w);
    assert_int_equal(host.slots, 2);
    assert_int_equal(w->bot.refused, 1);
    assert_int_equal(w->bot.archived, 1);
    assert_int_equal(w->bot.last_n, 2); /* the refusal has consumed its n */
    assert_int_equal(w->bot.strange, 0);
    assert_int_equal(bert(w)->shown_count, 1);
    assert_non_null(strstr(bert(w)->shown[0], "/upload/2/f#"));
    assert_int_equal(party_count_progress(anna(w), "m1 waiting no-file"), 1);
}

static void files__later__the_same_bytes_again(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_with_host();
    w->bot.later = LATER_FILE;
    w->bot.once = 1;
    must_send(w, "m1");
    serve(w);
    assert_int_equal(host.slots, 1);
    assert_int_equal(w->bot.archived, 1);
    assert_int_equal(w->bot.last_n, 1);
    assert_int_equal(party_count_progress(anna(w), "m1 waiting file"), 1);
}

static void files__upload_broken__begins_again(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_with_host();
    host.breaks = true;
    must_send(w, "m1");
    serve(w);
    assert_int_equal(host.puts, 2);
    assert_int_equal(w->bot.archived, 1);
    assert_int_equal(party_count_progress(anna(w), "m1 waiting the file could not be uploaded"), 1);
}

static void files__slot_elsewhere__nothing_is_uploaded(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_with_host();
    host.name = "upload.evil.example";
    must_send(w, "m1");
    serve(w);
    assert_int_equal(host.puts, 0);
    assert_int_equal(w->bot.archived, 0);
    assert_true(party_count_progress(anna(w), "m1 waiting the server names another upload host") >
                0);
    host.name = "upload.chat.example";
    serve(w);
    assert_int_equal(w->bot.archived, 1);
}

static void files__send__refused(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_with_host();
    CLEANUP_FREE char *path = make_file(w, "text.txt");
    const struct device_file bad[] = {
        {.path = "/nonexistent/file"},
        {.path = anna(w)->folder},
        {.path = path, .kind = DEVICE_PHOTO},
        {.path = path, .kind = DEVICE_VOICE},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct diag d = {""};
        assert_true(send_file(w, "m1", &bad[i], &d) < 0);
        assert_non_null(strstr(d.text, bad[i].path));
    }
    anna(w)->device->o.net.upload = NULL;
    assert_int_equal(send_file(w, "m1", &(struct device_file){.path = path}, NULL),
                     ERR_INVALID_STATE);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM outbox"), 0);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM file_out"), 0);
}

/* What no metadata is removed from is sent, and its sender is told so, unless it was meant. */
static void files__send__says_what_is_not_cleaned(void **state)
{
    (void)state;
    for (int kept = 0; kept < 2; kept++) {
        CLEANUP_WORLD struct world *w = world_with_host();
        CLEANUP_FREE char *path = file_join(anna(w)->folder, "holiday.heic");
        assert_int_equal(file_write(path,
                                    "\0\0\0\x18"
                                    "ftypheic....",
                                    16, 0600, NULL),
                         0);
        struct device_file f = {.path = path, .keep_metadata = kept == 1};
        struct diag d = {""};
        assert_int_equal(send_file(w, "m1", &f, &d), 0);
        assert_int_equal(party_number(anna(w), "SELECT count(*) FROM notice WHERE text LIKE "
                                               "'holiday.heic: a HEIC file goes as it is%'"),
                         1 - kept);
    }
}

/* A text that names a file which its signed part does not. */
static void files__receive__unsigned_file_not_shown(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_with_host();
    talk_raw(anna(w), bert(w)->account, "m1",
             "aesgcm://upload.chat.example/upload/1/f#"
             "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
             "00000000\nironside:file?name=a&type=text/plain&size=5");
    assert_int_equal(bert(w)->shown_count, 0);
    assert_int_equal(party_count_said(bert(w), "name different files"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files__send__signed_when_it_is_uploaded),
        cmocka_unit_test(files__no_file__uploaded_again_elsewhere),
        cmocka_unit_test(files__later__the_same_bytes_again),
        cmocka_unit_test(files__upload_broken__begins_again),
        cmocka_unit_test(files__slot_elsewhere__nothing_is_uploaded),
        cmocka_unit_test(files__send__refused),
        cmocka_unit_test(files__send__says_what_is_not_cleaned),
        cmocka_unit_test(files__receive__unsigned_file_not_shown),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
