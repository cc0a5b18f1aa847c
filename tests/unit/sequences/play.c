#include "play.h"

#include "play_internal.h"

struct play *play_now;

void play_note(struct play *p, enum who who, const char *line)
{
    size_t at = strlen(p->said[who]);
    if (line[0] != '\0')
        snprintf(p->said[who] + at, sizeof p->said[who] - at, "%s%s", at > 0 ? " | " : "", line);
}

bool play_helps(const struct play *p, enum helper a, enum helper b)
{
    return p->row->helper == a || p->row->helper == b;
}

static void start(struct play *p, const struct row *r)
{
    const struct world_options o = {.no_warrant = !play_has_a(r->first),
                                    .without = play_without(r->first),
                                    .earlier = ROW_FIRST - 1};
    *p = (struct play){.row = r, .w = world_new(&o)};
    p->now = world_now();
    play_now = p;
    play_add_warrants(p);
    p->office = office_new(p->w->f);
    play_found(p);
    play_start_bot(p);
    p->w->other_bot = play_carry_blind_copy;
    letter_acquaint(p->w);
    anna(p->w)->country = r->claim.place == PLACE_DE   ? "DE"
                          : r->claim.place == PLACE_NL ? "NL"
                                                       : NULL;
    p->anna_notices = anna(p->w)->notice_count;
    p->anna_progress = anna(p->w)->progress_count;
    p->bert_notices = bert(p->w)->notice_count;
}

static void end(struct play *p)
{
    play_now = NULL;
    for (size_t i = 0; i < sizeof p->sets / sizeof *p->sets; i++)
        policy_set_free(p->sets[i]);
    bot_free(p->b);
    office_free(p->office);
    world_free(p->w);
}

/* News are no complaint: that a policy is in force, that something was signed, sent, shown. */
static void listen(struct play *p)
{
    const struct party *a = anna(p->w), *b = bert(p->w);
    for (size_t i = p->bert_notices; i < b->notice_count; i++)
        if (strstr(b->notices[i], "is in force: see") == NULL)
            play_note(p, WHO_RECIPIENT, b->notices[i]);
    if (p->row->claim.policy != 0)
        return; /* a changed device keeps to itself what it is told */
    for (size_t i = p->anna_notices; i < a->notice_count; i++)
        if (strstr(a->notices[i], "is in force: see") == NULL)
            play_note(p, WHO_SENDER, a->notices[i]);
    for (size_t i = p->anna_progress; i < a->progress_count; i++)
        if (strstr(a->progress[i], " waiting ") != NULL ||
            strstr(a->progress[i], " stopped ") != NULL)
            play_note(p, WHO_SENDER, a->progress[i]);
}

static void judge(struct play *p, enum outcome outcome)
{
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    const struct row *r = p->row;
    bool wrong = outcome != r->outcome;
    for (size_t i = 0; i < WHO_COUNT; i++) {
        bool as_said = r->says[i] == NULL ? p->said[i][0] == '\0'
                       : i == WHO_BOT     ? strcmp(p->said[i], r->says[i]) == 0
                                          : strstr(p->said[i], r->says[i]) != NULL;
        wrong = wrong || !as_said;
    }
    if (!wrong)
        return;
    row_put(&b, r);
    fail_msg("%s\nwas: outcome %d; custodians: %s; registrar: %s; bot: %s; sender: %s; recipient: "
             "%s",
             buf_text(&b), outcome, p->said[WHO_CUSTODIANS], p->said[WHO_REGISTRAR],
             p->said[WHO_BOT], p->said[WHO_SENDER], p->said[WHO_RECIPIENT]);
}

/* Whoever held something back gives it now: what was shown then may be spoken of later. */
static void stop_helping(struct play *p)
{
    p->w->registrar_down = false;
    p->w->hidden_from = 0;
    for (size_t i = 0; i < WORLD_PARTIES; i++) {
        world_announce(p->w, &p->w->parties[i]);
        party_wait(&p->w->parties[i]);
    }
}

void play(const struct row *r)
{
    struct play p;
    start(&p, r);
    p.w->registrar_down = r->helper == REGISTRAR_SILENT;
    p.w->hidden_from = r->helper == REGISTRAR_OLD ? ROW_FIRST + 1 : 0;
    for (size_t i = 0; i < r->change_count; i++)
        play_issue(&p, i);
    enum outcome outcome = r->claim.policy == 0 ? play_send_truth(&p) : play_send_claim(&p);
    stop_helping(&p);
    listen(&p);
    judge(&p, outcome);
    end(&p);
}
