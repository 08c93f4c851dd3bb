/** What the process ends with. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, hungUp: 129, interrupted: 130, terminated: 143 } as const;

/** What each means, for the help. */
export const exitCodeTexts: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: "done",
  failed: "it failed; stderr says why",
  usage: "the command line, or a setting, is wrong",
  hungUp: "the terminal was closed",
  interrupted: "stopped by Ctrl-C",
  terminated: "told to end (SIGTERM)",
};
