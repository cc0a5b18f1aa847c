#include "registrar/country_map.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "wire/value.h"

#define TEXT_MAX (4U << 20)
#define MAPPED_BITS 96U /* ::ffff:0:0/96 */

/* A network; IPv4 as mapped into IPv6. */
struct entry {
    struct in6_addr address;
    unsigned bits;
    char country[VALUE_COUNTRY_BYTES];
};

struct country_map {
    bool text;
    MMDB_s db;
    struct entry *entries; /* the longest prefixes first */
    size_t count;
};

/* Any address as IPv6. Returns how many bits its own form has, or 0. */
static unsigned parse_address(const char *text, struct in6_addr *ret)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (inet_pton(AF_INET6, text, ret) == 1)
        return 128;
    memcpy(ret->s6_addr, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, ret->s6_addr + sizeof mapped) == 1 ? 32 : 0;
}

static bool inside(const struct in6_addr *a, const struct in6_addr *net, unsigned bits)
{
    unsigned bytes = bits / 8, rest = bits % 8;
    if (memcmp(a->s6_addr, net->s6_addr, bytes) != 0)
        return false;
    unsigned mask = 0xffU << (8 - rest) & 0xffU;
    return rest == 0 || (a->s6_addr[bytes] & mask) == (net->s6_addr[bytes] & mask);
}

static bool has_host_bits(const struct entry *e)
{
    for (unsigned i = e->bits; i < 128; i++)
        if ((e->address.s6_addr[i / 8] >> (7 - i % 8) & 1) != 0)
            return true;
    return false;
}

/* "CIDR CC". Returns what is wrong with it, or NULL. */
static const char *parse_line(char *line, struct entry *ret)
{
    char *space = strchr(line, ' '), *slash = strchr(line, '/');
    uint64_t bits = 0;
    if (space == NULL || slash == NULL || slash > space || !value_country_valid(space + 1))
        return "not CIDR CC";
    *space = *slash = '\0';
    unsigned own = parse_address(line, &ret->address);
    if (own == 0 || value_parse_u64(slash + 1, own, &bits) < 0)
        return "not CIDR CC";
    ret->bits = (unsigned)bits + (128 - own);
    memcpy(ret->country, space + 1, sizeof ret->country);
    return has_host_bits(ret) ? "its address has bits behind the prefix" : NULL;
}

static int by_prefix(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->bits != y->bits)
        return x->bits > y->bits ? -1 : 1;
    return memcmp(&x->address, &y->address, sizeof x->address);
}

static int read_text(struct country_map *m, const char *path, struct diag *d)
{
    CLEANUP_FREE char *text = NULL;
    int r = file_read_text(path, TEXT_MAX, &text, d);
    if (r < 0)
        return r;
    unsigned number = 0;
    for (char *line = text, *next; line != NULL; line = next) {
        struct entry e;
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        number++;
        if (line[0] == '\0' || line[0] == '#')
            continue;
        const char *wrong = parse_line(line, &e);
        if (wrong != NULL)
            return diag_set(d, ERR_FORMAT, "%s: line %u: %s", path, number, wrong);
        if ((m->count & (m->count - 1)) == 0)
            m->entries = mem_resize(m->entries, m->count == 0 ? 1 : 2 * m->count, sizeof e);
        m->entries[m->count++] = e;
    }
    if (m->count > 0)
        qsort(m->entries, m->count, sizeof *m->entries, by_prefix);
    for (size_t i = 1; i < m->count; i++)
        if (by_prefix(&m->entries[i - 1], &m->entries[i]) == 0)
            return diag_set(d, ERR_FORMAT, "%s: a network is in it twice: %s and %s", path,
                            m->entries[i - 1].country, m->entries[i].country);
    return 0;
}

