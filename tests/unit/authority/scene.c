#include "scene.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' does not say '%s'", text, part);
}

struct signing_key *scene_key(const struct fixture_signer *s)
{
    struct signing_key *k = secret_new(sizeof *k);
    strcpy(k->name, s->name);
    memcpy(k->public, s->key.key, sizeof k->public);
    memcpy(k->secret, s->secret, sizeof k->secret);
    return k;
}

char *scene_read(const char *folder, const char *name)
{
    CLEANUP_FREE char *path = file_join(folder, name);
    char *text = NULL;
    assert_int_equal(file_read_text(path, 1U << 20, &text, NULL), 0);
    return text;
}

void scene_write(const char *folder, const char *name, const char *text)
{
    CLEANUP_FREE char *path = file_join(folder, name);
    assert_int_equal(file_write(path, text, strlen(text), 0644, NULL), 0);
}

void scene_publish(const struct scene *s, const char *name, const char *note)
{
    CLEANUP_FREE char *path = mem_format("documents/%s.note", name);
    scene_write(s->dir, path, note);
}

void scene_copy(const char *from, const char *to)
{
    DIR *d = opendir(from);
    assert_non_null(d);
    assert_int_equal(file_make_folder(to, 0755, NULL), 0);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        CLEANUP_FREE char *text = scene_read(from, e->d_name);
        scene_write(to, e->d_name, text);
    }
    closedir(d);
}

char *scene_offer(const struct scene *s, const char *id, int64_t from_day)
{
    struct epoch days[10];
    struct epochs e = {.warrant = id, .bot = FIXTURE_BOT, .days = days, .count = 10};
    CLEANUP_BUF struct buf text = BUF_INIT(65536);
    for (int i = 0; i < 10; i++) {
        days[i].day = from_day + i;
        memset(days[i].key, 7 + i, sizeof days[i].key);
    }
    epochs_format(&text, FIXTURE_DOMAIN, &e);
    return fixture_sign(buf_text(&text), &s->f->bots[0].signer, 1);
}

struct warrant_terms scene_terms(const struct scene *s, struct warrant_agency *agency)
{
    *agency = (struct warrant_agency){.name = "west", .recipient_text = s->recipients[0]};
    return (struct warrant_terms){.authority = "A court",
                                  .from_day = DRAFT_DAY_OF_OFFER,
                                  .until_day = DRAFT_DAY_OF_OFFER,
                                  .scope = WARRANT_ALL,
                                  .agencies = agency,
                                  .agency_count = 1};
}

struct proposal *scene_propose(const struct scene *s, const char *name)
{
    struct diag d = {""};
    struct warrant_agency agency;
    struct warrant_terms w = scene_terms(s, &agency);
    struct proposal *p = NULL;
    CLEANUP(published_free_cleanup) struct published *x = NULL;
    CLEANUP(draft_free_cleanup) struct draft *t = NULL;
    CLEANUP_FREE char *folder = file_join(s->root, name);
    CLEANUP_FREE char *offer = scene_offer(s, "2020-0001", FIXTURE_DAY + 4);
    if (published_open(s->dir, &x, &d) < 0 || draft_new(x, SCENE_NOW, &t, &d) < 0 ||
        draft_add_warrant(t, &w, offer, strlen(offer), &d) < 0 ||
        draft_write(t, folder, &p, &d) < 0)
        fail_msg("%s", d.text);
    return p;
}

int scene_set_up(void **state)
{
    secret_init();
    struct scene *s = mem_new(sizeof *s);
    char root[] = "/tmp/ironside-authority.XXXXXX";
    if (mkdtemp(root) == NULL)
        return -1;
    s->root = mem_string(root);
    s->dir = file_join(root, "net");
    s->proposal = file_join(root, "proposal");
    CLEANUP_FREE char *documents = file_join(s->dir, "documents");
    assert_int_equal(file_make_folder(documents, 0755, NULL), 0);
    s->f = fixture_new(NULL);
    const struct fixture_warrant *w =
        fixture_add_warrant(s->f, &(struct fixture_warrant_options){.desk = true});
    CLEANUP_FREE char *text = fixture_policy_text(s->f, NULL);
    CLEANUP_FREE char *note = fixture_sign_quorum(s->f, text);
    scene_write(s->dir, "network.note", s->f->network_note);
    scene_publish(s, "policy-1", note);
    scene_publish(s, "warrant-2019-0147", w->note);
    scene_publish(s, "epochs-2019-0147", w->epochs_note);
    for (size_t i = 0; i < 3; i++) {
        struct age_identity id;
        age_identity_generate(&id);
        struct age_recipient r = age_identity_recipient(&id);
        s->recipients[i] = mem_new(AGE_RECIPIENT_LEN + 1);
        age_recipient_format(&r, s->recipients[i]);
    }
    *state = s;
    return 0;
}

int scene_tear_down(void **state)
{
    struct scene *s = *state;
    int r = file_remove_tree(s->root, NULL);
    for (size_t i = 0; i < 3; i++)
        free(s->recipients[i]);
    fixture_free(s->f);
    free(s->proposal);
    free(s->dir);
    free(s->root);
    free(s);
    return r;
}
