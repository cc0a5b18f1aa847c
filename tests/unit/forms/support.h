/* Parts to be shown, and a sink that keeps what is handed on. */
#ifndef IRONSIDE_TESTS_FORMS_SUPPORT_H
#define IRONSIDE_TESTS_FORMS_SUPPORT_H

#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/memory.h"
#include "forms/part.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ANNA "anna@chat.example"
#define BORIS "boris@chat.example"
#define BETWEEN "anna@chat.example, boris@chat.example"
#define GROUP "00112233445566778899aabbccddeeff"
#define NOON INT64_C(1714737600000) /* 2024-05-03T12:00:00.000Z */
#define MESSAGES_MAX 64U
#define MEMBERS_MAX 128U

struct member {
    char *path;
    uint8_t *data; /* a NUL stands behind it */
    size_t len;
};

struct scene {
    struct forms_message messages[MESSAGES_MAX];
    struct forms_part part;
    struct forms_sink sink; /* keeps members */
    struct member members[MEMBERS_MAX];
    size_t member_count;
    size_t refuse_at; /* the sink answers REFUSED to the member with this index */
    struct diag d;
};
#define REFUSED 77
#define NEVER SIZE_MAX

int scene_set_up(void **state);
int scene_tear_down(void **state);
void scene_forget(struct scene *s); /* its members */

/* A further message, a minute behind the one before: from ANNA to BORIS, or the other way about.
 * What is passed stays the caller's. */
struct forms_message *scene_say(struct scene *s, const char *from, const char *text);
/* The same, of another kind, about the message with that index in the part. */
struct forms_message *scene_about(struct scene *s, const char *from, enum content_kind kind,
                                  size_t target, const char *text);
/* One message of every kind, in two conversations on two days; a redacted one among them. */
void scene_everything(struct scene *s);

/* Redacted messages of every kind, and an answer to each that quotes its first line. All that is a
 * message's own word is one of these, and each is somewhere. */
#define SCENE_WORDS 20U
extern const char *const scene_words[SCENE_WORDS];
void scene_planted(struct scene *s);

/* The member's bytes as a string; fails when there is none. */
const char *scene_member(const struct scene *s, const char *path);
/* Fails unless every member's path is another's no more. */
void assert_paths_differ(const struct scene *s);
/* Fails unless `text` holds `part`, and shows both. */
void assert_says(const char *text, const char *part);
void assert_says_not(const char *text, const char *part);

#endif
