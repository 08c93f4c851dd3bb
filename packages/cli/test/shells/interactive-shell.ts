import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";

/** A shell in a terminal of its own (util-linux's `script`), typed into as a person would. */
export class InteractiveShell {
  readonly #child: ChildProcessWithoutNullStreams;
  #output = "";
  #wake: () => void = () => undefined;

  constructor(command: string, env: Readonly<Record<string, string>>, cwd: string) {
    this.#child = spawn("script", ["-qec", command, "/dev/null"], { cwd, env });
    const take = (chunk: Buffer): void => {
      this.#output += chunk.toString();
      this.#wake();
    };
    this.#child.stdout.on("data", take);
    this.#child.stderr.on("data", take);
  }

  /** Types something; what it prints up to a match of `until`, in groups. */
  async type(keys: string, until: RegExp): Promise<RegExpExecArray> {
    this.#output = "";
    this.#child.stdin.write(keys);
    const end = Date.now() + 120_000;
    for (;;) {
      const found = until.exec(this.#output);
      if (found) return found;
      if (Date.now() > end) throw new Error(`the shell printed ${JSON.stringify(this.#output)}, not ${until}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 500);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }
}
