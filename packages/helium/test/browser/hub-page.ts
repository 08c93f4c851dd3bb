// A page that loads models from a hub into the origin's private file system.
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  HubAccessError,
  HubError,
  HubIntegrityError,
  HubNotFoundError,
  HubOfflineError,
  parseHubId,
  pullModel,
} from "@helium-lm/helium";
import { offerTasks, type Emit } from "../../../../testing/browser/tasks.ts";

interface Request {
  readonly endpoint: string;
  readonly repo: string;
  readonly token?: string;
  readonly localFilesOnly?: boolean;
  /** Bytes after which the page gives up. */
  readonly stopAfter?: number;
}

/** The page's script is minified, and its classes' names with it. */
const errors = { HubAccessError, HubIntegrityError, HubNotFoundError, HubOfflineError };

/** Paths and sizes of all files that the page keeps. */
async function tree(folder: FileSystemDirectoryHandle, path = ""): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === "directory") Object.assign(found, await tree(handle, `${path}${name}/`));
    else found[path + name] = (await handle.getFile()).size;
  }
  return found;
}

/** Tells how far it is. */
async function pull({ repo, stopAfter, ...options }: Request, emit: Emit): Promise<unknown> {
  const id = parseHubId(repo);
  if (id === null) throw new Error(`${repo} is no model of the hub`);
  const stop = new AbortController();
  try {
    return await pullModel(id, {
      ...options,
      retry: { backoffMs: 1, attempts: 3 },
      signal: stop.signal,
      onDownload: (progress) => {
        emit(progress);
        if (stopAfter !== undefined && progress.loaded >= stopAfter) stop.abort();
      },
    });
  } catch (error) {
    const [name] = Object.entries(errors).find(([, type]) => error instanceof type) ?? [];
    if (error instanceof HubError) return { error: name, message: error.message };
    return { error: error instanceof DOMException ? error.name : String(error) };
  }
}

offerTasks({
  pull,

  /** Two at once, as two tabs would. */
  pullTwice: (request: Request, emit: Emit) => Promise.all([pull(request, emit), pull(request, emit)]),

  async logits({ repo, ...options }: Request & { readonly inputIds: number[] }) {
    const { inputIds, ...hub } = options;
    using model = await AutoModelForCausalLM.fromPretrained(repo, { ...hub, backend: "cpu" });
    using logits = model.forward({ inputIds: [inputIds] }).logits;
    return [...(await logits.data())].map(Number);
  },

  async encode({ repo, text, ...hub }: Request & { readonly text: string }) {
    return (await AutoTokenizer.fromPretrained(repo, hub)).encode(text);
  },

  async tree() {
    return tree(await navigator.storage.getDirectory());
  },

  async clear() {
    const root = await navigator.storage.getDirectory();
    for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  },
});
