// An engine on webgpu of whose passes the device refuses some, in a process of its own: the driver is found by variables of the environment.
import { loadModel } from "@helium-lm/helium";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { refuse } from "../../../../testing/webgpu/device-failures.ts";
import type { EngineFailures } from "./engine-messages.ts";

const dawnFlags = ["enable-dawn-features=allow_unsafe_apis,disable_workgroup_init"];
const prompts = [
  [1, 5, 17, 44, 8],
  [1, 9, 31],
  [1, 5, 17, 44, 23, 2, 7],
];

/** Texts, one beside the other; before token `failing` of the first, a batch is refused. */
async function texts(
  backend: Backend,
  folder: string,
  failing: readonly number[],
  lookahead = 0,
): Promise<readonly string[]> {
  using model = await loadModel("causal-lm", folder, { backend });
  using engine = model.engine({ lookahead });
  let told = 0;
  const run = (count: number): Promise<readonly string[]> =>
    Promise.all(
      prompts.slice(0, count).map(async (inputIds, i) => {
        const handle = engine.submit({ inputIds, maxNewTokens: 12, doSample: false });
        try {
          for await (const _ of handle) if (i === 0 && failing.includes(++told)) refuse();
          return (await handle.result).ids.join(" ");
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
      }),
    );
  const beside = await run(3);
  const alone = await run(1);
  return [...beside, ...alone, ...(await run(2))];
}

process.on("message", (folder: string) => {
  void (async (): Promise<EngineFailures | string> => {
    const [wasm, webgpu] = [
      await createBackend("wasm", { threads: 1 }),
      await createBackend("webgpu", { dawnFlags }).catch(String),
    ];
    if (typeof webgpu === "string") return webgpu;
    return {
      expected: await texts(wasm, folder, []),
      // The third token of the texts side by side, and the second of the one that comes alone.
      given: await texts(webgpu, folder, [3, 14]),
      // The same for one that is two tokens ahead when it fails: what it wrote is behind those that are read.
      ahead: await texts(webgpu, folder, [3, 14], 2),
    };
  })()
    .catch((error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)))
    .then((answer) => process.send?.(answer));
});
process.on("disconnect", () => process.exit(0));
