/* Somebody who has a vault's key and changes what is in it, for 85-desk.sh:
 *
 *     vault_sql VAULT KIND KEY-FILE SQL
 */
#include <stdio.h>

#include "base/process.h"
#include "base/secret.h"
#include "sql/sql.h"
#include "vault/vault.h"

int main(int argc, char **argv)
{
    process_begin();
    struct diag d = {""};
    struct sql s = {0};
    secret_init();
    uint8_t *bytes = secret_new(VAULT_KEY_BYTES);
    struct vault_key key = {.bytes = bytes};
    if (argc != 5)
        return 2;
    int r = vault_key_file_read(argv[3], bytes, &d);
    if (r == 0)
        r = sql_open_vault(&s, argv[1], argv[2], &key, &d);
    if (r == 0)
        r = sql_execute(&s, argv[4], &d);
    sql_close(&s);
    secret_free(bytes);
    if (r < 0)
        fprintf(stderr, "vault_sql: %s\n", d.text);
    return r < 0;
}
