/* Is a part as forms/part.h says? Its names become members' names, its numbers their order. */
#ifndef IRONSIDE_FORMS_CHECK_H
#define IRONSIDE_FORMS_CHECK_H

#include "forms/part.h"

/* ERR_FORMAT, ERR_LIMIT, with the line that names what is not. */
int check_part(const struct forms_part *p, struct diag *d) MUST_USE;

#endif
