/* The table of routes, in docs/desk-openapi.json's order; a test holds the two against each other.
 */
#include "desk/api_internal.h"
#include "desk/cases.h"
#include "desk/privilege.h"
#include "worker/dhash.h"

#define BIT(role) DESK_ROLE_BIT(role)
#define EVERYBODY ((1U << DESK_ROLES) - 1)
#define LOOK (BIT(DESK_REVIEWER) | BIT(DESK_SUPERVISOR))
#define FILTER BIT(DESK_FILTER)
#define READ (LOOK | FILTER)
#define STAFF (LOOK | BIT(DESK_AUDITOR) | BIT(DESK_ADMINISTRATOR))
#define DIRECT BIT(DESK_SUPERVISOR)
#define AUDIT BIT(DESK_AUDITOR)
#define ADMINISTER BIT(DESK_ADMINISTRATOR)

#define ROLE_WORDS "reviewer supervisor filter auditor administrator defence"
#define ACTION_WORDS "sign-in sign-out refused search count view export mark user read-log"
#define WORD_MAX 64
#define ZONE_MAX 64
#define TITLE_MAX 256
#define NOTE_MAX 16384
#define SELECTION_MAX 32768
#define LIST_BYTES_MAX 60000
#define CURSOR_MAX 64
/* Characters of base64url. */
#define CREDENTIAL_MAX 1364 /* PASSKEY_ID_MAX bytes */
#define CLIENT_DATA_MAX 8192
#define AUTHENTICATOR_MAX 8192
#define SIGNATURE_MAX 2048
#define ATTESTATION_MAX 32768

#define TEXT(field, least, most)                                                                   \
    {                                                                                              \
        field, API_TEXT, false, least, most, NULL                                                  \
    }
#define NEEDED(field, least, most)                                                                 \
    {                                                                                              \
        field, API_TEXT, true, least, most, NULL                                                   \
    }
#define WORDS(field, needed, list)                                                                 \
    {                                                                                              \
        field, API_TEXT, needed, 1, WORD_MAX, list                                                 \
    }
#define NUMBER(field, least, most)                                                                 \
    {                                                                                              \
        field, API_NUMBER, false, least, most, NULL                                                \
    }
#define FLAG(field)                                                                                \
    {                                                                                              \
        field, API_FLAG, false, 0, 0, NULL                                                         \
    }
#define LIMIT NUMBER("limit", 1, API_LIST_MAX)
#define AFTER TEXT("after", 1, CURSOR_MAX)
#define CASE TEXT("case", 1, WORD_MAX)
#define REASON NEEDED("reason", 1, DESK_PRIVILEGE_REASON_MAX)
#define ZONED TEXT("zone", 1, ZONE_MAX), FLAG("latin")

static const struct api_field sign_in[] = {NEEDED("name", 1, 256), NEEDED("password", 1, 1024)};
static const struct api_field password[] = {NEEDED("old", 1, 1024), NEEDED("new", 1, 1024)};
#define CLIENT_DATA NEEDED("client_data", 1, CLIENT_DATA_MAX)
static const struct api_field challenge[] = {NEEDED("name", 1, 256)};
static const struct api_field by_passkey[] = {
    NEEDED("name", 1, 256), NEEDED("credential", 1, CREDENTIAL_MAX), CLIENT_DATA,
    NEEDED("authenticator_data", 1, AUTHENTICATOR_MAX), NEEDED("signature", 1, SIGNATURE_MAX)};
static const struct api_field passkey_add[] = {NEEDED("name", 1, DESK_PASSKEY_NAME_MAX),
                                               NEEDED("password", 1, 1024), CLIENT_DATA,
                                               NEEDED("attestation", 1, ATTESTATION_MAX)};
static const struct api_field password_switch[] = {{"off", API_FLAG, true, 0, 0, NULL}};
static const struct api_field user_add[] = {NEEDED("name", 1, DESK_USER_NAME_MAX),
                                            WORDS("role", true, ROLE_WORDS),
                                            NEEDED("password", 1, 1024)};
static const struct api_field user_change[] = {WORDS("role", false, ROLE_WORDS),
                                               TEXT("password", 1, 1024), FLAG("disabled")};
static const struct api_field search[] = {TEXT("q", 0, QUERY_BYTES_MAX),
                                          ZONED,
                                          WORDS("order", false, "newest oldest relevant"),
                                          FLAG("grouped"),
                                          AFTER,
                                          LIMIT,
                                          CASE};
