import { createInterface } from "node:readline";

/** What a program behind `LineProcess` can do. */
export interface LineHandlers {
  readonly prefill: (tokens: number) => Promise<number>;
  readonly decode: (context: number, steps: number) => Promise<number>;
  /** Said once, when the program is ready. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** The other end of `LineProcess`: loads, says so, then answers until `quit`. */
export async function serveLines(load: () => Promise<LineHandlers>): Promise<never> {
  const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  try {
    const { prefill, decode, facts } = await load();
    say({ ready: true, ...facts });
    for await (const line of createInterface({ input: process.stdin })) {
      const [command, first = NaN, second = NaN] = line.split(" ").map((word, n) => (n === 0 ? word : Number(word)));
      if (command === "quit") break;
      say({
        seconds: command === "prefill" ? await prefill(Number(first)) : await decode(Number(first), Number(second)),
      });
    }
  } catch (error) {
    say({ error: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
  process.exit(0);
}
