/*
 * A line protocol around the llama.cpp libraries that node-llama-cpp ships prebuilt: many sequences in one batch.
 *
 *   batch LIBRARIES MODEL THREADS CONTEXT SEQUENCES     loads, then prints {"ready":true}; CONTEXT is that of one sequence
 *   prefill N              clears the cache, times one pass over N tokens and its last logits
 *   together R L S         R sequences of different lengths around L, read untimed, then times S greedy tokens of each
 *   queue R N              N texts, R at a time: when one ends the next joins; times all tokens until none is left to join
 *   quit
 *
 * Each command answers {"seconds":…,"tokens":…}. The texts are those of benchmarks/model-files/batch-texts.ts. As in driver.c,
 * parameter structs are opaque words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "llama-interface.h"

extern uint32_t llama_n_ctx(const void *context);
extern uint32_t llama_n_seq_max(const void *context);
extern bool llama_memory_seq_rm(void *memory, int32_t sequence, int32_t first, int32_t last);

enum { BATCH = 2048, MICRO_BATCH = 512, MOST = 64 };

/* A text under way: its next token to compute, and what is still to be read of the prompt. */
struct text {
  int number, length, held, left;
  int32_t next;
};

static void *context;
static int32_t vocab;
static int32_t token[BATCH], position[BATCH], sequence_count[BATCH], owner[BATCH], *sequence[BATCH];
static int8_t logits[BATCH];
static struct batch batch = {0, token, NULL, position, sequence_count, sequence, logits};

static void fail(const char *what) {
  printf("{\"error\":\"%s\"}\n", what);
  exit(1);
}

static void log_line(int level, const char *text, void *data) {
  (void)level, (void)data;
  if (getenv("DRIVER_VERBOSE")) fputs(text, stderr);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

/* Token `index` of the prompt that text `number` reads. */
static int32_t prompt_token(int number, int index) {
  return 300 + (int32_t)(((number * 101L + index) * 37L) % (vocab - 400));
}

static void add(int row, int32_t id, int at, bool wanted) {
  int i = batch.count++;
  if (i >= BATCH) fail("a batch is too long");
  token[i] = id;
  position[i] = at;
  sequence_count[i] = 1;
  owner[i] = row;
  sequence[i] = &owner[i];
  logits[i] = wanted;
}

/* The tokens that a row has not computed; its last one's logits are wanted. */
static void add_row(int row, struct text *text) {
  int count = text->held < text->length ? text->length - text->held : 1;
  for (int t = 0; t < count; t++) {
    int at = text->held + t;
    add(row, at < text->length ? prompt_token(text->number, at) : text->next, at, t == count - 1);
  }
  text->held += count;
}

static int32_t likeliest(const float *values) {
  int32_t best = 0;
  for (int32_t i = 1; i < vocab; i++)
    if (values[i] > values[best]) best = i;
  return best;
}

/* One pass; every row with wanted logits gets its next token. */
static void pass(struct text *texts) {
  if (batch.count > 0 && llama_decode(context, batch) != 0) fail("llama_decode failed");
  for (int i = 0; i < batch.count; i++)
    if (logits[i]) texts[owner[i]].next = likeliest(llama_get_logits_ith(context, i));
  batch.count = 0;
}

static void forget(int row) { llama_memory_seq_rm(llama_get_memory(context), row, -1, -1); }

static void answer(double seconds, int tokens) { printf("{\"seconds\":%.9f,\"tokens\":%d}\n", seconds, tokens); }

static void prefill(int count) {
  struct text text = {0, count, 0, 1, 0};
  forget(0);
  double start = now();
  add_row(0, &text);
  pass(&text);
  answer(now() - start, count);
  forget(0);
}

static void together(int rows, int around, int steps) {
  struct text texts[MOST];
  for (int r = 0; r < rows; r++) {
    texts[r] = (struct text){r, around * (rows + 2 * r) / (2 * rows), 0, steps, 0};
    forget(r);
    add_row(r, &texts[r]);
    pass(texts);
  }
  double start = now();
  for (int i = 0; i < steps; i++) {
    for (int r = 0; r < rows; r++) add_row(r, &texts[r]);
    pass(texts);
  }
  answer(now() - start, rows * steps);
  for (int r = 0; r < rows; r++) forget(r);
}

static struct text queued(int number) {
  return (struct text){number, 8 + number * 7 % 32, 0, 16 + number * 11 % 32, 0};
}

static void queue(int rows, int count) {
  struct text texts[MOST];
  int joined = 0, tokens = 0;
  double start = now();
  for (int r = 0; r < rows; r++) texts[r].left = 0;
  for (;;) {
    for (int r = 0; r < rows; r++) {
      if (texts[r].left > 0) continue;
      if (joined == count) {
        answer(now() - start, tokens);
        for (int row = 0; row < rows; row++) forget(row);
        return;
      }
      forget(r);
      texts[r] = queued(joined++);
    }
    for (int r = 0; r < rows; r++) {
      add_row(r, &texts[r]);
      texts[r].left--;
    }
    tokens += batch.count;
    pass(texts);
  }
}

int main(int argc, char **argv) {
  if (argc != 6) fail("usage: batch LIBRARIES MODEL THREADS CONTEXT SEQUENCES");
  llama_log_set(log_line, NULL);
  ggml_backend_load_all_from_path(argv[1]);
  llama_backend_init();
  void *model = llama_model_load_from_file(argv[2], llama_model_default_params());
  if (model == NULL) fail("the model does not load");
  int threads = atoi(argv[3]), sequences = atoi(argv[5]);
  if (sequences > MOST) fail("too many sequences");
  struct parameters parameters = llama_context_default_params();
  parameters.word[0] = (uint32_t)(atoi(argv[4]) * sequences);
  parameters.word[1] = BATCH;
  parameters.word[2] = MICRO_BATCH;
  parameters.word[3] = (uint32_t)sequences;
  context = llama_init_from_model(model, parameters);
  if (context == NULL) fail("no context");
  if (llama_n_ctx(context) < parameters.word[0] || llama_n_seq_max(context) != (uint32_t)sequences)
    fail("the parameter struct has changed");
  llama_set_n_threads(context, threads, threads);
  vocab = llama_vocab_n_tokens(llama_model_get_vocab(model));
  printf("{\"ready\":true}\n");
  fflush(stdout);
  char line[256];
  while (fgets(line, sizeof line, stdin)) {
    int a, b, c;
    if (sscanf(line, "prefill %d", &a) == 1) prefill(a);
    else if (sscanf(line, "together %d %d %d", &a, &b, &c) == 3) together(a, b, c);
    else if (sscanf(line, "queue %d %d", &a, &b) == 2) queue(a, b);
    else if (strncmp(line, "quit", 4) == 0) break;
    else fail("unknown command");
    fflush(stdout);
  }
  return 0;
}
