/*
 * A line protocol around the llama.cpp libraries that node-llama-cpp ships prebuilt: what they make of texts and tokens.
 *
 *   oracle LIBRARIES MODEL THREADS CONTEXT     loads, then prints {"ready":true,"tokens":V,"special":[bos,eos]}
 *   tokenize ADD PARSE HEX           {"tokens":[…]}: ids of a UTF-8 text, with special tokens added and read, or not
 *   greedy N id id …                 {"tokens":[…],"gaps":[…]}: N likeliest tokens after the ids, and how far each led
 *   score id id …                    {"nll":x,"count":n}: −Σ ln p of each token after the first
 *   quit
 *
 * As in driver.c, parameter structs are opaque words.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "llama-interface.h"

extern int32_t llama_vocab_bos(const void *vocab);
extern int32_t llama_vocab_eos(const void *vocab);
extern int32_t llama_tokenize(const void *vocab, const char *text, int32_t length, int32_t *tokens, int32_t room,
                              bool add_special, bool parse_special);

enum { BATCH = 512, LINE = 1 << 20 };

static void *context;
static const void *vocab;
static int32_t vocab_size;
static char why[512];

static void fail(const char *what) {
  printf("{\"error\":\"%s%s%s\"}\n", what, why[0] ? ": " : "", why);
  exit(1);
}

/* Keeps the last error, without what JSON cannot hold. */
static void keep_error(int level, const char *text, void *data) {
  (void)data;
  if (getenv("ORACLE_VERBOSE")) fputs(text, stderr);
  if (level != 4) return;
  size_t at = 0;
  for (; *text && at + 1 < sizeof why; text++)
    if (*text >= ' ' && *text != '"' && *text != '\\') why[at++] = *text;
  why[at] = 0;
}

static int read_ids(const char *text, int32_t *ids, int room) {
  int count = 0;
  for (char *end; count < room; text = end) {
    long id = strtol(text, &end, 10);
    if (end == text) break;
    if (id < 0 || id >= vocab_size) fail("an id is outside the vocabulary");
    ids[count++] = (int32_t)id;
  }
  return count;
}

static void feed(int32_t *ids, int count) {
  for (int at = 0; at < count; at += BATCH) {
    int part = count - at < BATCH ? count - at : BATCH;
    if (llama_decode(context, llama_batch_get_one(ids + at, part)) != 0) fail("llama_decode failed");
  }
}

static int32_t likeliest(const float *logits, float *gap) {
  int32_t best = 0;
  for (int32_t i = 1; i < vocab_size; i++)
    if (logits[i] > logits[best]) best = i;
  float second = -INFINITY;
  for (int32_t i = 0; i < vocab_size; i++)
    if (i != best && logits[i] > second) second = logits[i];
  *gap = logits[best] - second;
  return best;
}

static double log_probability(const float *logits, int32_t token) {
  float top = -INFINITY;
  for (int32_t i = 0; i < vocab_size; i++)
    if (logits[i] > top) top = logits[i];
  double sum = 0;
  for (int32_t i = 0; i < vocab_size; i++) sum += exp((double)logits[i] - top);
  return (double)logits[token] - top - log(sum);
}

static void print_ids(const int32_t *ids, int count) {
  printf("{\"tokens\":[");
  for (int i = 0; i < count; i++) printf("%s%d", i ? "," : "", ids[i]);
  printf("]");
}

static void tokenize(bool add, bool parse, const char *hex) {
  int length = 0;
  static char text[LINE];
  for (unsigned byte; sscanf(hex + 2 * length, "%2x", &byte) == 1; ) text[length++] = (char)byte;
  int32_t *ids = malloc(sizeof *ids * (size_t)(2 * length + 16));
  int count = llama_tokenize(vocab, text, length, ids, 2 * length + 16, add, parse);
  if (count < 0) fail("llama_tokenize failed");
  print_ids(ids, count);
  printf("}\n");
  free(ids);
}

static void greedy(int steps, int32_t *ids, int count) {
  int32_t *made = malloc(sizeof *made * (size_t)steps);
  float *gaps = malloc(sizeof *gaps * (size_t)steps);
  llama_memory_clear(llama_get_memory(context), true);
  feed(ids, count);
  for (int i = 0; i < steps; i++) {
    made[i] = likeliest(llama_get_logits_ith(context, -1), &gaps[i]);
    if (i + 1 < steps) feed(&made[i], 1);
  }
  print_ids(made, steps);
  printf(",\"gaps\":[");
  for (int i = 0; i < steps; i++) printf("%s%.6g", i ? "," : "", gaps[i]);
  printf("]}\n");
  free(made);
  free(gaps);
}

static void score(int32_t *ids, int count) {
  double nll = 0;
  llama_memory_clear(llama_get_memory(context), true);
  for (int i = 0; i + 1 < count; i++) {
    feed(&ids[i], 1);
    nll -= log_probability(llama_get_logits_ith(context, -1), ids[i + 1]);
  }
  printf("{\"nll\":%.9g,\"count\":%d}\n", nll, count - 1);
}

int main(int argc, char **argv) {
  if (argc != 5) fail("usage: oracle LIBRARIES MODEL THREADS CONTEXT");
  llama_log_set(keep_error, NULL);
  ggml_backend_load_all_from_path(argv[1]);
  llama_backend_init();
  void *model = llama_model_load_from_file(argv[2], llama_model_default_params());
  if (model == NULL) fail("the model does not load");
  struct parameters parameters = llama_context_default_params();
  parameters.word[0] = (uint32_t)atoi(argv[4]);
  parameters.word[1] = parameters.word[2] = BATCH;
  context = llama_init_from_model(model, parameters);
  if (context == NULL) fail("no context");
  llama_set_n_threads(context, atoi(argv[3]), atoi(argv[3]));
  vocab = llama_model_get_vocab(model);
  vocab_size = llama_vocab_n_tokens(vocab);
  printf("{\"ready\":true,\"tokens\":%d,\"special\":[%d,%d]}\n", vocab_size, llama_vocab_bos(vocab), llama_vocab_eos(vocab));
  fflush(stdout);
  static char line[LINE];
  static int32_t ids[LINE / 2];
  while (fgets(line, sizeof line, stdin)) {
    int a, b, at = 0;
    if (sscanf(line, "tokenize %d %d %n", &a, &b, &at) == 2) tokenize(a != 0, b != 0, line + at);
    else if (sscanf(line, "greedy %d %n", &a, &at) == 1) greedy(a, ids, read_ids(line + at, ids, LINE / 2));
    else if (strncmp(line, "score ", 6) == 0) score(ids, read_ids(line + 6, ids, LINE / 2));
    else if (strncmp(line, "quit", 4) == 0) break;
    else fail("unknown command");
    fflush(stdout);
  }
  return 0;
}
