// `npm run demo`: works on a fresh clone. Installs, builds, and lets the models that ship with helium show what they do.
// Arguments are a command line of `helium generate` instead: `npm run demo -- "Once upon a time" --seed 7`.
import { commandLine, demoCommands } from "./demo-commands.mjs";
import { install, run } from "./toolchain.mjs";

const program = "packages/cli/dist/main.js";

const next = `
Try next:
  npx helium-lm generate "Once upon a time" --temperature 0.8
  echo "Onde fica a estação?" | npx helium-lm classify
  npx helium-lm inspect helium-nano
  npx helium-lm --help
README.md has the library in ten lines; npm test runs the tests.`;

await install();
console.log("Building the packages, which takes up to half a minute …");
await run("npm", ["run", "build", "--silent"]);

const given = process.argv.slice(2);
if (given.length > 0) {
  await run("node", [program, "generate", ...given]);
} else {
  for (const args of demoCommands) {
    console.log(`\n$ ${commandLine(args)}`);
    await run("node", [program, ...args]);
  }
  console.log(next);
}
