/* What the files of the API share: a question under way, its form, and how it is answered. */
#ifndef IRONSIDE_DESK_API_INTERNAL_H
#define IRONSIDE_DESK_API_INTERNAL_H

#include <jansson.h>

#include "base/clock.h"
#include "desk/api.h"
#include "desk/api_error.h"
#include "desk/challenges.h"
#include "desk/export.h"
#include "desk/model.h"
#include "desk/network.h"
#include "desk/original.h"
#include "desk/search.h"
#include "desk/users_passkeys.h"

#define API_BODY_MAX 65536U /* bytes of a question's JSON */
#define API_ARGUMENTS_MAX 2U
#define API_WARRANTS_MAX 256U /* named in one entry of the log */
#define API_LIST_MAX 500
#define API_OK 200U /* RFC 9110 */
#define API_CREATED 201U

/* A parameter of the address, or a member of the body. */
enum api_kind { API_TEXT, API_NUMBER, API_FLAG };
struct api_field {
    const char *name;
    enum api_kind kind;
    bool required;
    int64_t min, max;  /* of a number; of a text's bytes */
    const char *words; /* the texts that there are, by blanks; NULL any */
};

struct api_call;
typedef int api_fn(struct api_call *c);

struct api_route {
    struct desk_route open;
    const struct api_field *fields;
    size_t field_count;
    bool body; /* the fields are the body's members, else the address's parameters */
    bool etag;
    /* `read` first, outside a transaction; `write` in the one that has the log's entry, too. Either
     * may be NULL. 0, or what api_refuse or api_fail returned. */
    api_fn *read, *write;
};
const struct api_route *api_route_at(size_t i); /* NULL past the end */

/* Sign-ins, challenges for them, and refusals without a session, each so many in a row and then one
 * in a while: they cost work and room and come from anybody. */
struct api_bucket {
    unsigned size; /* so many in a row */
    int each_ms;   /* and then one in so long */
    int64_t at_ms; /* monotonic; when it was last filled */
    unsigned left;
    uint64_t turned_away; /* since the last that was let through */
};

/* A question that waits for the reader, the translators or a password's hash: asked once more when
 * that has told. */
#define API_WAITING_MAX 16U
struct api_waiting {
    bool waits, told;
    int code; /* of the reply */
    char line[sizeof((struct diag *)NULL)->text];
    struct buf question, reply;
};

struct desk_api {
    struct desk_api_options o;
    struct sql *sql;
    struct desk_network *network;
    struct api_bucket sign_ins, challenged, refusals;
    struct desk_challenges challenges;
    struct api_waiting waiting[API_WAITING_MAX];
    struct zone *zone;             /* the last one asked for; NULL none */
    struct desk_original original; /* of the last answer */
    bool has_original;
    char token[DESK_TOKEN_CHARS + 1];
    char etag[2 * HASH_BYTES + 3];
};

struct api_call {
    struct desk_api *api;
    const struct question *q;
    const struct api_route *route;
    struct arena arena;
    char *arguments[API_ARGUMENTS_MAX]; /* of the path, in order */
    size_t argument_count;
    struct desk_session session;
    bool has_session;
    int64_t now;
    json_t *form; /* the fields, each of its kind */
    void *work;   /* from `read` to `write`, in the arena */

    struct access_entry entry;
    struct buf what; /* of the entry */
    const char *warrants[API_WARRANTS_MAX];
    size_t warrant_count;
    struct desk_export_part *parts; /* an entry each, in the place of one; in the arena */
    size_t part_count;

    const struct api_waiting *told; /* by whom it asked before; NULL: it has not */
    bool waits;                     /* for another process */

    unsigned status; /* of success */
    json_t *answer;
    const char *type; /* of `bytes`, which are answered instead; "" JSON */
    const void *bytes;
    size_t byte_count;
    bool has_original; /* api->original is what is answered */
    const char *set_session;
    struct buf *out;

    enum api_error error;
    char error_text[256];
    bool has_place; /* in the query */
    size_t offset, len;
    struct diag d;
};

