import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { MutationAnswer, MutationTask } from "./worker.ts";

/** A process that keeps vitest warm; one that hangs or ends is replaced. */
export class WarmVitest {
  readonly #root: string;
  #child: ChildProcess | null = null;

  constructor(root: string) {
    this.#root = root;
  }

  /** What the tests said; null where they did not end in time, or ended the process. */
  async run(task: MutationTask, seconds: number): Promise<MutationAnswer | null> {
    this.#child ??= await this.#start();
    const child = this.#child;
    child.send(task);
    const answer = await answerOf(child, seconds);
    if (answer === null) this.stop();
    return answer;
  }

  /** Ends the process and those that vitest started. */
  stop(): void {
    const pid = this.#child?.pid;
    this.#child = null;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(fileURLToPath(new URL("worker.ts", import.meta.url)), {
      cwd: this.#root,
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // Tests of how a terminal is coloured read these.
      env: { ...process.env, VITEST: "true", TEST: "true", NODE_ENV: "test" },
    });
    if ((await answerOf(child, 600)) === null) throw new Error("vitest does not start");
    return child;
  }
}

/** Null when none comes in time, or the process ends. Seconds are counted: none passes while the machine has stopped both. */
function answerOf(child: ChildProcess, seconds: number): Promise<MutationAnswer | null> {
  return new Promise((resolve) => {
    const done = (answer: MutationAnswer | null): void => {
      clearInterval(clock);
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(answer);
    };
    const onMessage = (answer: unknown): void => done(answer as MutationAnswer);
    const onExit = (): void => done(null);
    let waited = 0;
    const clock = setInterval(() => {
      if (++waited === seconds) onExit();
    }, 1000);
    child.on("message", onMessage);
    child.on("exit", onExit);
  });
}
