import { watch } from "node:fs/promises";

/** Editors write a file in several steps, and tools many files at once. */
const QUIET_MS = 200;

const isWatched = (file: string): boolean =>
  !/(^|\/)(node_modules|dist|\.cache|\.git|\.ci|coverage)(\/|$)/.test(file) && !/[~#]$|\.sw.$/.test(file);

/** Calls `run` with the files that were saved since its last call, again and again; it never ends by itself. */
export async function onSaved(root: string, run: (files: readonly string[]) => Promise<unknown>): Promise<void> {
  const saved = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  const start = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (saved.size > 0) {
      const files = [...saved];
      saved.clear();
      await run(files);
      console.log("Waiting for a file to be saved; Ctrl-C ends.");
    }
    running = false;
  };
  console.log("Waiting for a file to be saved; Ctrl-C ends.");
  for await (const { filename } of watch(root, { recursive: true })) {
    const file = filename?.replaceAll("\\", "/");
    if (file === undefined || !isWatched(file)) continue;
    saved.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => void start(), QUIET_MS);
  }
}