/* api_answer.c: how it ends. Each returns a negative code for its caller to hand on. */
int api_refuse(struct api_call *c, enum api_error e, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* By what a room returned, with its line, which is in c->d. */
int api_fail(struct api_call *c, int code);
/* What is of the whole desk, to whoever is bound to sets; else 0. */
int api_check_unbound(struct api_call *c) MUST_USE;
/* Writes c->answer, or what was refused, into c->out. */
int api_render(struct api_call *c) MUST_USE;
void api_render_refusal(struct api_call *c);

/* api_entry.c: the log. */
/* What was asked, for the entry. */
void api_what(struct api_call *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A message is shown: counted, its warrants noted. */
void api_shown(struct api_call *c, const struct desk_message *m);
int api_log(struct api_call *c) MUST_USE;
/* That it was refused; API_NOT_LOGGED takes the refusal's place where that cannot be written. */
void api_log_refusal(struct api_call *c);
bool api_bucket_take(struct api_bucket *b, int64_t now_ms);

/* api_find.c: the route, and the arguments of the path. */
int api_find(struct api_call *c) MUST_USE;

/* api_form.c: arguments and fields, by the route. */
int api_form(struct api_call *c) MUST_USE;
const char *api_text(const struct api_call *c, const char *name, const char *otherwise);
int64_t api_number(const struct api_call *c, const char *name, int64_t otherwise);
bool api_flag(const struct api_call *c, const char *name, bool otherwise);
/* Who asks, and when: what the model notes beside a change. */
struct desk_by api_by(const struct api_call *c);
/* Argument i of the path as the number of a message or row. */
int api_id(struct api_call *c, size_t i, int64_t *ret) MUST_USE;
/* A text as such a number. */
int api_number_of(struct api_call *c, const char *text, int64_t *ret) MUST_USE;
/* A text of the form as the bytes whose base64url without padding it is; in the arena. */
int api_bytes(struct api_call *c, const char *name, struct passkey_part *ret) MUST_USE;
/* Overwrites a text of the form. */
void api_wipe(struct api_call *c, const char *name);

/* api_json.c */
json_t *api_string(const char *text);                   /* what is not UTF-8 in it is replaced */
json_t *api_strings(const char *const *list);           /* NULL at the end */
json_t *api_user(const struct api_call *c, int64_t id); /* the name; "" of nobody */
/* In each object of the list, puts the name in the place of a user's number; NULL behind the last
 * member. */
void api_name_users(const struct api_call *c, json_t *list, const char *const *members);
json_t *api_base64(const void *data, size_t len);
json_t *api_message(const struct desk_message *m, bool with_body);
/* Sets `content`, `about` and `made`, of what api_message made of it. */
int api_put_made(struct api_call *c, json_t *o, const struct desk_message *m) MUST_USE;
/* Where a list goes on, bound to what was asked. */
json_t *api_cursor(const char *scope, int64_t value);
/* The answer's `after`: a list of `limit` is perhaps not the last; `next` is where it goes on. */
void api_put_after(struct api_call *c, size_t count, int64_t limit, const char *scope,
                   int64_t next);
/* That of the parameter `after`; `otherwise` where there is none. */
int api_after(struct api_call *c, const char *scope, int64_t otherwise, int64_t *ret) MUST_USE;

/* api_people.c */
json_t *api_person_json(const struct desk_person *p);

/* api_search.c: whole messages into a list, as shown. */
struct api_lines {
    struct api_call *call;
    json_t *list;
    int64_t last; /* id */
};
int api_take_line(void *context, const struct desk_message *m);
/* api_people.c: conversations into a list. */
struct api_conversations {
    json_t *list;
    uint64_t last; /* place */
};
int api_take_conversation(void *context, const struct desk_conversation *x);
/* api_waits.c: a question that only the reader can answer. ERR_AGAIN, and c->waits is set: hand it
 * on, all of it is asked again. 0: the bytes of the reader's reply. Else what was refused. */
int api_request(struct api_call *c, const struct desk_request *r, const struct buf **ret) MUST_USE;
/* The same of a program that translates, by one of the desk's adapters. 0: c->told says how it
 * ended, and where that was well, the bytes are the text. */
int api_request_translation(struct api_call *c, const struct translation_job *j,
                            const struct buf **ret) MUST_USE;
/* The same of passwords: 0: their hashes, each of DESK_PASSWORD_HASH_BYTES. */
int api_request_hashes(struct api_call *c, const struct desk_hash_ask *ask,
                       const char **ret) MUST_USE;
void api_waits_clear(struct desk_api *a);
/* One whose reply is there, or NULL; and it is forgotten. */
struct api_waiting *api_waits_told(struct desk_api *a);
void api_waits_release(struct api_waiting *w);

/* api_query.c: a written query with its zone, read as it says or as the fields do. */
struct api_written {
    const char *text, *zone;
    bool latin;
};
int api_query_in(struct api_call *c, const struct api_written *w, struct query **ret) MUST_USE;
int api_query(struct api_call *c, const char *written, struct query **ret) MUST_USE;

/* api_assign.c: who reviews, by name; the refusal where that is nobody or somebody who does not. */
int api_reviewer(struct api_call *c, const char *name, int64_t *ret) MUST_USE;

/* api_cases.c: what came of a case, or of all (NULL), summed. */
int api_outcome_sums(struct api_call *c, const char *word, json_t *list) MUST_USE;

/* api_saved.c: a saved search, whoever's it is; id 0: there is none. Strings lie in the arena. */
struct api_saved {
    int64_t id, user;
    const char *name, *query;
    struct api_written written;
    bool is_assigned; /* to the asking user */
};
int api_saved_read(struct api_call *c, int64_t id, struct api_saved *ret) MUST_USE;
/* That the asking user may assign it: their own, or any where they supervise. */
int api_saved_check(struct api_call *c, int64_t id) MUST_USE;
/* api_bulk.c: the numbers of all that a query finds, noted as shown; `ids` has room for one more
 * than there may be. Or the refusal. */
#define API_COLLECT_MAX 100000U /* everybody waits meanwhile */
int api_collect(struct api_call *c, const struct query *query, int64_t *ids,
                size_t *ret_count) MUST_USE;

/* api_users.c: what every way to sign in does. */
/* For the log, by a name that may be a password. */
void api_say_whose(struct api_call *c, const char *name);
/* One of the bucket, or the refusal. */
int api_take_turn(struct api_call *c, struct api_bucket *b) MUST_USE;
int api_refuse_sign_in(struct api_call *c, int code);
/* The hash of the form's `field` by the recipe of whoever has the name, and where `fresh` is a
 * field, too, of that password as a new one of theirs, behind it. The fields are wiped. Waits, and
 * is one of the sign-ins' bucket; or the refusal. */
struct api_secret {
    const char *name, *field, *fresh;
};
int api_hash(struct api_call *c, const struct api_secret *s, const char **ret) MUST_USE;
/* That such a hash is of the password of the session's user, also where that is no way in: counted
 * as a sign-in. Or the refusal. */
int api_check_own_password(struct api_call *c, const char *hash) MUST_USE;
/* The answer, from c->session and the token; or the refusal. */
int api_signed_in(struct api_call *c) MUST_USE;

/* Handlers. */
api_fn api_sign_in, api_sign_out, api_who, api_password_check, api_password_set, api_users_list,
    api_users_hash, api_users_add, api_users_change;
api_fn api_passkey_challenge, api_passkey_check, api_passkey_add, api_passkeys_list,
    api_passkey_remove, api_passkeys_remove_all, api_password_switch, api_sign_in_challenge,
    api_sign_in_passkey;
api_fn api_search, api_count, api_view, api_alike, api_thread;
api_fn api_file, api_proof;
api_fn api_translators, api_translation, api_translate, api_translate_keep;
api_fn api_preview, api_thumbnail, api_photos, api_photos_alike;
api_fn api_seen, api_tag_on, api_tag_off, api_flag_on, api_flag_off, api_note, api_case_create,
    api_tags, api_cases, api_case_in, api_case_out;
api_fn api_people, api_person, api_contacts, api_organisation, api_conversations, api_telling;
api_fn api_accounts, api_merge, api_split, api_merge_undo, api_name;
api_fn api_assign, api_assignments, api_reviewers, api_queue;
api_fn api_export_select, api_export_make, api_export_page, api_exports;
api_fn api_bounded_list, api_bounded_read, api_bounded_propose, api_bounded_conversations,
    api_bounded_decide, api_bounded_bind;
api_fn api_partners, api_partner_add, api_partner_change;
api_fn api_case, api_case_event, api_case_outcome, api_case_person, api_case_organisation;
api_fn api_list;
api_fn api_second, api_second_set, api_second_next, api_second_judge;
api_fn api_bulk_collect, api_bulk_apply, api_bulk_undo_read, api_bulk_undo;
api_fn api_saved_list, api_saved_add, api_saved_remove;
api_fn api_threats, api_threat_acknowledge, api_threat_decide, api_rules, api_rule_add,
    api_rule_switch, api_trial_begin, api_trial_read;
api_fn api_privilege_read, api_privilege_mark, api_privileges, api_privilege_messages,
    api_privilege_decide, api_privilege_release;
api_fn api_network, api_network_people, api_neighbourhood, api_paths, api_activity, api_silent,
    api_positions;
api_fn api_overview, api_log_read, api_log_checkpoint, api_openapi;

/* Tables of the API's own: saved searches, bulk actions. */
int api_saved_open(struct sql *s, struct diag *d) MUST_USE;
int api_bulk_open(struct sql *s, struct diag *d) MUST_USE;

#endif
