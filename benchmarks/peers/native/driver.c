/*
 * A line protocol around the llama.cpp libraries that node-llama-cpp ships prebuilt, so that they are timed without
 * any binding in between.
 *
 *   driver LIBRARIES MODEL THREADS CONTEXT     loads, then prints {"ready":true}
 *   prefill N                        clears the cache, times one pass over N tokens and its last logits
 *   decode L S                       brings the cache to L tokens untimed, then times S greedy steps
 *   quit
 *
 * Each command answers {"seconds":…}. The declarations below are those few of the C interface that are called. Parameter
 * structs are passed as opaque words: the defaults come from the library, and only their first words are set (context,
 * logical and physical batch), which have kept their places over the releases; the library echoes them and a mismatch
 * ends the program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "llama-interface.h"

extern uint32_t llama_n_ctx(const void *context);
extern uint32_t llama_n_batch(const void *context);
extern uint32_t llama_n_ubatch(const void *context);
extern bool llama_memory_seq_rm(void *memory, int32_t sequence, int32_t first, int32_t last);

enum { BATCH = 2048, MICRO_BATCH = 512 };

static void *context;
static int32_t vocab;
static int held;
static int verbose;

static void fail(const char *what) {
  printf("{\"error\":\"%s\"}\n", what);
  exit(1);
}

static void log_line(int level, const char *text, void *data) {
  (void)level, (void)data;
  if (verbose) fputs(text, stderr);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

/* The prompt every contestant reads: ids that stay away from the special ones. */
static int32_t prompt_token(int index) {
  return 300 + (int32_t)((index * 37L) % (vocab - 400));
}

static int32_t feed(int32_t *tokens, int count) {
  for (int at = 0; at < count; at += BATCH) {
    int part = count - at < BATCH ? count - at : BATCH;
    if (llama_decode(context, llama_batch_get_one(tokens + at, part)) != 0) fail("llama_decode failed");
  }
  const float *logits = llama_get_logits_ith(context, -1);
  int32_t best = 0;
  for (int32_t i = 1; i < vocab; i++)
    if (logits[i] > logits[best]) best = i;
  held += count;
  return best;
}

static int32_t feed_prompt(int from, int to) {
  int32_t *tokens = malloc(sizeof *tokens * (size_t)(to - from));
  for (int i = from; i < to; i++) tokens[i - from] = prompt_token(i);
  int32_t next = feed(tokens, to - from);
  free(tokens);
  return next;
}

static void crop(int length) {
  if (length >= held) return;
  llama_memory_seq_rm(llama_get_memory(context), 0, length, -1);
  held = length;
}

static double prefill(int count) {
  crop(0);
  double start = now();
  feed_prompt(0, count);
  return now() - start;
}

static double decode(int length, int steps) {
  crop(length);
  if (held < length) feed_prompt(held, length);
  int32_t next = prompt_token(length);
  double start = now();
  for (int i = 0; i < steps; i++) next = feed(&next, 1);
  return now() - start;
}

int main(int argc, char **argv) {
  if (argc != 5) fail("usage: driver LIBRARIES MODEL THREADS CONTEXT");
  verbose = getenv("DRIVER_VERBOSE") != NULL;
  llama_log_set(log_line, NULL);
  ggml_backend_load_all_from_path(argv[1]);
  llama_backend_init();
  void *model = llama_model_load_from_file(argv[2], llama_model_default_params());
  if (model == NULL) fail("the model does not load");
  struct parameters parameters = llama_context_default_params();
  uint32_t wanted = (uint32_t)atoi(argv[4]);
  parameters.word[0] = wanted;
  parameters.word[1] = BATCH;
  parameters.word[2] = MICRO_BATCH;
  context = llama_init_from_model(model, parameters);
  if (context == NULL) fail("no context");
  if (llama_n_ctx(context) < wanted || llama_n_ubatch(context) != (wanted < MICRO_BATCH ? wanted : MICRO_BATCH))
    fail("the parameter struct has changed");
  int threads = atoi(argv[3]);
  llama_set_n_threads(context, threads, threads);
  vocab = llama_vocab_n_tokens(llama_model_get_vocab(model));
  printf("{\"ready\":true}\n");
  fflush(stdout);
  char line[256];
  while (fgets(line, sizeof line, stdin)) {
    int a, b;
    double seconds;
    if (sscanf(line, "prefill %d", &a) == 1) seconds = prefill(a);
    else if (sscanf(line, "decode %d %d", &a, &b) == 2) seconds = decode(a, b);
    else if (strncmp(line, "quit", 4) == 0) break;
    else { fail("unknown command"); return 1; }
    printf("{\"seconds\":%.9f}\n", seconds);
    fflush(stdout);
  }
  return 0;
}
