/* What each route takes: the parameters of its address, or the members of its body, with their
 * bounds. For the table in api_routes.c alone. */
#ifndef IRONSIDE_DESK_API_FIELDS_H
#define IRONSIDE_DESK_API_FIELDS_H

#include "base/encode.h"
#include "crypto/age.h"
#include "desk/api_internal.h"
#include "desk/bounded.h"
#include "desk/cases.h"
#include "desk/partners.h"
#include "desk/privilege.h"
#include "desk/schedule.h"
#include "desk/telling.h"
#include "worker/dhash.h"

#define ROLE_WORDS "reviewer supervisor filter auditor administrator defence"
#define ACTION_WORDS                                                                               \
    "sign-in sign-out refused search count view export mark user read-log pass receive"
#define WORD_MAX 64
#define ZONE_MAX 64
#define TITLE_MAX 256
#define NOTE_MAX 16384
#define SELECTION_MAX 32768
#define LIST_BYTES_MAX 60000
#define NETWORK_NOTE_MAX 32768 /* bytes: a network note has some 1,500 */
#define DESK_KEY_CHARS ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES)
#define RECIPIENTS_CHARS (DESK_PARTNER_RECIPIENTS_MAX * (AGE_RECIPIENT_LEN + 1) - 1)
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
static const struct api_field password_switch[] = {
    {"off", API_FLAG, true, 0, 0, NULL},
};
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
#define LANGUAGE(field) TEXT(field, 2, TRANSLATION_LANGUAGE_MAX)
static const struct api_field translation[] = {LANGUAGE("to"), CASE};
static const struct api_field translate[] = {LANGUAGE("from"), LANGUAGE("to"), CASE};
static const struct api_field note[] = {NEEDED("text", 1, NOTE_MAX)};
static const struct api_field thread[] = {NUMBER("from", INT64_MIN, INT64_MAX), FLAG("backwards"),
                                          AFTER, NUMBER("limit", 1, 200), CASE};
static const struct api_field tags[] = {TEXT("prefix", 0, WORD_MAX), LIMIT};
static const struct api_field people[] = {TEXT("prefix", 0, 255), AFTER, LIMIT};
static const struct api_field contacts[] = {LIMIT};
static const struct api_field organisation[] = {NEEDED("organisation", 0, TITLE_MAX)};
static const struct api_field name[] = {NEEDED("name", 0, TITLE_MAX), FLAG("whole")};
static const struct api_field merge[] = {NEEDED("with", 1, 255), TEXT("name", 0, TITLE_MAX),
                                         REASON};
static const struct api_field conversations[] = {TEXT("with", 1, 255), AFTER, LIMIT};
static const struct api_field telling[] = {NUMBER("limit", 1, DESK_TELLING_LINES_MAX), CASE};
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
static const struct api_field bounded[] = {
    NEEDED("name", 1, DESK_BOUNDED_NAME_MAX), NEEDED("case", 1, WORD_MAX),
    NEEDED("query", 0, QUERY_BYTES_MAX), ZONED, NEEDED("reason", 1, DESK_BOUNDED_REASON_MAX)};
static const struct api_field bounded_list[] = {AFTER, LIMIT};
static const struct api_field bounded_decide[] = {WORDS("decision", true, "approve withdraw"),
                                                  NEEDED("reason", 1, DESK_BOUNDED_REASON_MAX)};
static const struct api_field bounded_bind[] = {NEEDED("user", 1, DESK_USER_NAME_MAX), FLAG("on")};
#define PARTNER_SCHEDULE                                                                           \
    TEXT("scope", 0, DESK_PARTNER_SCOPE_MAX), TEXT("times", 0, DESK_SCHEDULE_MAX),                 \
        TEXT("delivery", 0, DESK_PARTNER_DELIVERY_MAX),                                            \
        WORDS("approval", false, "first each none"),                                               \
        NUMBER("receipt_minutes", 1, DESK_RECEIPT_MINUTES_MAX)
static const struct api_field partner_add[] = {
    NEEDED("name", 1, DESK_PARTNER_NAME_MAX),
    NEEDED("network", 1, NETWORK_NOTE_MAX),
    NEEDED("agency", 1, VALUE_HANDLE_MAX),
    NEEDED("key", DESK_KEY_CHARS, DESK_KEY_CHARS),
    NEEDED("recipients", AGE_RECIPIENT_LEN, RECIPIENTS_CHARS),
    PARTNER_SCHEDULE};
static const struct api_field partner_change[] = {
    TEXT("name", 1, DESK_PARTNER_NAME_MAX),
    TEXT("network", 1, NETWORK_NOTE_MAX),
    TEXT("agency", 1, VALUE_HANDLE_MAX),
    TEXT("key", DESK_KEY_CHARS, DESK_KEY_CHARS),
    TEXT("recipients", AGE_RECIPIENT_LEN, RECIPIENTS_CHARS),
    PARTNER_SCHEDULE};
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

#endif
