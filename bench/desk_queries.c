#include "bench/desk_queries.h"

const struct desk_query desk_queries[DESK_QUERIES] = {
    /* common words, alone and together */
    {"the", "the", ""},
    {"of", "of", ""},
    {"the of", "the & of", ""},
    {"the of to is and", "the & of & to & is & and", ""},
    {"the OR of", "the | of", ""},
    {"now", "now", ""},
    /* exclusions */
    {"the -of", "the & !of", ""},
    {"of -the", "of & !the", ""},
    {"{300} -the", "{300} & !the", ""},
    {"-the", "!the", ""},
    /* phrases of common words, and of a rare one */
    {"\"of the\"", "of <-> the", ""},
    {"\"is the a\"", "is <-> the <-> a", ""},
    {"\"to be in the\"", "to <-> be <-> in <-> the", ""},
    {"\"the {300}\"", "the <-> {300}", ""},
    {"\"{300} {400}\"", "{300} <-> {400}", ""},
    {"the NEAR/3 {300}",
     "(the <-> {300}) | (the <2> {300}) | (the <3> {300}) | ({300} <-> the) | ({300} <2> the) |"
     " ({300} <3> the)",
     ""},
    /* middling and rare words */
    {"{300}", "{300}", ""},
    {"{3000}", "{3000}", ""},
    {"{50000}", "{50000}", ""},
    {"{300} {500}", "{300} & {500}", ""},
    {"{3000} the", "{3000} & the", ""},
    {"{50000} the", "{50000} & the", ""},
    {"{300} OR {500}", "{300} | {500}", ""},
    {"{50000} OR {50001}", "{50000} | {50001}", ""},
    {"{50000} {50001}", "{50000} & {50001}", ""},
    /* prefixes */
    {"th*", "th:*", ""},
    {"{300:2}*", "{300:2}:*", ""},
    {"{3000:4}* the", "{3000:4}:* & the", ""},
    {"the -an*", "the & !an:*", ""},
    {"\"the {300:3}*\"", "the <-> {300:3}:*", ""},
    /* filters, rare and not, with common words */
    {"from:{p7919} the", "the", "sender = '{p7919}'"},
    {"from:{p11} the", "the", "sender = '{p11}'"},
    {"from:{p11}", "", "sender = '{p11}'"},
    {"to:{p11} the", "the", "recipients @> ARRAY['{p11}']"},
    {"with:{p11} \"of the\"", "of <-> the", "(sender = '{p11}' OR recipients @> ARRAY['{p11}'])"},
    {"country:aa the", "the", "country = 'AA'"},
    {"has:file {300}", "{300}", "photo"},
    {"from:{p11} country:bb the", "the", "sender = '{p11}' AND country = 'BB'"},
    /* times */
    {"before:2023-06-01 the", "the", "at < '2023-06-01'"},
    {"on:2024-05 \"of the\" -{300}", "of <-> the & !{300}",
     "at >= '2024-05-01' AND at < '2024-06-01'"},
};
