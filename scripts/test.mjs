// `npm test`: works on a fresh clone. Arguments go to vitest, e.g. `npm test -- packages/nn`.
import { install, run } from "./toolchain.mjs";

await install();
await run("vitest", ["run", ...process.argv.slice(2)]);
