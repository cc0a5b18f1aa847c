/* CLD2 behind C: it is a library for C++. */
#ifndef IRONSIDE_TEXT_LANGUAGE_H
#define IRONSIDE_TEXT_LANGUAGE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As text_language. */
const char *language_code(const char *text, size_t len);

#ifdef __cplusplus
}
#endif

#endif
