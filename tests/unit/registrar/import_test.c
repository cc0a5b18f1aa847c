#include "office.h"

#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"

/* Imports; the problems joined, in a buffer of this function. */
static const char *import(struct office *o, size_t imported)
{
    static char text[4096];
    struct diag d = {""};
    CLEANUP_REPORT struct registrar_report x = {0};
    if (registrar_import(o->registrar, &x, &d) < 0)
        fail_msg("%s", d.text);
    assert_int_equal(x.imported, imported);
    text[0] = '\0';
    for (size_t i = 0; i < x.problem_count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n", x.problems[i]);
    return text;
}

static void assert_says(const char *text, const char *part)
{
    bool said = strstr(text, part) != NULL;
    if (!said)
        print_error("%s", text);
    assert_true(said);
}

static uint32_t serial(const struct office *o)
{
    const struct policy *p = registrar_policy(o->registrar);
    return p == NULL ? 0 : p->serial;
}

static void publish(struct office *o, uint32_t number, const char *warrant)
{
    world_publish(&o->world,
                  &(struct world_policy){.serial = number, .warrant = warrant, .signers = 2});
}

static void remove_document(struct office *o, const char *name)
{
    char *path = NULL;
    assert_int_equal(layout_document(o->world.dir, name, &path, NULL), 0);
    assert_int_equal(unlink(path), 0);
    free(path);
}

static void registrar__import__of_nothing_is_fine(void **state)
{
    struct office *o = *state;
    assert_string_equal(import(o, 0), "");
    assert_int_equal(serial(o), 0);
    assert_int_equal(registrar_unannounced(o->registrar), 0);
}

static void registrar__import__takes_a_policy_with_its_documents(void **state)
{
    struct office *o = *state;
    CLEANUP_DOCUMENT struct registrar_document x = {0};
    publish(o, 1, "W-1");
    assert_string_equal(import(o, 1), "");
    assert_int_equal(serial(o), 1);
    assert_int_equal(registrar_unannounced(o->registrar), 1);
    const struct policy_warrant *w = &registrar_policy(o->registrar)->warrants[0];
    assert_int_equal(registrar_store_document(registrar_database(o->registrar), w->hash, &x, NULL),
                     0);
    assert_int_equal(x.kind, DOCUMENT_WARRANT);
    /* The database has all of it: the files may go. */
    remove_document(o, "policy-1");
    remove_document(o, "W-1");
    remove_document(o, "W-1-epochs");
    office_restart(o);
    assert_int_equal(serial(o), 1);
    assert_string_equal(import(o, 0), "");
}

static void registrar__import__takes_policies_in_order(void **state)
{
    struct office *o = *state;
    CLEANUP_DOCUMENT struct registrar_document x = {0};
    for (uint32_t i = 1; i <= 10; i++) /* policy-10 stands before policy-2 */
        publish(o, i, i == 9 ? "W-9" : i == 10 ? "W-10" : NULL);
    assert_string_equal(import(o, 10), "");
    assert_int_equal(serial(o), 10);
    assert_int_equal(registrar_store_policy(registrar_database(o->registrar), 9, &x, NULL), 0);
    assert_string_equal(import(o, 0), ""); /* held ones are not new */
}

/* The newest policy's text, but for its notice, as that of the next one. */
static char *next_text(const struct office *o, const char *notice)
{
    char hex[2 * HASH_BYTES + 1];
    const struct policy *p = registrar_policy(o->registrar);
    CLEANUP_FREE char *text = mem_string_n(p->document.note, p->document.text_len - 1);
    encode_hex(p->document.hash, HASH_BYTES, hex);
    return mem_format("%.*sserial %u\nprevious %s\n%s%s\n", (int)(strstr(text, "serial ") - text),
                      text, p->serial + 1, hex, strstr(text, "issued "), notice);
}

static void registrar__import__shares_warrants(void **state)
{
    struct office *o = *state;
    publish(o, 1, "W-1");
    assert_string_equal(import(o, 1), "");
    /* The same warrant line in the next policy, from the database. */
    CLEANUP_FREE char *text = next_text(o, "");
    world_sign(&o->world, "policy-2", text, 2);
    remove_document(o, "W-1");
    remove_document(o, "W-1-epochs");
    assert_string_equal(import(o, 1), "");
    assert_int_equal(serial(o), 2);
}

static void registrar__import__refuses_lower_serials(void **state)
{
    struct office *o = *state;
    publish(o, 1, NULL);
    publish(o, 2, NULL);
    assert_string_equal(import(o, 2), "");
    publish(o, 1, "W-1");
    const char *said = import(o, 0);
    assert_says(said, "policy-1.note");
    assert_says(said, "policy 2 is in force already");
    assert_int_equal(serial(o), 2);
}

static void registrar__import__refuses_another_policy_of_a_serial(void **state)
{
    struct office *o = *state;
    publish(o, 1, NULL);
    assert_string_equal(import(o, 1), "");
    world_publish(&o->world,
                  &(struct world_policy){.serial = 1, .signers = 2, .notice = "Another."});
    assert_says(import(o, 0), "policy 1 comes too late");
    /* Two at once: the first file counts. */
    CLEANUP_FREE char *first = next_text(o, ""), *second = next_text(o, " Another.");
    world_sign(&o->world, "policy-2", first, 2);
    world_sign(&o->world, "policy-2b", second, 2);
    const char *said = import(o, 1);
    assert_says(said, "policy-2b.note: another policy 2 is there");
}

/* Policies are a chain; what would break it is left, and what belongs there is taken all the same.
 */
static void registrar__import__refuses_what_does_not_follow(void **state)
{
    struct office *o = *state;
    static const struct {
        struct world_policy policy;
        const char *says;
    } rows[] = {
        {{.serial = 2}, "policy 2 does not follow policy 0"},
        {{.serial = 3}, "policy 3 does not follow policy 1"},
        {{.serial = 2, .astray = true},
         "policy 2 was made to follow another policy 1 than the one"},
        {{.serial = 2, .issued = "1969-12-31T23:59:59.999Z"},
         "policy 2 was issued before policy 1"},
        {{.serial = 2, .issued = "9999-01-01T00:00:00.000Z"},
         "policy 2 is issued at 9999-01-01T00:00:00.000Z, which is still to come: publish it "
         "again"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world_policy p = rows[i].policy;
        CLEANUP_FREE char *name = mem_format("policy-%u", p.serial);
        p.signers = 2;
        world_publish(&o->world, &p);
        assert_says(import(o, 0), rows[i].says);
        assert_int_equal(serial(o), i == 0 ? 0 : 1);
        remove_document(o, name);
        if (i == 0) {
            publish(o, 1, NULL);
            assert_string_equal(import(o, 1), "");
        }
    }
    publish(o, 2, NULL);
    assert_string_equal(import(o, 1), "");
    assert_int_equal(serial(o), 2);
}

static void registrar__import__wants_the_quorum(void **state)
{
    struct office *o = *state;
    world_publish(&o->world, &(struct world_policy){.serial = 1, .signers = 1});
    const char *said = import(o, 0);
    assert_says(said, "policy-1.note: policy: signed by 1 of the 2 custodians");
    assert_says(said, "custodian-2, custodian-3");
    assert_int_equal(serial(o), 0);
    publish(o, 1, NULL); /* the second one has signed */
    assert_string_equal(import(o, 1), "");
}

static void registrar__import__wants_warrants_and_epochs(void **state)
{
    struct office *o = *state;
    world_publish(&o->world,
                  &(struct world_policy){
                      .serial = 1, .warrant = "W-1", .signers = 2, .without_warrant = true});
    assert_says(import(o, 0), "policy 1: its warrant with the SHA-256 ");
    world_publish(&o->world,
                  &(struct world_policy){
                      .serial = 1, .warrant = "W-1", .signers = 2, .without_epochs = true});
    assert_says(import(o, 0), "policy 1: its epochs with the SHA-256 ");
    assert_int_equal(serial(o), 0);
}

/* A warrant whose text is right but which too few have signed, beside one that is whole. */
static void registrar__import__looks_at_all_copies(void **state)
{
    struct office *o = *state;
    publish(o, 1, "W-1");
    char *path = NULL;
    CLEANUP_FREE char *note = NULL;
    assert_int_equal(layout_document(o->world.dir, "W-1", &path, NULL), 0);
    assert_int_equal(file_read_text(path, 65536, &note, NULL), 0);
    free(path);
    strstr(note, "\n\n")[1] = '\0';
    world_sign(&o->world, "W-0-draft", note, 1);
    assert_string_equal(import(o, 1), "");
    /* Only the draft: it is the problem. */
    publish(o, 2, "W-2");
    assert_int_equal(layout_document(o->world.dir, "W-2", &path, NULL), 0);
    CLEANUP_FREE char *second = NULL;
    assert_int_equal(file_read_text(path, 65536, &second, NULL), 0);
    free(path);
    strstr(second, "\n\n")[1] = '\0';
    world_sign(&o->world, "W-2", second, 1);
    const char *said = import(o, 0);
    assert_says(said, "W-2.note: warrant: signed by 1 of the 2");
    assert_int_equal(serial(o), 1);
}

static void registrar__import__goes_on_past_a_bad_file(void **state)
{
    struct office *o = *state;
    world_sign(&o->world, "aaa", "ironside policy 2\nnetwork other.test\n", 2);
    world_sign(&o->world, "old", "ironside policy 1\nnetwork " WORLD_DOMAIN "\n", 2);
    CLEANUP_FREE char *documents = layout_path(o->world.dir, LAYOUT_DOCUMENTS);
    CLEANUP_FREE char *bad = file_join(documents, "bad.note");
    CLEANUP_FREE char *other = file_join(documents, "README");
    CLEANUP_FREE char *folder = file_join(documents, "folder.note");
    assert_int_equal(file_write(bad, "no note", 7, 0644, NULL), 0);
    assert_int_equal(file_write(other, "no note", 7, 0644, NULL), 0);
    assert_int_equal(file_make_folder(folder, 0755, NULL), 0);
    publish(o, 1, "W-1");
    const char *said = import(o, 1);
    assert_says(said, "aaa.note: policy: line 'network other.test'");
    assert_says(said, "old.note: policy: line 'ironside policy 1': not this kind of document, or "
                      "another version");
    assert_says(said, "bad.note: not a signed note");
    assert_says(said, "folder.note");
    assert_null(strstr(said, "README"));
    assert_int_equal(serial(o), 1);
}

static void registrar__import__needs_the_folder(void **state)
{
    struct office *o = *state;
    struct diag d = {""};
    CLEANUP_REPORT struct registrar_report x = {0};
    CLEANUP_FREE char *documents = layout_path(o->world.dir, LAYOUT_DOCUMENTS);
    assert_int_equal(rmdir(documents), 0);
    assert_int_equal(registrar_import(o->registrar, &x, &d), ERR_IO);
    assert_says(d.text, documents);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY_OFFICE_TEST(registrar__import__of_nothing_is_fine),
        EMPTY_OFFICE_TEST(registrar__import__takes_a_policy_with_its_documents),
        EMPTY_OFFICE_TEST(registrar__import__takes_policies_in_order),
        EMPTY_OFFICE_TEST(registrar__import__shares_warrants),
        EMPTY_OFFICE_TEST(registrar__import__refuses_lower_serials),
        EMPTY_OFFICE_TEST(registrar__import__refuses_another_policy_of_a_serial),
        EMPTY_OFFICE_TEST(registrar__import__refuses_what_does_not_follow),
        EMPTY_OFFICE_TEST(registrar__import__wants_the_quorum),
        EMPTY_OFFICE_TEST(registrar__import__wants_warrants_and_epochs),
        EMPTY_OFFICE_TEST(registrar__import__looks_at_all_copies),
        EMPTY_OFFICE_TEST(registrar__import__goes_on_past_a_bad_file),
        EMPTY_OFFICE_TEST(registrar__import__needs_the_folder),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
