// `npm run demo`: works on a fresh clone. Installs, builds, and lets helium-nano continue a sentence.
// Arguments replace the prompt and options, e.g. `npm run demo -- "Once upon a time" --seed 7`.
import { install, run } from "./toolchain.mjs";

await install();
await run("npm", ["run", "build", "--silent"]);

const given = process.argv.slice(2);
const args = given.length > 0 ? given : ["Um das System zu installieren,"];
await run("node", ["packages/helium/dist/cli/main.js", "generate", ...args, "--model", "models/helium-nano"]);
