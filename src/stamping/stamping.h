/* Asking a time stamp authority (RFC 3161, 3.4) over HTTP or HTTPS, by libcurl: a hash leaves, and
 * an answer comes that whoever asks has to check (exchange/stamp.h). Nothing is read here.
 */
#ifndef IRONSIDE_STAMPING_STAMPING_H
#define IRONSIDE_STAMPING_STAMPING_H

#include "base/buf.h"

/* Posts the request and appends the answer, as much as fits into `ret`. Half a minute at most, no
 * proxy, no redirection, no password in the URL. ERR_FORMAT: not a URL that is asked; ERR_IO: no
 * answer, or another status than 200; ERR_LIMIT: it is too long. The line names the URL. */
int stamping_ask(const char *url, const struct buf *request, struct buf *ret,
                 struct diag *d) MUST_USE;

#endif
