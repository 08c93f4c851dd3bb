/*
 * Writes a GGUF file in another format with the llama.cpp libraries that node-llama-cpp ships prebuilt: the mixtures of
 * formats and the rounding are theirs, so the files are the ones that people download.
 *
 *   quantizer LIBRARIES SOURCE TARGET FILE_TYPE THREADS        prints {"ok":true}
 *
 * FILE_TYPE is a number of `enum llama_ftype`. A source that is quantised already is allowed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "llama-interface.h"

/* Threads, file type, types of head and embedding, then flags: requantise, quantise the head, only copy, pure. */
struct quantize_parameters {
  uint32_t threads;
  uint32_t file_type;
  uint32_t head_type;
  uint32_t embedding_type;
  bool requantize;
  bool quantize_head;
  bool only_copy;
  bool pure;
  uint32_t rest[123];
};

extern struct quantize_parameters llama_model_quantize_default_params(void);
extern uint32_t llama_model_quantize(const char *source, const char *target, const struct quantize_parameters *parameters);

static char why[512];

static void fail(const char *what) {
  printf("{\"error\":\"%s%s%s\"}\n", what, why[0] ? ": " : "", why);
  exit(1);
}

/* Keeps the last error, without what JSON cannot hold. */
static void keep_error(int level, const char *text, void *data) {
  (void)data;
  if (getenv("QUANTIZER_VERBOSE")) fputs(text, stderr);
  if (level != 4) return;
  size_t at = 0;
  for (; *text && at + 1 < sizeof why; text++)
    if (*text >= ' ' && *text != '"' && *text != '\\') why[at++] = *text;
  why[at] = 0;
}

int main(int argc, char **argv) {
  if (argc != 6) fail("usage: quantizer LIBRARIES SOURCE TARGET FILE_TYPE THREADS");
  llama_log_set(keep_error, NULL);
  ggml_backend_load_all_from_path(argv[1]);
  llama_backend_init();
  struct quantize_parameters parameters = llama_model_quantize_default_params();
  if (parameters.head_type != parameters.embedding_type || parameters.requantize || !parameters.quantize_head ||
      parameters.only_copy || parameters.pure)
    fail("the parameter struct has changed");
  parameters.threads = (uint32_t)atoi(argv[5]);
  parameters.file_type = (uint32_t)atoi(argv[4]);
  parameters.requantize = true;
  if (llama_model_quantize(argv[2], argv[3], &parameters) != 0) fail("llama_model_quantize failed");
  printf("{\"ok\":true}\n");
  return 0;
}
