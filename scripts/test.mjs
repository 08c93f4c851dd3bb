// `npm test`: works on a fresh clone. Arguments are those of scripts/tests/run-tests.ts, and others go to vitest.
import { install, run } from "./toolchain.mjs";

await install();
await run("node", ["scripts/tests/run-tests.ts", ...process.argv.slice(2)]);
