/* The commands of commands.h that are about files:
 *
 *     {"do":"say","kind":"file",…,"file":{"path","kind":"file|photo|voice","keep_metadata","duration"}}
 *     {"do":"file","id","from"}   → {"ok":true,"file":{"name","type","size","duration","uri",
 *                                    "sha256","ciphertext_size","server"}}
 */
#ifndef IRONSIDE_HOST_FILE_COMMANDS_H
#define IRONSIDE_HOST_FILE_COMMANDS_H

#include <jansson.h>

#include "device/files.h"

/* Strings stay the request's. ERR_FORMAT. */
int command_file_parse(const json_t *file, struct device_file *ret) MUST_USE;

#endif
