// Runs the comparison of wide with plain code in one module, so that a trace of this process shows which functions it reaches.
import { Arena } from "../../packages/tensor/src/backends/wasm/memory/arena.ts";
import { firstDifference } from "../../packages/tensor/src/backends/wasm/codegen/guard.ts";
import { compileKernels } from "../../packages/tensor/src/backends/wasm/module.ts";
import { SCRATCH } from "../../packages/tensor/src/backends/wasm/instance.ts";

const build = process.argv[2] === "relaxed" ? "relaxed" : "plain";
const module = await compileKernels({ build, codegen: "plain", shared: true });
const arena = new Arena({ shared: true, maxBytes: 2 ** 28 });
const difference = firstDifference([module, module], { arena, scratch: arena.alloc(SCRATCH), build });
if (difference !== null) throw new Error(`one module differs from itself in ${difference}`);
