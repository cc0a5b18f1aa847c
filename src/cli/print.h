/* What verbs print: for a person on a terminal, or as JSON. What others have written goes through
 * cli/line.h, and so does every time.
 */
#ifndef IRONSIDE_CLI_PRINT_H
#define IRONSIDE_CLI_PRINT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/line.h"

/* One object in one line. What a terminal or a reader of lines might obey is escaped: controls,
 * U+2028, U+2029, and what changes the order of others. */
void print_json(const json_t *o);
/* For a person where a list is empty, on standard error: a program that reads lines gets none. */
void print_nothing(bool json, size_t count, const char *text);
/* "WHAT: TEXT" on standard error, beside what the verb is asked for. */
void print_aside(const char *what, const char *text);
/* "1 record", "2 records" */
void print_count(uint64_t n, const char *one, const char *many);
/* A bold line, on terminals that can. */
void print_heading(const char *text);
/* What the device noticed. */
void print_notice(const char *text);
/* Puts the words of a JSON array of texts with a separator; "none" when it is empty. */
void print_list(struct line *l, const json_t *list, const char *separator);
/* A member that is a text; "" where it is none. */
const char *print_text_of(const json_t *o, const char *name);

/* "2026-11-28 22:40 UTC  anna@chat.example → ben@chat.example", from the message's "at", "from" and
 * "to"; `more` stands behind the sender. */
void print_header(const json_t *message, const char *more);
/* A message's file, as in its member "file". */
void print_file(const json_t *file);
/* Does this message send a file? Then its text is a link, which is not for people. */
bool print_is_file(const json_t *message);
/* A message as command_message_json gives it: when, who, text, and who can read it. `policy` is the
 * disclosure (host/disclosure.h) that tells the agencies of each warrant; it may be NULL. */
void print_message(const json_t *message, const json_t *policy, const char *own_account);
/* Further lines of it: what it is about, what became of it. Of archive records, too. */
void print_content(const json_t *message);
/* The page of the policy: who can read, under which warrant, until when, and the history. */
void print_policy(const json_t *policy);

#endif
