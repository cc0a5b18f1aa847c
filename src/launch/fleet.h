/* A process that hosts many devices of a replay network and does what the replay's driver says,
 * over a socket with frames (base/channel.h) of one JSON object each.
 *
 *     {"do":"enrol","handle","bundle"}     make and activate the device if it is not there, run it
 *     {"do":"send","handle","to":[…],"id","body","content","at","source"}
 *         from another address than before, unless "source" is ""; "content": the body has the form
 *         of its kind; instead of both "file":PATH,"as":"photo"[,"group"], or a list of members,
 *         "group","name","removed":[…]
 *     {"event":"enrolled","handle"} | {"event":"failed","handle","why"}
 *     {"event":"message","handle","from","id","sha256"}    shown at that device; of the text, of a
 *         file's name, of a group's id
 *     {"event":"progress","handle","id","progress","detail"}
 *     {"event":"notice","handle","peer","text"}
 */
#ifndef IRONSIDE_LAUNCH_FLEET_H
#define IRONSIDE_LAUNCH_FLEET_H

#define FLEET_DEVICES 150U /* in one process */
#define FLEET_FRAME 1      /* the only type of frame */
#define FLEET_FRAME_MAX (2U * 1024 * 1024)
#define FLEET_QUEUE_MAX (256U * 1024 * 1024)
#define FLEET_FD 3

/* Runs until the driver closes the socket. Returns the exit status. */
int fleet_run(const char *dir);

#endif
