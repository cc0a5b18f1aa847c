/* A worker: one file's bytes come through a socket, what is made of it goes back, and it ends. It
 * has nothing else: before the first byte it is confined (base/confine.h), with its memory and its
 * processor's time bounded.
 */
#ifndef IRONSIDE_WORKER_WORKER_H
#define IRONSIDE_WORKER_WORKER_H

#include "worker/job.h"
#include "worker/ocr.h"

#define WORKER_MEMORY_MAX (1536ULL * 1024 * 1024) /* bytes of addresses */
#define WORKER_PROCESSOR_S 40

/* Reads the job's bytes, and sends its result. The process' status. `ocr` NULL: none are read. */
int worker_run(int fd, const struct worker_job *j, struct ocr *ocr);

#endif
