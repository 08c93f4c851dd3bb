import { setWorkerFactory } from "./worker-factory.ts";

/** What a worker runs: `listen` takes what receives messages; `send` takes a message, and a list of what is moved. */
export type WorkerMain = (
  listen: (receive: (message: never) => void) => void,
  send: (message: unknown, moved?: Transferable[]) => void,
) => void;

/** What a worker may be, by name; loaded when it is told which. */
export type WorkerRoles = Readonly<Record<string, () => Promise<WorkerMain>>>;

/** First message to a worker that may be several things. */
export interface RoleMessage {
  readonly role: string;
}

/** What a worker's global scope has of use here. */
interface WorkerScope {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown, moved?: Transferable[]): void;
  importScripts(): void;
  readonly location: { readonly href: string };
}

/** Makes this worker what its first message says, and its own workers of the same script. */
export function serveRoles(roles: WorkerRoles): void {
  const scope = globalThis as unknown as WorkerScope;
  const early: unknown[] = [];
  let receive: ((message: never) => void) | null = null;

  const become = async ({ role }: RoleMessage): Promise<void> => {
    const main = await roles[role]?.();
    if (main === undefined)
      throw new Error(`serveWorker: this script has no role "${role}"; serve that of @helium-lm/helium/worker`);
    main(
      (given) => {
        receive = given;
      },
      (message, moved = []) => scope.postMessage(message, moved),
    );
    for (const message of early.splice(0)) receive?.(message as never);
  };

  scope.onmessage = ({ data }) => {
    // An error that the page hears of, as a rejection is none.
    become(data as RoleMessage).catch(reportError);
    scope.onmessage = ({ data: message }) => {
      if (receive && early.length === 0) receive(message as never);
      else early.push(message);
    };
  };
  setWorkerFactory(() => new Worker(scope.location.href, { type: isModule(scope) ? "module" : "classic" }));
}

/** Whether the script is a module: there `importScripts` throws. */
function isModule(scope: WorkerScope): boolean {
  try {
    scope.importScripts();
    return false;
  } catch {
    return true;
  }
}
