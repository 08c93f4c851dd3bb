// What `npm run demo` shows, and what docs/demo.svg is a recording of.

/** Sampled, since greedy text repeats itself; the seeds make every demo the same. */
const lively = ["--temperature", "0.5", "--max-new-tokens", "48", "--seed"];

/** Arguments of the `helium-lm` command, one line each. */
export const demoCommands = [
  ["generate", "To install the system, you need", ...lively, "3"],
  ["generate", "Um das System zu installieren,", ...lively, "1"],
  ["generate", "Pour installer le système,", ...lively, "2"],
  ["generate", "Para instalar el sistema,", ...lively, "3"],
  ["classify", "Come posso installare il sistema sul mio computer?"],
  ["tag", "Ouvrez le menu et choisissez une langue, then restart your computer and log in again."],
];

const quoted = (argument) => (/[^\w.-]/.test(argument) ? `"${argument}"` : argument);

/** How a person would type it. */
export const commandLine = (args) => `npx helium-lm ${args.map(quoted).join(" ")}`;
