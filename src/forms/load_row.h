/* A row of a Concordance load file.
 *
 * A field stands between U+00FE and is parted from the next by U+0014; U+00AE is a line end within
 * it. The first and the last are letters of people, too: those become others, and the row's last
 * field counts them. Nothing is lost by that, since the text of each message lies beside as it is.
 */
#ifndef IRONSIDE_FORMS_LOAD_ROW_H
#define IRONSIDE_FORMS_LOAD_ROW_H

#include "forms/view.h"

#define LOAD_ROW_TEXT_FOLDER "load/text/"

/* Appends the row of the columns' names, and that of a message. */
void load_row_names(struct buf *b);
void load_row_put(struct buf *b, const struct view_message *m);
/* Appends a path from the package's folder as Windows writes it: load files are read there. */
void load_row_path(struct buf *b, const char *path);

#endif