static int open_database(struct country_map *m, const char *path, struct diag *d)
{
    int r = MMDB_open(path, MMDB_MODE_MMAP, &m->db);
    if (r == MMDB_SUCCESS)
        return 0;
    m->db.filename = NULL; /* nothing to be closed */
    if (r == MMDB_FILE_OPEN_ERROR)
        return diag_set(d, file_exists(path) ? ERR_IO : ERR_NOT_FOUND, "%s cannot be opened", path);
    return diag_set(d, ERR_FORMAT, "%s is not a MaxMind DB file: %s", path, MMDB_strerror(r));
}

int country_map_open(const char *path, struct country_map **ret, struct diag *d)
{
    CLEANUP(country_map_free_cleanup) struct country_map *m = mem_new(sizeof *m);
    size_t len = strlen(path);
    m->text = len > 4 && strcmp(path + len - 4, ".map") == 0;
    int r = m->text ? read_text(m, path, d) : open_database(m, path, d);
    if (r == 0)
        *ret = TAKE(m);
    return r;
}

void country_map_free(struct country_map *m)
{
    if (m == NULL)
        return;
    if (!m->text && m->db.filename != NULL)
        MMDB_close(&m->db);
    free(m->entries);
    free(m);
}

static int take_country(const char *text, size_t len, char ret[static VALUE_COUNTRY_BYTES])
{
    char country[VALUE_COUNTRY_BYTES] = "";
    if (len != 2)
        return ERR_NOT_FOUND;
    memcpy(country, text, 2);
    if (!value_country_valid(country))
        return ERR_NOT_FOUND;
    memcpy(ret, country, sizeof country);
    return 0;
}

static int find_in_database(const struct country_map *m, const struct in6_addr *a,
                            char ret[static VALUE_COUNTRY_BYTES])
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = *a};
    struct sockaddr_in four = {.sin_family = AF_INET};
    const struct sockaddr *address = (const struct sockaddr *)&six;
    MMDB_entry_data_s data;
    int error = 0;
    if (IN6_IS_ADDR_V4MAPPED(a)) {
        memcpy(&four.sin_addr, a->s6_addr + 12, sizeof four.sin_addr);
        address = (const struct sockaddr *)&four;
    }
    MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&m->db, address, &error);
    if (error != MMDB_SUCCESS || !found.found_entry)
        return ERR_NOT_FOUND;
    if (MMDB_get_value(&found.entry, &data, "country_code", NULL) != MMDB_SUCCESS &&
        MMDB_get_value(&found.entry, &data, "country", "iso_code", NULL) != MMDB_SUCCESS)
        return ERR_NOT_FOUND;
    if (!data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING)
        return ERR_NOT_FOUND;
    return take_country(data.utf8_string, data.data_size, ret);
}

int country_map_find(const struct country_map *m, const char *address,
                     char ret[static VALUE_COUNTRY_BYTES])
{
    struct in6_addr a;
    if (parse_address(address, &a) == 0)
        return ERR_FORMAT;
    if (!m->text)
        return find_in_database(m, &a, ret);
    for (size_t i = 0; i < m->count; i++)
        if (inside(&a, &m->entries[i].address, m->entries[i].bits)) {
            memcpy(ret, m->entries[i].country, VALUE_COUNTRY_BYTES);
            return 0;
        }
    return ERR_NOT_FOUND;
}

int country_map_loopback(const struct country_map *m, const char *country,
                         char ret[static INET_ADDRSTRLEN])
{
    for (size_t i = 0; i < m->count; i++) {
        const struct entry *e = &m->entries[i];
        struct in6_addr a = e->address;
        char found[VALUE_COUNTRY_BYTES];
        if (strcmp(e->country, country) != 0 || e->bits < MAPPED_BITS + 8 ||
            !IN6_IS_ADDR_V4MAPPED(&a) || a.s6_addr[12] != 127)
            continue;
        if (e->bits < 128)
            a.s6_addr[15] |= 1;
        /* A longer prefix may have given just this address to another country. */
        if (inet_ntop(AF_INET, a.s6_addr + 12, ret, INET_ADDRSTRLEN) != NULL &&
            country_map_find(m, ret, found) == 0 && strcmp(found, country) == 0)
            return 0;
    }
    return ERR_NOT_FOUND;
}
