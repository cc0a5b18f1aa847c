/* The seeds of what the desk reads. */
#include "desk/frames.h"
#include "desk/request.h"
#include "front/question.h"
#include "fuzz.h"
#include "seeds.h"
#include "wire/fixture.h"
#include "worker/job.h"
#include "worker/translation.h"

/* The session "s" and the token "c" are the role's own. */
static void desk_questions(void)
{
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    static const struct {
        const char *name;
        uint8_t role; /* of enum desk_role */
        const char *path, *parameter, *value, *body;
        enum question_method method;
    } asked[] = {
        {"search", 0, "/api/search", "q", "(cash OR \"at the pier\") -tag:urgent", "",
         QUESTION_GET},
        {"count", 1, "/api/count", "q", "meet NEAR/3 pier with:anna", "", QUESTION_GET},
        {"view", 0, "/api/messages/7", "case", "harbour", "", QUESTION_GET},
        {"alike", 0, "/api/messages/7/alike", "limit", "3", "", QUESTION_GET},
        {"telling", 0, "/api/conversations/0123456789abcdef/telling", "limit", "3", "",
         QUESTION_GET},
        {"tag", 0, "/api/messages/7/tags/urgent", "", "", "", QUESTION_PUT},
        {"note", 1, "/api/messages/7/notes", "", "", "{\"text\":\"the boat\"}", QUESTION_POST},
        {"bulk", 0, "/api/bulk", "", "", "{\"query\":\"cash\",\"action\":\"flag\"}", QUESTION_POST},
        {"undo", 1, "/api/bulk/1/undo", "", "", "", QUESTION_POST},
        {"assign", 0, "/api/assignments", "", "",
         "{\"kind\":\"message\",\"object\":\"7\",\"user\":\"reviewer\"}", QUESTION_PUT},
        {"queue", 0, "/api/queue", "of", "mine", "", QUESTION_GET},
        {"outcome", 0, "/api/cases/pier/outcomes", "", "",
         "{\"kind\":\"seizure\",\"amount\":\"1.5\",\"unit\":\"kg\",\"date\":\"2026-03-01\"}",
         QUESTION_POST},
        {"second", 1, "/api/second/7", "", "", "{\"agrees\":false}", QUESTION_PUT},
        {"list", 0, "/api/lists", "", "", "{\"csv\":\"cash\\nanna@chat.example\"}", QUESTION_POST},
        {"export", 1, "/api/exports", "", "",
         "{\"format\":\"csv\",\"selection\":\"ids\",\"value\":\"1 7\"}", QUESTION_POST},
        {"case", 0, "/api/cases", "", "", "{\"word\":\"pier\",\"title\":\"\"}", QUESTION_POST},
        {"saved", 0, "/api/searches", "", "", "{\"name\":\"a\",\"query\":\"b*\"}", QUESTION_POST},
        {"people", 0, "/api/people", "prefix", "an", "", QUESTION_GET},
        {"contacts", 0, "/api/people/anna@chat.example/contacts", "limit", "3", "", QUESTION_GET},
        {"name", 0, "/api/people/anna@chat.example/name", "", "", "{\"name\":\"Q\"}", QUESTION_PUT},
        {"conversations", 1, "/api/conversations", "with", "anna@chat.example", "", QUESTION_GET},
        {"overview", 4, "/api/overview", "", "", "", QUESTION_GET},
        {"log", 3, "/api/log", "action", "search", "", QUESTION_GET},
        {"nobody", 6, "/api/openapi.json", "", "", "", QUESTION_GET},
        {"passkey-begin", 0, "/api/passkeys/challenge", "", "", "", QUESTION_POST},
        {"passkey", 0, "/api/passkeys", "", "",
         "{\"name\":\"a\",\"password\":\"x\",\"client_data\":\"e30\",\"attestation\":\"oA\"}",
         QUESTION_POST},
        {"passkey-asked", 6, "/api/session/challenge", "", "", "{\"name\":\"a\"}", QUESTION_POST},
        {"passkey-used", 6, "/api/session/passkey", "", "",
         "{\"name\":\"a\",\"credential\":\"AAAA\",\"client_data\":\"e30\","
         "\"authenticator_data\":\"AAAA\",\"signature\":\"AAAA\"}",
         QUESTION_POST},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct question q = {.number = 1,
                             .method = asked[i].method,
                             .path = asked[i].path,
                             .session = "s",
                             .csrf = "c",
                             .purpose = "case 7",
                             .peer = "127.0.0.1"};
        q.parameters[0] = (struct question_parameter){asked[i].parameter, asked[i].value};
        q.parameter_count = asked[i].parameter[0] != '\0';
        q.body = asked[i].body, q.body_len = strlen(asked[i].body);
        buf_put_u8(&b, asked[i].role);
        FUZZ_MUST(question_put(&b, &q) == 0);
        seeds_save_buf("desk_api", asked[i].name, &b);
    }
}

