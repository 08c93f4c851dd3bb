/**
 * Test files that the short form (`npm test`) leaves out as a whole, unless they are named or near to a change. They start
 * programs, pages and services, or take long by intention. Beside this table stands that of parts of files, in short-form.ts.
 */
export const filesLeftOut = {
  "the command as a process of its own: signals, pipes, terminals, shells, kills. Within the tests' process it stays": [
    "packages/cli/test/process.test.ts",
    "packages/cli/test/serve-process.test.ts",
    "packages/cli/test/endpoint-of-own-server.test.ts",
    "packages/cli/test/bench-webgpu.test.ts",
    "packages/cli/test/eval-process.test.ts",
    "packages/cli/test/batches/batch-process.test.ts",
    "packages/cli/test/batches/serve-batches.test.ts",
    "packages/cli/test/chat/chat-terminal.test.ts",
    "packages/cli/test/command-line/pipes.test.ts",
    "packages/cli/test/shells/completion.test.ts",
    "scripts/recording/*.test.ts",
  ],
  "lines through Redis, replicas behind nginx, load on a server, deployments": [
    "packages/serve/test/redis/submit-batch.test.ts",
    "scripts/soak/*/short-form*.test.ts",
    "scripts/deploy/*.test.ts",
  ],
  "pages that refuse threads, freeze or lose their graphics card; conformance in Chromium and an engine in a page stay":
    [
      "packages/tensor/test/gpujs/gpujs-browser.test.ts",
      "packages/tensor/test/wasm/wasm-workers.test.ts",
      "packages/tensor/test/quantize-workers.test.ts",
      "packages/helium/test/webgpu/webgpu-page.test.ts",
    ],
  "kernels of webgpu that only cards take, and passes that it refuses": [
    "packages/tensor/test/webgpu/kernel-scenarios.test.ts",
    "packages/helium/test/webgpu/engine.test.ts",
  ],
  "models on wasm in several memories; matrices in them stay": ["packages/helium/test/models/wasm-memories.test.ts"],
  "grammars that are made to take long": [
    "packages/helium/src/grammar/hostile-grammars.test.ts",
    "packages/helium/test/grammar/hostile.test.ts",
  ],
  "the page of conformance, written anew": ["scripts/tables/conformance-page.test.ts"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What scripts/tests/run-tests.ts sets where these files are to be left out. */
export const leaveOutFiles = { HELIUM_LM_LEAVE_OUT: "files" } as const;

/** The files that this run leaves out; none where vitest is started by itself. */
export const testsLeftOut = (): readonly string[] =>
  process.env["HELIUM_LM_LEAVE_OUT"] === leaveOutFiles.HELIUM_LM_LEAVE_OUT ? Object.values(filesLeftOut).flat() : [];
