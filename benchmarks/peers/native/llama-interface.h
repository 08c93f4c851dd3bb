/*
 * Those few of llama.cpp's C interface that the programs here call. Parameter structs are opaque words: the defaults come
 * from the library, and only their first words are set, which have kept their places over the releases.
 */
#include <stdbool.h>
#include <stdint.h>

struct parameters {
  uint32_t word[128];
};

struct batch {
  int32_t count;
  int32_t *token;
  float *embedding;
  int32_t *position;
  int32_t *sequence_count;
  int32_t **sequence;
  int8_t *logits;
};

extern void ggml_backend_load_all_from_path(const char *folder);
extern void llama_backend_init(void);
extern void llama_log_set(void (*log)(int level, const char *text, void *data), void *data);
extern struct parameters llama_model_default_params(void);
extern struct parameters llama_context_default_params(void);
extern void *llama_model_load_from_file(const char *path, struct parameters parameters);
extern void *llama_init_from_model(void *model, struct parameters parameters);
extern void llama_set_n_threads(void *context, int32_t decode, int32_t prefill);
extern const void *llama_model_get_vocab(const void *model);
extern int32_t llama_vocab_n_tokens(const void *vocab);
extern struct batch llama_batch_get_one(int32_t *tokens, int32_t count);
extern int32_t llama_decode(void *context, struct batch batch);
extern float *llama_get_logits_ith(void *context, int32_t index);
extern void *llama_get_memory(const void *context);
extern void llama_memory_clear(void *memory, bool data);
