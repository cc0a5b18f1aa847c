/* Zachary's karate club (W. W. Zachary, An information flow model for conflict and fission in small
 * groups, 1977): 34 people, 78 pairs; people from 1 as published. */
#ifndef IRONSIDE_TESTS_KARATE_H
#define IRONSIDE_TESTS_KARATE_H

#include "analysis/analysis.h"

#define KARATE_PEOPLE 34U
#define KARATE_PAIRS 78U

static const uint8_t karate[KARATE_PAIRS][2] = {
    {2, 1},   {3, 1},   {3, 2},   {4, 1},   {4, 2},   {4, 3},   {5, 1},   {6, 1},   {7, 1},
    {7, 5},   {7, 6},   {8, 1},   {8, 2},   {8, 3},   {8, 4},   {9, 1},   {9, 3},   {10, 3},
    {11, 1},  {11, 5},  {11, 6},  {12, 1},  {13, 1},  {13, 4},  {14, 1},  {14, 2},  {14, 3},
    {14, 4},  {17, 6},  {17, 7},  {18, 1},  {18, 2},  {20, 1},  {20, 2},  {22, 1},  {22, 2},
    {26, 24}, {26, 25}, {28, 3},  {28, 24}, {28, 25}, {29, 3},  {30, 24}, {30, 27}, {31, 2},
    {31, 9},  {32, 1},  {32, 25}, {32, 26}, {32, 29}, {33, 3},  {33, 9},  {33, 15}, {33, 16},
    {33, 19}, {33, 21}, {33, 23}, {33, 24}, {33, 30}, {33, 31}, {33, 32}, {34, 9},  {34, 10},
    {34, 14}, {34, 15}, {34, 16}, {34, 19}, {34, 20}, {34, 21}, {34, 23}, {34, 24}, {34, 27},
    {34, 28}, {34, 29}, {34, 30}, {34, 31}, {34, 32}, {34, 33},
};
/* Who went with the instructor when the club split. */
static const uint8_t karate_split[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 17, 18, 20, 22};

static inline void karate_contacts(struct analysis_contact ret[static KARATE_PAIRS])
{
    for (size_t i = 0; i < KARATE_PAIRS; i++)
        ret[i] = (struct analysis_contact){karate[i][0] - 1U, karate[i][1] - 1U, 1};
}

#endif