static void desk_frames(void)
{
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    const struct follower_message m = {.batch = 3,
                                       .leaf = 12,
                                       .n = 4,
                                       .policy = 1,
                                       .at_unix_ms = FIXTURE_AT,
                                       .archived_unix_ms = FIXTURE_AT + 1,
                                       .warrant = FIXTURE_WARRANT,
                                       .id = "m4",
                                       .from = "anna@chat.example",
                                       .to = {"bert@chat.example"},
                                       .to_count = 1,
                                       .country = "NL",
                                       .files = {{.size = 70}},
                                       .file_count = 1,
                                       .wrong = "",
                                       .body = "at noon",
                                       .body_len = 7};
    const struct follower_state state = {.bot = "ibot.chat.example",
                                         .next = 4,
                                         .size = 15,
                                         .records = 9,
                                         .stopped = "batch 4: its round is missing"};
    buf_put_u8(&b, DESK_FRAME_WHERE);
    desk_frames_put_where(&b, state.bot);
    seeds_save_buf("desk_frames", "where", &b);
    buf_put_u8(&b, DESK_FRAME_FROM);
    desk_frames_put_from(&b, &(struct desk_place){.bot = state.bot, .next = 3, .size = 10});
    seeds_save_buf("desk_frames", "from", &b);
    buf_put_u8(&b, DESK_FRAME_MESSAGE);
    desk_frames_put_message(&b, state.bot, &m);
    seeds_save_buf("desk_frames", "message", &b);
    buf_put_u8(&b, DESK_FRAME_STATE);
    desk_frames_put_state(&b, &state);
    seeds_save_buf("desk_frames", "state", &b);
    buf_put_u8(&b, DESK_FRAME_COMMITTED);
    desk_frames_put_committed(&b, 7);
    seeds_save_buf("desk_frames", "committed", &b);
    buf_put_u8(&b, DESK_FRAME_REQUEST);
    desk_request_put(&b, &(struct desk_request){.number = 1, .bot = state.bot, .original.len = 7});
    seeds_save_buf("desk_frames", "request", &b);
    buf_put_u8(&b, DESK_FRAME_REPLY);
    desk_reply_put(&b,
                   &(struct desk_reply){
                       .number = 1, .line = "", .body = (const uint8_t *)"bytes", .body_len = 5});
    seeds_save_buf("desk_frames", "reply", &b);
}

static void questions(void)
{
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    const struct question search = {
        .number = 1,
        .path = "/api/search",
        .parameters = {{"q", "\"at the pier\""}, {"limit", "5"}},
        .parameter_count = 2,
        .session = "s",
        .csrf = "",
        .purpose = "case 7",
        .peer = "127.0.0.1",
        .body = "",
    };
    const struct question note = {
        .number = UINT64_MAX,
        .method = QUESTION_POST,
        .path = "/api/messages/1/notes",
        .session = "s",
        .csrf = "c",
        .purpose = "",
        .peer = "::1",
        .body = "{\"text\":\"x\"}",
        .body_len = 12,
    };
    const struct answer found = {.number = 1,
                                 .status = 200,
                                 .etag = "\"00\"",
                                 .set_session = "",
                                 .type = "",
                                 .name = "",
                                 .body = "{\"hits\":[]}",
                                 .body_len = 11};
    const struct answer away = {.number = 2,
                                .status = 200,
                                .etag = "",
                                .set_session = "-",
                                .type = "",
                                .name = "",
                                .body = "{}",
                                .body_len = 2};
    buf_put_u8(&b, 0);
    FUZZ_MUST(question_put(&b, &search) == 0);
    seeds_save_buf("question", "search", &b);
    buf_put_u8(&b, 0);
    FUZZ_MUST(question_put(&b, &note) == 0);
    seeds_save_buf("question", "note", &b);
    buf_put_u8(&b, 1);
    FUZZ_MUST(answer_put(&b, &found) == 0);
    seeds_save_buf("question", "found", &b);
    buf_put_u8(&b, 1);
    FUZZ_MUST(answer_put(&b, &away) == 0);
    seeds_save_buf("question", "away", &b);
}

