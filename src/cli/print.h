/* What verbs print: for a person on a terminal, or as JSON. Text of other people is cleaned of
 * control characters before it reaches a terminal.
 */
#ifndef IRONSIDE_CLI_PRINT_H
#define IRONSIDE_CLI_PRINT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One object in one line. */
void print_json(const json_t *o);
/* Text that is safe on a terminal, with its further lines indented by `indent` spaces; no line ends
 * in those. */
void print_text(const char *text, size_t len, int indent);
/* The same for a line of any length, broken between words at 80 columns, and ended. */
void print_paragraph(const char *text, int indent);
/* For a person where a list is empty, on standard error: a program that reads lines gets none. */
void print_nothing(bool json, size_t count, const char *text);
/* "1 record", "2 records" */
void print_count(uint64_t n, const char *one, const char *many);
/* A bold line, on terminals that can. */
void print_heading(const char *text);
/* The words of a JSON array of texts with a separator; "none" when it is empty. */
void print_list(const json_t *list, const char *separator);

/* A message's text as a block of its own, indented by four. */
void print_body(const char *text, size_t len);
/* A message's file, as in its member "file". */
void print_file(const json_t *file);
/* Does this message send a file? Then its text is a link, which is not for people. */
bool print_is_file(const json_t *message);
/* A message as command_message_json gives it: when, who, text, and who can read it. `policy` is the
 * disclosure (device/disclosure.h) that tells the agencies of each warrant; it may be NULL. */
void print_message(const json_t *message, const json_t *policy, const char *own_account);
/* Further lines of it: what it is about, what became of it. Of archive records, too. */
void print_content(const json_t *message);
/* The page of the policy: who can read, under which warrant, until when, and the history. */
void print_policy(const json_t *policy);

#endif