static const struct api_field count[] = {TEXT("q", 0, QUERY_BYTES_MAX), ZONED, CASE};
static const struct api_field view[] = {CASE};
static const struct api_field alike[] = {AFTER, LIMIT, CASE};
static const struct api_field proof[] = {TEXT("warrant", 1, WORD_MAX), CASE};
#define DISTANCE NUMBER("distance", 0, DHASH_BITS)
static const struct api_field photos_alike[] = {DISTANCE, LIMIT, CASE};
static const struct api_field photos[] = {
    TEXT("q", 0, QUERY_BYTES_MAX), ZONED, AFTER, LIMIT, DISTANCE, CASE};
static const struct api_field note[] = {NEEDED("text", 1, NOTE_MAX)};
static const struct api_field thread[] = {NUMBER("from", INT64_MIN, INT64_MAX), FLAG("backwards"),
                                          AFTER, NUMBER("limit", 1, 200), CASE};
static const struct api_field people[] = {TEXT("prefix", 0, 255), AFTER, LIMIT};
static const struct api_field contacts[] = {LIMIT};
static const struct api_field organisation[] = {NEEDED("organisation", 0, TITLE_MAX)};
static const struct api_field name[] = {NEEDED("name", 0, TITLE_MAX), FLAG("whole")};
static const struct api_field merge[] = {NEEDED("with", 1, 255), TEXT("name", 0, TITLE_MAX),
                                         REASON};
static const struct api_field conversations[] = {TEXT("with", 1, 255), AFTER, LIMIT};
static const struct api_field case_create[] = {NEEDED("word", 1, WORD_MAX),
                                               NEEDED("title", 0, TITLE_MAX)};
static const struct api_field bulk[] = {NEEDED("query", 0, QUERY_BYTES_MAX), ZONED,
                                        WORDS("action", true, "tag seen flag case assign"),
                                        TEXT("value", 0, WORD_MAX), CASE};
static const struct api_field assign[] = {
    WORDS("kind", true, "message conversation organisation search"), NEEDED("object", 1, TITLE_MAX),
    NEEDED("user", 1, DESK_USER_NAME_MAX), FLAG("on")};
static const struct api_field assignments[] = {TEXT("user", 1, DESK_USER_NAME_MAX)};
static const struct api_field queue[] = {WORDS("of", true, "mine organisation search"),
                                         TEXT("value", 1, TITLE_MAX),
                                         WORDS("unit", false, "message conversation"),
                                         WORDS("order", false, "oldest newest"),
                                         AFTER,
                                         CASE};
static const struct api_field export[] = {WORDS("format", true, "jsonl csv"),
                                          WORDS("selection", true, "query case ids"),
                                          NEEDED("value", 0, SELECTION_MAX), ZONED, CASE};
static const struct api_field export_page[] = {AFTER, CASE};
static const struct api_field exports[] = {LIMIT};
static const struct api_field case_event[] = {{"at", API_NUMBER, true, INT64_MIN, INT64_MAX, NULL},
                                              NEEDED("zone", 1, ZONE_MAX),
                                              NEEDED("title", 1, DESK_CASE_TITLE_MAX),
                                              TEXT("text", 0, DESK_CASE_TEXT_MAX)};
static const struct api_field case_outcome[] = {WORDS("kind", true, "arrest search seizure"),
                                                NEEDED("amount", 1, DESK_AMOUNT_CHARS),
                                                NEEDED("unit", 1, DESK_UNIT_MAX),
                                                TEXT("country", 0, 2),
                                                NEEDED("date", 10, 10),
                                                TEXT("note", 0, DESK_CASE_TEXT_MAX),
                                                NUMBER("corrects", 1, INT64_MAX)};
static const struct api_field case_person[] = {NEEDED("account", 1, 255), FLAG("on")};
static const struct api_field case_organisation[] = {NEEDED("organisation", 1, TITLE_MAX),
                                                     FLAG("on")};
static const struct api_field list[] = {NEEDED("csv", 1, LIST_BYTES_MAX), ZONED, CASE};
static const struct api_field second_set[] = {{"percent", API_NUMBER, true, 0, 100, NULL}};
static const struct api_field second_judge[] = {{"agrees", API_FLAG, true, 0, 0, NULL},
                                                TEXT("reason", 0, 1024)};
static const struct api_field saved[] = {NEEDED("name", 1, TITLE_MAX),
                                         NEEDED("query", 0, QUERY_BYTES_MAX), ZONED};