static void workers(void)
{
    static const uint8_t jpeg[] = {0xff, 0xd8, 1, 2, 3, 0xff, 0xd9}, wave[] = {0, 200};
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    const struct worker_made photo = {.width = 640,
                                      .height = 400,
                                      .thumbnail = jpeg,
                                      .thumbnail_len = sizeof jpeg,
                                      .likeness = 7,
                                      .words = "at the pier"};
    const struct worker_made sound = {
        .words = "", .milliseconds = 1200, .wave = wave, .wave_len = sizeof wave};
    buf_put_u8(&b, WORKER_PHOTO);
    worker_made_put(&b, &photo);
    seeds_save_buf("worker", "photo", &b);
    buf_put_u8(&b, WORKER_SOUND);
    worker_made_put(&b, &sound);
    seeds_save_buf("worker", "sound", &b);
    buf_put_u8(&b, WORKER_KINDS);
    worker_job_put(&b, &(struct worker_job){7, WORKER_PHOTO, 1000});
    seeds_save_buf("worker", "job", &b);
    buf_put_u8(&b, WORKER_KINDS + 1);
    worker_result_put(&b, &(struct worker_result){7, WORKER_SLOW, NULL, 0});
    seeds_save_buf("worker", "result", &b);
}

static void translations(void)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    buf_put_u8(&b, WORKER_KINDS + 2);
    translation_job_put(&b, &(struct translation_job){7, "es", "en", "nos vemos\na las diez"});
    seeds_save_buf("worker", "translation", &b);
    buf_put_u8(&b, WORKER_KINDS + 3);
    translation_result_put(&b, &(struct translation_result){7, TRANSLATED, "we meet\nat ten"});
    seeds_save_buf("worker", "translated", &b);
    buf_put_u8(&b, WORKER_KINDS + 3);
    translation_result_put(&b, &(struct translation_result){8, TRANSLATION_SLOW, ""});
    seeds_save_buf("worker", "untranslated", &b);
}

static void queries(void)
{
    static const char *const seeds[][2] = {
        {"words",
         "meet* \"at the pier\" -jokes (cash OR boat) cash NEAR/5 \"the boat\" NEAR/5 bo*"},
        {"scripts", "москва \"в Москва\" 研究生命 กาแฟ مرحبا 👍👍 Café don't john.doe@example.com"},
        {"terms",
         "from:anna with:\"big joe\" country:NL has:photo -is:flagged tag:\"a \"\"b\"\"\""},
        {"times", "after:2026-03-01T14:05+01:00 before:2027[Asia/Tokyo] on:2026-03-29 "
                  "at:2026-03-01T14:05Z"},
        {"place", "near:52.37,-4.89,10.5 OR (NOT on:today AND -(a b OR c))"},
        {"quotes", "\xe2\x80\x9c"
                   "at the pier"
                   "\xe2\x80\x9d \xc2\xab"
                   "au quai"
                   "\xc2\xbb* \"of the pi*\""},
        {"wrong", "befor:2026 OR ( \"open"},
    };
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        seeds_save_text("query", seeds[i][0], seeds[i][1]);
}

static void texts(void)
{
    static const struct {
        const char *name, *text;
    } seeds[] = {
        {"ascii", "Don't mail john.doe@enron.com, the U.S.A. 3.14 foo_bar"},
        {"accents", "Ärger é e\u0301 ﬁ Łódź don’t Αθήνα ὁδός Ёлка"},
        {"thai", "ฉันรักประเทศไทย ขำกร ๆ๗"},
        {"chinese", "你好世界，我们去公园 iPhone手机 ﾃｽﾄ すもももももも"},
        {"arabic", "السلام عليكم مُحَمَّد ٠١٢ ﷺ שלום צה\"ל"},
        {"devanagari", "हिन्दी में किताब ५६ 한국어 ខ្មែរ မြန်မာ"},
        {"emoji", "hi👍🏽👨‍👩‍👧❤️🇩🇪🇫🇷1️⃣ "
                  "ok™🏴󠁧󠁢󠁥󠁮󠁧󠁿"},
        {"filters", "\x01"
                    "from:anna\x01 \x01"
                    "has:photo\x01  of\x02the \x03moskva"},
        {"broken", "a\xc3 \xed\xa0\x80 \xf4\x90\x80\x80 \xc0\xaf м\xd0"},
        {"unseen", "co\u00adop \u200f\u200d\u200b \u3164 \ufe0f\u20e3 a\u0301\u0301"},
    };
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        seeds_save_text("text", seeds[i].name, seeds[i].text);
}

void seeds_desk(void)
{
    desk_frames();
    questions();
    desk_questions();
    queries();
    texts();
    workers();
    translations();
}
