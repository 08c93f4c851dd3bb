/** Sends a value from a running task to the test that called it. */
export type Emit = (value: unknown) => void;

/** What a page can do for a test; arguments and results travel as JSON. */
export type Tasks = Readonly<Record<string, (argument: never, emit: Emit) => unknown>>;

interface PageGlobals {
  tasks: Tasks;
  emitFromPage: (told: { readonly task: string; readonly value: unknown }) => Promise<unknown>;
}

/** In the page: offers tasks to the test. */
export function offerTasks(tasks: Tasks): void {
  (globalThis as unknown as PageGlobals).tasks = tasks;
}

/** In the page, called by the test: runs a task. Its result comes behind all that it emits. */
export async function runTask({ task, argument }: { task: string; argument: unknown }): Promise<unknown> {
  const { tasks, emitFromPage } = globalThis as unknown as PageGlobals;
  const run = tasks[task];
  if (!run) throw new Error(`the page has no task ${task}`);
  const emitted: Promise<unknown>[] = [];
  const result = await run(argument as never, (value) => emitted.push(emitFromPage({ task, value })));
  await Promise.all(emitted);
  return result;
}
