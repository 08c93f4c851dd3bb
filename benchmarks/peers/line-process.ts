import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { HeliumLmError } from "@helium-lm/tensor";
import { peakBytesOf, processorSecondsOf } from "./process-stats.ts";
import type { Player } from "./player.ts";

type Answer = Readonly<Record<string, unknown>>;

/** A player behind a line protocol: it gets `prefill N`, `decode L S`, `quit`, and answers each with a line of JSON. */
export class LineProcess implements Player {
  readonly #child: ChildProcess;
  readonly #command: string;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #peak = 0;
  #ended: string | undefined;
  #details: Answer = {};

  private constructor(command: string, args: readonly string[]) {
    this.#command = command;
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.on("error", (error) => this.#end(error.message));
    this.#child.on("exit", (code, signal) => this.#end(`ended with ${signal ?? `code ${code}`}`));
    if (this.#child.stdout) createInterface({ input: this.#child.stdout }).on("line", (line) => this.#receive(line));
  }

  /** Starts the program and waits for its first line, `{"ready":true}`. @throws HeliumLmError with the program's reason */
  static async start(command: string, args: readonly string[]): Promise<LineProcess> {
    const process = new LineProcess(command, args);
    process.#details = await process.#answer();
    return process;
  }

  /** What the first line said. */
  get details(): Answer {
    return this.#details;
  }

  prefill(tokens: number): Promise<number> {
    return this.#seconds(`prefill ${tokens}`);
  }

  decode(context: number, steps: number): Promise<number> {
    return this.#seconds(`decode ${context} ${steps}`);
  }

  peakBytes(): number {
    return (this.#peak = Math.max(this.#peak, peakBytesOf(this.#child.pid ?? 0)));
  }

  processorSeconds(): number {
    return processorSecondsOf(this.#child.pid ?? 0);
  }

  /** Ends the program at once, as one that hangs has to be. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.peakBytes();
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.stdin?.write("quit\n");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await gone;
    clearTimeout(timer);
  }

  /** The answer to any other command. @throws HeliumLmError with the program's reason */
  ask(command: string): Promise<Answer> {
    const answer = this.#answer();
    this.#child.stdin?.write(`${command}\n`);
    return answer;
  }

  async #seconds(command: string): Promise<number> {
    const { seconds } = await this.ask(command);
    if (typeof seconds === "number") return seconds;
    throw new HeliumLmError(this.#command, `answered ${command} without seconds`);
  }

  #answer(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#ended === undefined) this.#waiting.push({ resolve, reject });
      else reject(new HeliumLmError(this.#command, this.#ended));
    });
  }

  /** Lines that are not JSON are a library's chatter. */
  #receive(line: string): void {
    if (!line.startsWith("{")) return;
    const answer = JSON.parse(line) as Answer;
    const next = this.#waiting.shift();
    if (typeof answer.error === "string") next?.reject(new HeliumLmError(this.#command, answer.error));
    else next?.resolve(answer);
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(new HeliumLmError(this.#command, reason));
  }
}
