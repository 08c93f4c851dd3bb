// `npm run demo`: works on a fresh clone. Installs, builds, and lets the models that ship with helium show what they do.
// Arguments are a command line of `helium generate` instead: `npm run demo -- "Once upon a time" --seed 7`.
import { install, run } from "./toolchain.mjs";

const program = "packages/cli/dist/main.js";

/** Sampled, since greedy text repeats itself; the seeds make every demo the same. */
const lively = ["--temperature", "0.5", "--max-new-tokens", "48", "--seed"];

const shows = [
  ["generate", "To install the system, you need", ...lively, "3"],
  ["generate", "Um das System zu installieren,", ...lively, "1"],
  ["generate", "Pour installer le système,", ...lively, "2"],
  ["generate", "Para instalar el sistema,", ...lively, "3"],
  ["classify", "Come posso installare il sistema sul mio computer?"],
  ["tag", "Ouvrez le menu et choisissez une langue, then restart your computer and log in again."],
];

const quoted = (argument) => (/[^\w.-]/.test(argument) ? `"${argument}"` : argument);

const next = `
Try next:
  npx helium-lm generate "Once upon a time" --temperature 0.8
  echo "Onde fica a estação?" | npx helium-lm classify
  npx helium-lm inspect helium-nano
  npx helium-lm --help
README.md has the library in ten lines; npm test runs the tests.`;

await install();
console.log("Building the four packages, which takes up to half a minute …");
await run("npm", ["run", "build", "--silent"]);

const given = process.argv.slice(2);
if (given.length > 0) {
  await run("node", [program, "generate", ...given]);
} else {
  for (const args of shows) {
    console.log(`\n$ npx helium-lm ${args.map(quoted).join(" ")}`);
    await run("node", [program, ...args]);
  }
  console.log(next);
}
