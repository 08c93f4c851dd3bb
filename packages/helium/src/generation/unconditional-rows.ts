import { SequenceGroup } from "../engine/sequence-group.ts";
import type { Pacer } from "../event-loop.ts";
import type { GenerativeModel } from "./generative-model.ts";
import type { UnconditionalRows } from "./processors/index.ts";
import type { ResolvedGeneration } from "./options/resolved-generation.ts";

/** Rows that go on as the generated ones do, but from the negative prompts. */
export function unconditionalRows(
  model: GenerativeModel,
  settings: ResolvedGeneration,
  pacer: Pacer,
): UnconditionalRows {
  const { ids: inputIds, mask: attentionMask } = settings.negativePrompt;
  const { copies, useCache, prefillChunkSize, kvDType, engine, maxLength, promptLength, cacheSalt } = settings;
  const state = new SequenceGroup(model, {
    inputIds,
    attentionMask,
    copies,
    useCache,
    prefillChunkSize,
    engine,
    cache: null,
    kvDType,
    cacheSalt,
    maxLength: (inputIds[0]?.length ?? 0) + maxLength - promptLength,
    outputHiddenStates: false,
    outputAttentions: false,
  });
  return {
    next: async (newTokens) => {
      if (newTokens) state.append(newTokens);
      return (await state.next(pacer)).logits;
    },
    select: (parents) => state.select(parents),
    dispose: () => state.dispose(false),
  };
}
