/* Names of the single values that a device's store holds. */
#ifndef IRONSIDE_STORE_VALUES_H
#define IRONSIDE_STORE_VALUES_H

#define VALUE_STATE "state" /* the steps of activation (activate.h) */
#define STATE_NEW "new"
#define STATE_PASSWORD_CHANGED "password changed"
#define STATE_ACTIVE "active"
#define VALUE_CONSENT "consent" /* when the user consented to the disclosure */
#define VALUE_ACCOUNT "account"
#define VALUE_HOST "host"
#define VALUE_PORT "port"
#define VALUE_PASSWORD "password"         /* the account's */
#define VALUE_NEW_PASSWORD "new password" /* being set: either may be the account's */
#define VALUE_SECRET "secret"             /* the bundle's, until the certificate is there */
#define VALUE_NETWORK "network"           /* note */
#define VALUE_AUTHORITY "authority"       /* PEM */
#define VALUE_CERTIFICATE "certificate"   /* this device's note */
#define VALUE_SIGNING_SEED "signing seed"
#define VALUE_STOPPED "stopped"               /* a conflict: needs a new activation */
#define VALUE_LEFT "left"                     /* signed for a bot's key, without a verdict */
#define VALUE_CHECKPOINT "checkpoint "        /* and a bot's key in hexadecimal: its size, root */
#define VALUE_BOT_CHECKPOINT "bot checkpoint" /* the newest of these as the bot signed it */
#define VALUE_LOG_KEY "log key"               /* finds accounts in the public log */
#define VALUE_LOG "log"                       /* as far as it was verified: device/public_log.c */
#define VALUE_LOG_CHECKPOINT "log checkpoint" /* the note that it was verified with */
#define VALUE_LOG_FORK "log fork"             /* two notes that contradict each other */
#define VALUE_LOG_SHRINK "log shrink"         /* a note and a later one of fewer entries */
#define VALUE_ACCEPT_ALL "accept all"         /* a replay's fleet: nobody is a stranger */
#define VALUE_MARKERS "read markers"          /* the user wants senders to be told */

#endif
