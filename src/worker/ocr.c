#include "worker/ocr.h"

#include <leptonica/allheaders.h>
#include <string.h>
#include <tesseract/capi.h>

#include "base/memory.h"

#define LANGUAGES_MAX 6U
#define NO_LANGUAGE "osd" /* a model for the way that a page lies */
#define SURE_BY 50.0F     /* of 100 */
#define SIDE_MAX 2400     /* pixels; larger photos are made smaller */
#define SIDE_SMALL 1000   /* smaller ones are made larger */
#define RESOLUTION 300

struct ocr {
    TessBaseAPI *api;
    char languages[64];
};

static int load(struct ocr *w, const char *languages)
{
    return TessBaseAPIInit3(w->api, NULL, languages) == 0 ? 0 : ERR_NOT_FOUND;
}

/* English is loaded to ask which others there are. */
static void find_languages(struct ocr *w)
{
    char **all = TessBaseAPIGetAvailableLanguagesAsVector(w->api);
    struct buf b = BUF_INIT(sizeof w->languages - 1);
    unsigned count = 0;
    for (size_t i = 0; all != NULL && all[i] != NULL && count < LANGUAGES_MAX; i++)
        if (strcmp(all[i], NO_LANGUAGE) != 0 && strchr(all[i], '/') == NULL)
            buf_format(&b, "%s%s", count++ == 0 ? "" : "+", all[i]);
    snprintf(w->languages, sizeof w->languages, "%s", buf_failed(&b) ? "eng" : buf_text(&b));
    buf_clear(&b);
    TessDeleteTextArray(all);
}

int ocr_new(struct ocr **ret, struct diag *d)
{
    CLEANUP(ocr_free_cleanup) struct ocr *w = mem_new(sizeof *w);
    setMsgSeverity(L_SEVERITY_NONE);
    w->api = TessBaseAPICreate();
    int r = load(w, "eng");
    if (r == 0) {
        find_languages(w);
        r = load(w, w->languages);
    }
    if (r < 0)
        return diag_set(d, r, "no words are read in photos: install tesseract-ocr-eng");
    TessBaseAPISetPageSegMode(w->api, PSM_AUTO);
    *ret = TAKE(w);
    return 0;
}

void ocr_free(struct ocr *w)
{
    if (w == NULL)
        return;
    TessBaseAPIDelete(w->api);
    free(w);
}

const char *ocr_languages(const struct ocr *w)
{
    return w->languages;
}

/* Grey, of a size at which letters are well read; the caller's. */
static PIX *for_reading(PIX *pix)
{
    l_int32 width = pixGetWidth(pix), height = pixGetHeight(pix);
    l_int32 longer = width > height ? width : height;
    float by = longer > SIDE_MAX     ? (float)SIDE_MAX / (float)longer
               : longer < SIDE_SMALL ? 2.0F
                                     : 1.0F;
    PIX *grey = pixConvertRGBToLuminance(pix);
    PIX *scaled = grey == NULL ? NULL : pixScale(grey, by, by);
    pixDestroy(&grey);
    return scaled;
}

static void put_word(TessResultIterator *i, struct buf *ret)
{
    TessPageIterator *page = TessResultIteratorGetPageIterator(i);
    char *word = TessResultIteratorGetUTF8Text(i, RIL_WORD);
    if (word != NULL && TessResultIteratorConfidence(i, RIL_WORD) >= SURE_BY &&
        ret->len + strlen(word) + 1 <= WORKER_WORDS_MAX) {
        buf_put_text(ret, word);
        buf_put_u8(ret,
                   TessPageIteratorIsAtFinalElement(page, RIL_TEXTLINE, RIL_WORD) ? '\n' : ' ');
    }
    TessDeleteText(word);
}

void ocr_read(struct ocr *w, const struct picture *p, struct buf *ret)
{
    PIX *pix = for_reading(p->pix);
    if (pix == NULL)
        return;
    TessBaseAPISetImage2(w->api, pix);
    TessBaseAPISetSourceResolution(w->api, RESOLUTION);
    if (TessBaseAPIRecognize(w->api, NULL) == 0) {
        TessResultIterator *i = TessBaseAPIGetIterator(w->api);
        while (i != NULL) {
            put_word(i, ret);
            if (!TessResultIteratorNext(i, RIL_WORD))
                break;
        }
        TessResultIteratorDelete(i);
    }
    TessBaseAPIClear(w->api);
    pixDestroy(&pix);
}
