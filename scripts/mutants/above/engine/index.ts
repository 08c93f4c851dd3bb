import type { Area } from "../area.ts";
import { lookaheadBugs } from "./lookahead.ts";
import { outputBugs } from "./outputs.ts";
import { pageBugs } from "./pages.ts";
import { passBugs } from "./passes.ts";

export const engine: Area = {
  name: "engine and pages",
  tests: [
    "packages/nn/src/cache/page-pool.test.ts",
    "packages/nn/src/cache/prefix-tree.test.ts",
    "packages/nn/src/cache/kv-sequence.test.ts",
    "packages/nn/src/pass/step-inputs.test.ts",
    "packages/helium/src/engine/plan-pass.test.ts",
    "packages/helium/src/engine/shared-starts.test.ts",
    "packages/helium/src/engine/outputs/read-outputs.test.ts",
    "packages/helium/src/engine/outputs/read-candidates.test.ts",
    "packages/helium/test/engine/requests.test.ts",
    "packages/helium/src/engine/pass-inputs.test.ts",
    "packages/helium/test/engine/clients.test.ts",
    "packages/helium/test/engine/sequence-group.test.ts",
    "packages/helium/test/engine/engine.test.ts",
    "packages/helium/test/engine/shared-starts.test.ts",
    "packages/helium/test/engine/lookahead.test.ts",
    "packages/helium/test/engine/replay.test.ts",
    "packages/helium/test/engine/reuse.test.ts",
    "packages/helium/test/engine/logprobs.test.ts",
    "packages/nn/src/cache/kv-cache.test.ts",
    "packages/helium/test/generation/edges.test.ts",
    "packages/helium/test/generation/generation.test.ts",
    "packages/helium/test/generation/failures.test.ts",
    "packages/helium/test/models/edges.test.ts",
  ],
  bugs: [...pageBugs, ...outputBugs, ...passBugs, ...lookaheadBugs],
};
