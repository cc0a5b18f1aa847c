/* What takes a hash, by the password: hashed here, as a worker does. */
#ifndef IRONSIDE_TESTS_BY_PASSWORD_H
#define IRONSIDE_TESTS_BY_PASSWORD_H

#include "desk/users.h"

static inline int by_password_add(struct desk_users *u, const char *name, enum desk_role role,
                                  const char *password, int64_t now, struct diag *d)
{
    struct worker_recipe recipe;
    char hash[DESK_PASSWORD_HASH_BYTES];
    desk_password_recipe(&recipe);
    int r = desk_password_hash(&recipe, password, hash, d);
    return r < 0 ? r : desk_user_add(u, name, role, hash, now, d);
}

static inline int by_password_set(struct desk_users *u, const char *name, const char *password,
                                  struct diag *d)
{
    struct worker_recipe recipe;
    char hash[DESK_PASSWORD_HASH_BYTES];
    desk_password_recipe(&recipe);
    int r = desk_password_hash(&recipe, password, hash, d);
    return r < 0 ? r : desk_user_set_password(u, name, hash, d);
}

static inline int by_password_hash(struct desk_users *u, const char *name, const char *password,
                                   int64_t now, char *ret, struct diag *d)
{
    struct worker_recipe recipe;
    int r = desk_user_recipe(u, name, now, &recipe, d);
    return r < 0 ? r : desk_password_hash(&recipe, password, ret, d);
}

static inline int by_password_sign_in(struct desk_users *u, const char *name, const char *password,
                                      int64_t now, char *ret_token, struct desk_session *ret,
                                      struct diag *d)
{
    char hash[DESK_PASSWORD_HASH_BYTES];
    int r = by_password_hash(u, name, password, now, hash, d);
    return r < 0 ? r : desk_sign_in(u, name, hash, now, ret_token, ret, d);
}

static inline int by_password_check(struct desk_users *u, const char *name, const char *password,
                                    int64_t now, struct diag *d)
{
    char hash[DESK_PASSWORD_HASH_BYTES];
    int r = by_password_hash(u, name, password, now, hash, d);
    return r < 0 ? r : desk_user_check(u, name, hash, now, d);
}

#endif
