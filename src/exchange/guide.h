/* What tells a receiver how to check a package: two files of it, for people and for a shell with
 * public tools alone.
 */
#ifndef IRONSIDE_EXCHANGE_GUIDE_H
#define IRONSIDE_EXCHANGE_GUIDE_H

#include "base/buf.h"

#define GUIDE_MAX 65536U /* bytes of each */

void guide_readme(struct buf *b);
void guide_verify(struct buf *b);

#endif
