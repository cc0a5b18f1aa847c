#include <stdio.h>
#include <string.h>

#include "bench/measure.h"
#include "text/text.h"

/* Chat-like lines, and mail. */
static const char *const samples[MEASURE_TEXTS] = {
    [MEASURE_ASCII] =
        "Can you call me when you get to the office? I have the numbers from Houston and they "
        "do not match what Jeff sent on Friday. ok, see you at 10:30 then. The meeting with the "
        "Portland desk is moved to Thursday 2001-03-15, room 3211; please let Tana and Mark know "
        "(their mail is mark.taylor@enron.com). Don't forget the contract, we need two signed "
        "copies of it by the end of the week. Thanks! lol that was fast, I'll bring coffee. Did "
        "anybody talk to the broker about the gas position for April? It looks like we are short "
        "by 20,000 a day, which is more than what we had in mind, so somebody has to buy.",
    [MEASURE_ACCENTS] =
        "Können wir uns morgen früh am Bahnhof treffen? Ich bringe die Schlüssel für das Büro "
        "mit, und der Rest kommt später. Müller hat natürlich wieder nichts gehört. Größere "
        "Beträge bitte nur über das neue Konto! Où es-tu? On se voit à côté du café, près de la "
        "gare, vers dix-neuf heures. J'ai déjà payé le garçon, il était très étonné. ¿Qué pasó "
        "con el camión? Mañana llegará a Málaga, según me dijo el señor Núñez; está todo listo "
        "y nadie sabrá nada. Não há problema, até amanhã, então a reunião é às três.",
    [MEASURE_THAI] = "พรุ่งนี้เจอกันที่สถานีรถไฟตอนเก้าโมงเช้านะ อย่าลืมเอากุญแจมาด้วย ของจะมาถึงท่าเรือวันศุกร์ "
                     "เงินอยู่กับพี่ชายของฉัน เขาบอกว่าจะโอนให้พรุ่งนี้ ระวังตัวด้วยเพราะมีคนตามเรามาตั้งแต่เมื่อวาน "
                     "ไม่ต้องโทรหาฉันแล้ว ส่งข้อความมาก็พอ วันนี้ฝนตกหนักมาก รถติดตั้งแต่เช้า กินข้าวหรือยัง",
};

struct walk {
    struct text *t;
    const char *text;
    size_t len;
    uint64_t words, bytes; /* what is counted, so that nothing is left out */
};

static int count(void *context, const struct text_word *w)
{
    struct walk *k = context;
    k->words += w->kind == TEXT_WORD;
    k->bytes += w->len;
    return 0;
}

static void walk(void *context)
{
    struct walk *k = context;
    (void)text_words(k->t, k->text, k->len, count, k);
}

int measure_text(double seconds_each, struct measure_text *ret)
{
    CLEANUP(text_free_cleanup) struct text *t = NULL;
    struct diag d;
    if (text_new(&t, &d) < 0) {
        fprintf(stderr, "bench: %s\n", d.text);
        return -1;
    }
    for (int i = 0; i < MEASURE_TEXTS; i++) {
        struct walk k = {.t = t, .text = samples[i], .len = strlen(samples[i])};
        walk(&k);
        double words = (double)k.words;
        ret->ns[i] = 1e9 / (measure_rate(walk, &k, seconds_each) * words);
    }
    return 0;
}
