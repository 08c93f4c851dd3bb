import { HeliumLmError } from "@helium-lm/tensor";
import { LineProcess } from "../line-process.ts";
import { libraries, nativeProgram } from "./native.ts";

export interface GreedyTokens {
  readonly tokens: readonly number[];
  /** Logit of each token less that of the runner-up. */
  readonly gaps: readonly number[];
}

/** llama.cpp with one model, asked for tokens and probabilities. */
export class Oracle {
  readonly #process: LineProcess;

  private constructor(process: LineProcess) {
    this.#process = process;
  }

  /** @throws PeerMissing, HeliumLmError with llama.cpp's reason where it does not load the model */
  static async open(path: string, { threads = 1, context = 512 } = {}): Promise<Oracle> {
    return new Oracle(
      await LineProcess.start(nativeProgram("oracle"), [libraries(), path, String(threads), String(context)]),
    );
  }

  async tokenize(
    text: string,
    {
      addSpecial = false,
      parseSpecial = true,
    }: { readonly addSpecial?: boolean; readonly parseSpecial?: boolean } = {},
  ): Promise<readonly number[]> {
    const hex = Buffer.from(text, "utf8").toString("hex");
    const { tokens } = await this.#process.ask(`tokenize ${Number(addSpecial)} ${Number(parseSpecial)} ${hex}`);
    return numbers("tokenize", tokens);
  }

  async greedy(ids: readonly number[], count: number): Promise<GreedyTokens> {
    const { tokens, gaps } = await this.#process.ask(`greedy ${count} ${ids.join(" ")}`);
    return { tokens: numbers("greedy", tokens), gaps: numbers("greedy", gaps) };
  }

  /** Mean of −ln p over the tokens after the first. */
  async meanLoss(ids: readonly number[]): Promise<number> {
    const { nll, count } = await this.#process.ask(`score ${ids.join(" ")}`);
    if (typeof nll === "number" && typeof count === "number") return nll / count;
    throw new HeliumLmError("oracle", "answered score without numbers");
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}

function numbers(command: string, given: unknown): readonly number[] {
  if (Array.isArray(given)) return given as readonly number[];
  throw new HeliumLmError("oracle", `answered ${command} without numbers`);
}
