/** Sends a value from a running task to the test that called it. */
export type Emit = (value: unknown) => void;

/** What a page can do for a test; arguments and results travel as JSON. */
export type Tasks = Readonly<Record<string, (argument: never, emit: Emit) => unknown>>;

interface PageGlobals {
  tasks: Tasks;
  emitFromPage: Emit;
}

/** In the page: offers tasks to the test. */
export function offerTasks(tasks: Tasks): void {
  (globalThis as unknown as PageGlobals).tasks = tasks;
}

/** In the page, called by the test: runs a task. */
export async function runTask({ task, argument }: { task: string; argument: unknown }): Promise<unknown> {
  const { tasks, emitFromPage } = globalThis as unknown as PageGlobals;
  const run = tasks[task];
  if (!run) throw new Error(`the page has no task ${task}`);
  return run(argument as never, (value) => emitFromPage({ task, value }));
}
