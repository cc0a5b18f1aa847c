/* What verbs print: for a person on a terminal, or as JSON. Text of other people is cleaned of
 * control characters before it reaches a terminal.
 */
#ifndef IRONSIDE_CLI_PRINT_H
#define IRONSIDE_CLI_PRINT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* One object in one line. */
void print_json(const json_t *o);
/* Text that is safe on a terminal, with its line breaks indented by `indent` spaces. */
void print_text(const char *text, size_t len, int indent);
/* A bold line, on terminals that can. */
void print_heading(const char *text);
/* The words of a JSON array of texts with a separator; "none" when it is empty. */
void print_list(const json_t *list, const char *separator);

/* A message as command_message_json gives it: when, who, text, and who can read it. `policy` is the
 * disclosure (device/disclosure.h) that tells the agencies of each warrant; it may be NULL. */
void print_message(const json_t *message, const json_t *policy, const char *own_account);
/* The page of the policy: who can read, under which warrant, until when, and the history. */
void print_policy(const json_t *policy);

#endif
