/** Arguments of the `helium-lm` command, one line each. */
export const demoCommands: readonly (readonly string[])[];
/** How a person would type it. */
export const commandLine: (args: readonly string[]) => string;
