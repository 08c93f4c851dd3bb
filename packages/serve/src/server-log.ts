/** Where a server writes what happens; pino's loggers are of this form. Prompts and answers are never written. */
export interface ServerLog {
  info(facts: Readonly<Record<string, unknown>>, message: string): void;
  warn(facts: Readonly<Record<string, unknown>>, message: string): void;
  error(facts: Readonly<Record<string, unknown>>, message: string): void;
}

/** Writes nothing. */
export const silentLog: ServerLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
