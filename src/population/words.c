#include "population/words.h"

#include <stddef.h>

/* clang-format off */
static const char *const ar[] = {
#include "words_ar.inc"
    NULL};
static const char *const de[] = {
#include "words_de.inc"
    NULL};
static const char *const el[] = {
#include "words_el.inc"
    NULL};
static const char *const en[] = {
#include "words_en.inc"
    NULL};
static const char *const es[] = {
#include "words_es.inc"
    NULL};
static const char *const fr[] = {
#include "words_fr.inc"
    NULL};
static const char *const it[] = {
#include "words_it.inc"
    NULL};
static const char *const nl[] = {
#include "words_nl.inc"
    NULL};
static const char *const ru[] = {
#include "words_ru.inc"
    NULL};
static const char *const th[] = {
#include "words_th.inc"
    NULL};
static const char *const tr[] = {
#include "words_tr.inc"
    NULL};
static const char *const zh[] = {
#include "words_zh.inc"
    NULL};
const char *const words_shared[] = {
#include "words_shared.inc"
    NULL};
/* clang-format on */

const char *const *const words_languages[WORDS_LANGUAGES] = {en, ar, de, el, es, fr,
                                                             it, nl, ru, th, tr, zh};
