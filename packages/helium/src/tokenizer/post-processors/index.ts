import { readComponent } from "../json-node.ts";
import type { ComponentTable, JsonNode } from "../json-node.ts";
import { readByteLevel } from "./byte-level.ts";
import type { PostProcessor } from "../stages.ts";
import { readTemplate } from "./template.ts";

/** The supported post-processors by their `type` in tokenizer.json. */
const postProcessors: ComponentTable<PostProcessor> = {
  Sequence: (node) => {
    const steps = node.get("processors").items().map(readPostProcessor);
    return {
      addedTokens: (isPair) => steps.reduce((total, step) => total + step.addedTokens(isPair), 0),
      process: (encodings, addSpecialTokens) =>
        steps.reduce((processed, step) => step.process(processed, addSpecialTokens), encodings),
    };
  },
  TemplateProcessing: readTemplate,
  ByteLevel: readByteLevel,
};

/** Reads a post-processor of tokenizer.json. */
export function readPostProcessor(node: JsonNode): PostProcessor {
  return readComponent(node, postProcessors);
}

/** Where a tokenizer.json names no post-processor, nothing is added. */
export const keepAsIs: PostProcessor = { addedTokens: () => 0, process: (encodings) => encodings };