static const struct api_field threats[] = {FLAG("open"), AFTER, LIMIT};
static const struct api_field decide[] = {WORDS("decision", true, "no-threat threat passed-on"),
                                          NEEDED("reason", 1, DESK_REASON_MAX)};
static const struct api_field rule[] = {NEEDED("rule", 2, API_BODY_MAX)};
static const struct api_field rule_switch[] = {
    {"on", API_FLAG, true, 0, 0, NULL},
};
static const struct api_field privilege[] = {
    WORDS("kind", true, "message conversation person pair search"),
    NEEDED("what", 0, QUERY_BYTES_MAX),
    TEXT("with", 1, 255),
    ZONED,
    REASON,
    CASE};
static const struct api_field privileges[] = {WORDS("state", false, "waiting kept released"), AFTER,
                                              LIMIT};
static const struct api_field privilege_messages[] = {AFTER, NUMBER("limit", 1, 200)};
static const struct api_field privilege_decide[] = {WORDS("decision", true, "release keep"),
                                                    REASON};
static const struct api_field release[] = {REASON};
#define RESOLUTION NUMBER("resolution", 10, 2000)
static const struct api_field network[] = {TEXT("q", 0, QUERY_BYTES_MAX), ZONED, RESOLUTION, CASE};
static const struct api_field network_people[] = {TEXT("q", 0, QUERY_BYTES_MAX),
                                                  ZONED,
                                                  RESOLUTION,
                                                  NUMBER("community", 0, UINT32_MAX),
                                                  NUMBER("limit", 1, 20000),
                                                  NUMBER("contacts", 0, 50000),
                                                  CASE};
static const struct api_field around[] = {TEXT("q", 0, QUERY_BYTES_MAX), ZONED,
                                          NUMBER("steps", 1, 3), LIMIT, CASE};
static const struct api_field paths[] = {NEEDED("from", 1, 255),        NEEDED("to", 1, 255),
                                         TEXT("q", 0, QUERY_BYTES_MAX), ZONED,
                                         NUMBER("limit", 1, 100),       CASE};
static const struct api_field positions[] = {TEXT("q", 0, QUERY_BYTES_MAX), ZONED,
                                             NUMBER("limit", 1, 5000), CASE};
static const struct api_field silent[] = {NUMBER("days", 1, 3650), NUMBER("least", 1, 1000000),
                                          LIMIT};
static const struct api_field log_read[] = {
    TEXT("user", 1, DESK_USER_NAME_MAX), WORDS("action", false, ACTION_WORDS),
    WORDS("order", false, "newest oldest"), NUMBER("from", 0, INT64_MAX), LIMIT};

#define FIELDS(list) .fields = (list), .field_count = sizeof(list) / sizeof *(list)
#define BODY(list) .body = true, FIELDS(list)
/* What shows nothing of messages, people or users is not logged. */
#define UNLOGGED ACCESS_ACTIONS

