import { describeFamily } from "@helium-lm/helium/testing";
import { families } from "../src/families/index.ts";

for (const modelType of Object.keys(families)) describeFamily(modelType);

// The naive kernels on a sample: the formula and the cache of the family with every knob turned.
describeFamily("gemma3_text", { backend: "reference", runs: 2 });
