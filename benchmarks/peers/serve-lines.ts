import { createInterface } from "node:readline";

/** What a program behind `LineProcess` can do; `prefill` and `decode` give seconds. */
export interface LineHandlers {
  readonly prefill: (tokens: number) => Promise<number>;
  readonly decode: (context: number, steps: number) => Promise<number>;
  /** Further commands by name, with what each answers. */
  readonly commands?: Readonly<Record<string, (...numbers: number[]) => Promise<object>>>;
  /** Said once, when the program is ready. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The other end of `LineProcess`: loads, says so, then answers until `quit`. */
export async function serveLines(load: () => Promise<Partial<LineHandlers>>): Promise<never> {
  const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  try {
    const { prefill, decode, commands, details } = await load();
    const known: NonNullable<LineHandlers["commands"]> = {
      ...(prefill && { prefill: async (tokens = 0) => ({ seconds: await prefill(tokens) }) }),
      ...(decode && { decode: async (context = 0, steps = 0) => ({ seconds: await decode(context, steps) }) }),
      ...commands,
    };
    say({ ready: true, ...details });
    for await (const line of createInterface({ input: process.stdin })) {
      const [command = "", ...numbers] = line.split(" ");
      if (command === "quit") break;
      say((await known[command]?.(...numbers.map(Number))) ?? { error: `unknown command ${command}` });
    }
  } catch (error) {
    say({ error: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
  process.exit(0);
}