/* Method, path, roles, changes, purpose, action. */
static const struct api_route routes[] = {
    {{QUESTION_POST, "/api/session", 0, false, false, ACCESS_SIGN_IN},
     BODY(sign_in),
     .read = api_sign_in},
    {{QUESTION_GET, "/api/session", EVERYBODY, false, false, UNLOGGED}, .read = api_who},
    {{QUESTION_DELETE, "/api/session", EVERYBODY, true, false, ACCESS_SIGN_OUT},
     .write = api_sign_out},
    {{QUESTION_POST, "/api/session/challenge", 0, false, false, ACCESS_SIGN_IN},
     BODY(challenge),
     .read = api_sign_in_challenge},
    {{QUESTION_POST, "/api/session/passkey", 0, false, false, ACCESS_SIGN_IN},
     BODY(by_passkey),
     .read = api_sign_in_passkey},
    {{QUESTION_POST, "/api/password", EVERYBODY, true, false, ACCESS_USER},
     BODY(password),
     .read = api_password_check,
     .write = api_password_set},
    {{QUESTION_PUT, "/api/password", EVERYBODY, true, false, ACCESS_USER},
     BODY(password_switch),
     .write = api_password_switch},
    {{QUESTION_GET, "/api/passkeys", EVERYBODY, false, false, ACCESS_USER},
     .read = api_passkeys_list},
    {{QUESTION_POST, "/api/passkeys", EVERYBODY, true, false, ACCESS_USER},
     BODY(passkey_add),
     .read = api_passkey_check,
     .write = api_passkey_add},
    {{QUESTION_POST, "/api/passkeys/challenge", EVERYBODY, true, false, ACCESS_USER},
     .read = api_passkey_challenge},
    {{QUESTION_DELETE, "/api/passkeys/{id}", EVERYBODY, true, false, ACCESS_USER},
     .write = api_passkey_remove},
    {{QUESTION_GET, "/api/users", ADMINISTER, false, false, ACCESS_USER}, .read = api_users_list},
    {{QUESTION_POST, "/api/users", ADMINISTER, true, false, ACCESS_USER},
     BODY(user_add),
     .write = api_users_add},
    {{QUESTION_PUT, "/api/users/{name}", ADMINISTER, true, false, ACCESS_USER},
     BODY(user_change),
     .write = api_users_change},
    {{QUESTION_DELETE, "/api/users/{name}/passkeys", ADMINISTER, true, false, ACCESS_USER},
     .write = api_passkeys_remove_all},

    {{QUESTION_GET, "/api/search", READ, false, true, ACCESS_SEARCH},
     FIELDS(search),
     .read = api_search},
    {{QUESTION_GET, "/api/count", READ, false, true, ACCESS_COUNT},
     FIELDS(count),
     .read = api_count,
     .etag = true},
    {{QUESTION_GET, "/api/messages/{id}", READ, false, true, ACCESS_VIEW},
     FIELDS(view),
     .read = api_view},
    {{QUESTION_GET, "/api/messages/{id}/file", READ, false, true, ACCESS_VIEW},
     FIELDS(view),
     .read = api_file},
    {{QUESTION_GET, "/api/messages/{id}/alike", READ, false, true, ACCESS_VIEW},
     FIELDS(alike),
     .read = api_alike},
    {{QUESTION_GET, "/api/messages/{id}/proof", LOOK, false, true, ACCESS_VIEW},
     FIELDS(proof),
     .read = api_proof},
    {{QUESTION_GET, "/api/messages/{id}/preview", READ, false, true, ACCESS_VIEW},
     FIELDS(view),
     .read = api_preview},
    {{QUESTION_GET, "/api/messages/{id}/thumbnail", READ, false, true, ACCESS_VIEW},
     FIELDS(view),
     .read = api_thumbnail},
    {{QUESTION_GET, "/api/photos/{id}/alike", READ, false, true, ACCESS_SEARCH},
     FIELDS(photos_alike),
     .read = api_photos_alike},
    {{QUESTION_GET, "/api/photos", READ, false, true, ACCESS_SEARCH},
     FIELDS(photos),
     .read = api_photos},
    {{QUESTION_PUT, "/api/messages/{id}/seen", READ, true, false, ACCESS_MARK}, .write = api_seen},
    {{QUESTION_PUT, "/api/messages/{id}/tags/{word}", LOOK, true, false, ACCESS_MARK},
     .write = api_tag_on},
    {{QUESTION_DELETE, "/api/messages/{id}/tags/{word}", LOOK, true, false, ACCESS_MARK},
     .write = api_tag_off},
    {{QUESTION_PUT, "/api/messages/{id}/flag", LOOK, true, false, ACCESS_MARK},
     .write = api_flag_on},
    {{QUESTION_DELETE, "/api/messages/{id}/flag", LOOK, true, false, ACCESS_MARK},
     .write = api_flag_off},
    {{QUESTION_POST, "/api/messages/{id}/notes", LOOK, true, false, ACCESS_MARK},
     BODY(note),
     .write = api_note},
    {{QUESTION_GET, "/api/threads/{conversation}", READ, false, true, ACCESS_VIEW},
     FIELDS(thread),
     .read = api_thread},

    {{QUESTION_GET, "/api/people", READ, false, true, ACCESS_VIEW},
     FIELDS(people),
     .read = api_people},
    {{QUESTION_GET, "/api/people/{account}", READ, false, true, ACCESS_VIEW}, .read = api_person},
    {{QUESTION_GET, "/api/people/{account}/contacts", READ, false, true, ACCESS_VIEW},
     FIELDS(contacts),
     .read = api_contacts},
    {{QUESTION_PUT, "/api/people/{account}/organisation", LOOK, true, false, ACCESS_MARK},
     BODY(organisation),
     .write = api_organisation},
    {{QUESTION_PUT, "/api/people/{account}/name", LOOK, true, false, ACCESS_MARK},
     BODY(name),
     .write = api_name},
    {{QUESTION_GET, "/api/people/{account}/accounts", READ, false, true, ACCESS_VIEW},
     .read = api_accounts},
    {{QUESTION_POST, "/api/people/{account}/merge", LOOK, true, false, ACCESS_MARK},
     BODY(merge),
     .write = api_merge},
    {{QUESTION_POST, "/api/people/{account}/split", LOOK, true, false, ACCESS_MARK},
     BODY(release),
     .write = api_split},
    {{QUESTION_POST, "/api/people/changes/{id}/undo", LOOK, true, false, ACCESS_MARK},
     BODY(release),
     .write = api_merge_undo},
    {{QUESTION_GET, "/api/conversations", READ, false, true, ACCESS_VIEW},
     FIELDS(conversations),
     .read = api_conversations},

    {{QUESTION_GET, "/api/cases", LOOK, false, false, ACCESS_VIEW}, .read = api_cases},
    {{QUESTION_POST, "/api/cases", LOOK, true, false, ACCESS_MARK},
     BODY(case_create),
     .write = api_case_create},
    {{QUESTION_GET, "/api/cases/{word}", LOOK, false, true, ACCESS_VIEW}, .read = api_case},
    {{QUESTION_POST, "/api/cases/{word}/events", LOOK, true, false, ACCESS_MARK},
     BODY(case_event),
     .write = api_case_event},
    {{QUESTION_POST, "/api/cases/{word}/outcomes", LOOK, true, false, ACCESS_MARK},
     BODY(case_outcome),
     .write = api_case_outcome},
    {{QUESTION_PUT, "/api/cases/{word}/people", LOOK, true, false, ACCESS_MARK},
     BODY(case_person),
     .write = api_case_person},
    {{QUESTION_PUT, "/api/cases/{word}/organisations", LOOK, true, false, ACCESS_MARK},
     BODY(case_organisation),
     .write = api_case_organisation},
    {{QUESTION_PUT, "/api/cases/{word}/messages/{id}", LOOK, true, false, ACCESS_MARK},
     .write = api_case_in},
    {{QUESTION_DELETE, "/api/cases/{word}/messages/{id}", LOOK, true, false, ACCESS_MARK},
     .write = api_case_out},
    {{QUESTION_POST, "/api/bulk", LOOK, true, true, ACCESS_MARK},
     BODY(bulk),
     .read = api_bulk_collect,
     .write = api_bulk_apply},
    {{QUESTION_POST, "/api/bulk/{id}/undo", LOOK, true, false, ACCESS_MARK},
     .read = api_bulk_undo_read,
     .write = api_bulk_undo},
    {{QUESTION_GET, "/api/second", DIRECT, false, false, ACCESS_VIEW}, .read = api_second},
    {{QUESTION_PUT, "/api/second", DIRECT, true, false, ACCESS_MARK},
     BODY(second_set),
     .write = api_second_set},
    {{QUESTION_GET, "/api/second/next", LOOK, false, true, ACCESS_VIEW}, .read = api_second_next},
    {{QUESTION_PUT, "/api/second/{id}", LOOK, true, false, ACCESS_MARK},
     BODY(second_judge),
     .write = api_second_judge},
    {{QUESTION_POST, "/api/lists", LOOK, true, true, ACCESS_SEARCH}, BODY(list), .read = api_list},
    {{QUESTION_GET, "/api/exports", DIRECT, false, false, ACCESS_VIEW},
     FIELDS(exports),
     .read = api_exports},
    {{QUESTION_POST, "/api/exports", DIRECT, true, true, ACCESS_EXPORT},
     BODY(export),
     .read = api_export_select,
     .write = api_export_make},
    {{QUESTION_GET, "/api/exports/{id}", DIRECT, false, true, ACCESS_EXPORT},
     FIELDS(export_page),
     .read = api_export_page},
    {{QUESTION_GET, "/api/reviewers", LOOK, false, false, ACCESS_USER}, .read = api_reviewers},
    {{QUESTION_GET, "/api/assignments", LOOK, false, false, ACCESS_VIEW},
     FIELDS(assignments),
     .read = api_assignments},
    {{QUESTION_PUT, "/api/assignments", LOOK, true, false, ACCESS_MARK},
     BODY(assign),
     .write = api_assign},
    {{QUESTION_GET, "/api/queue", LOOK, false, true, ACCESS_VIEW},
     FIELDS(queue),
     .read = api_queue},
    {{QUESTION_GET, "/api/searches", READ, false, false, UNLOGGED}, .read = api_saved_list},
    {{QUESTION_POST, "/api/searches", READ, true, false, ACCESS_MARK},
     BODY(saved),
     .write = api_saved_add},
    {{QUESTION_DELETE, "/api/searches/{id}", READ, true, false, ACCESS_MARK},
     .write = api_saved_remove},

    {{QUESTION_GET, "/api/threats", READ, false, false, ACCESS_VIEW},
     FIELDS(threats),
     .read = api_threats},
    {{QUESTION_POST, "/api/threats/{id}/acknowledge", READ, true, false, ACCESS_MARK},
     .write = api_threat_acknowledge},
    {{QUESTION_POST, "/api/threats/{id}/decide", READ, true, false, ACCESS_MARK},
     BODY(decide),
     .write = api_threat_decide},
    {{QUESTION_GET, "/api/rules", LOOK, false, false, UNLOGGED}, .read = api_rules},
    {{QUESTION_POST, "/api/rules", DIRECT, true, false, ACCESS_MARK},
     BODY(rule),
     .write = api_rule_add},
    {{QUESTION_PUT, "/api/rules/{id}", DIRECT, true, false, ACCESS_MARK},
     BODY(rule_switch),
     .write = api_rule_switch},
    {{QUESTION_POST, "/api/trial", DIRECT, true, true, ACCESS_SEARCH},
     BODY(rule),
     .read = api_trial_begin},
    {{QUESTION_GET, "/api/trial", DIRECT, false, true, ACCESS_VIEW}, .read = api_trial_read},

    {{QUESTION_POST, "/api/privilege", LOOK, true, false, ACCESS_MARK},
     BODY(privilege),
     .read = api_privilege_read,
     .write = api_privilege_mark},
    {{QUESTION_GET, "/api/privilege", FILTER, false, false, ACCESS_VIEW},
     FIELDS(privileges),
     .read = api_privileges},
    {{QUESTION_GET, "/api/privilege/{id}/messages", FILTER, false, false, ACCESS_VIEW},
     FIELDS(privilege_messages),
     .read = api_privilege_messages},
    {{QUESTION_POST, "/api/privilege/{id}/decide", FILTER, true, false, ACCESS_MARK},
     BODY(privilege_decide),
     .write = api_privilege_decide},
    {{QUESTION_POST, "/api/messages/{id}/release", FILTER, true, false, ACCESS_MARK},
     BODY(release),
     .write = api_privilege_release},

    {{QUESTION_GET, "/api/network", LOOK, false, true, ACCESS_SEARCH},
     FIELDS(network),
     .read = api_network},
    {{QUESTION_GET, "/api/network/people", LOOK, false, true, ACCESS_SEARCH},
     FIELDS(network_people),
     .read = api_network_people},
    {{QUESTION_GET, "/api/network/paths", LOOK, false, true, ACCESS_SEARCH},
     FIELDS(paths),
     .read = api_paths},
    {{QUESTION_GET, "/api/network/around/{person}", LOOK, false, true, ACCESS_SEARCH},
     FIELDS(around),
     .read = api_neighbourhood},
    {{QUESTION_GET, "/api/activity", LOOK, false, true, ACCESS_COUNT},
     FIELDS(count),
     .read = api_activity},
    {{QUESTION_GET, "/api/positions", LOOK, false, true, ACCESS_VIEW},
     FIELDS(positions),
     .read = api_positions},
    {{QUESTION_GET, "/api/silent", LOOK, false, true, ACCESS_VIEW},
     FIELDS(silent),
     .read = api_silent},

    {{QUESTION_GET, "/api/overview", STAFF, false, false, UNLOGGED},
     .etag = true,
     .read = api_overview},
    {{QUESTION_GET, "/api/log", AUDIT, false, false, ACCESS_READ_LOG},
     FIELDS(log_read),
     .read = api_log_read},
    {{QUESTION_GET, "/api/log/checkpoint", AUDIT, false, false, UNLOGGED},
     .write = api_log_checkpoint},
    {{QUESTION_GET, "/api/openapi.json", 0, false, false, UNLOGGED},
     .etag = true,
     .read = api_openapi},
};

const struct api_route *api_route_at(size_t i)
{
    return i < sizeof routes / sizeof *routes ? &routes[i] : NULL;
}

const struct desk_route *desk_route(size_t i)
{
    const struct api_route *r = api_route_at(i);
    return r == NULL ? NULL : &r->open;
}
