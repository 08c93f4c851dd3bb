import { join } from "node:path";
import { loadPrefixFile, savePrefixFile } from "@helium-lm/helium";
import type { ModelEntry } from "../models/model-registry.ts";
import type { ServedModel } from "../models/served-model.ts";
import type { ServerLog } from "../server-log.ts";
import { folderSecret } from "./folder-secret.ts";

/**
 * A folder in which the stored starts of texts outlive the process, a file for each model. They are what others wrote, so that
 * only its owner may read it.
 */
export class PrefixFolder {
  /** Separates the starts of one key from those of others, the same at each start of the server. */
  readonly secret: string;
  readonly #folder: string;
  readonly #log: ServerLog;

  private constructor(folder: string, secret: string, log: ServerLog) {
    this.#folder = folder;
    this.secret = secret;
    this.#log = log;
  }

  /** Makes the folder where it is not there yet. @throws Error where it cannot be made or read */
  static async open(folder: string, log: ServerLog): Promise<PrefixFolder> {
    return new PrefixFolder(folder, await folderSecret(folder), log);
  }

  /** The entry of a model that begins with what was stored, and stores what it has before it is freed. */
  keeping(entry: ModelEntry): ModelEntry {
    return {
      ...entry,
      load: async (signal) => {
        const model = await entry.load(signal);
        await this.#load(model);
        return model;
      },
      beforeUnload: async (model) => {
        await entry.beforeUnload?.(model);
        await this.#save(model);
      },
    };
  }

  /** A file of another model or version is left alone, and replaced at the end. */
  async #load(model: ServedModel): Promise<void> {
    try {
      const taken = await loadPrefixFile(model.engine, this.#fileOf(model));
      if (taken) this.#log.info({ model: model.id, ...taken }, "stored starts of texts were taken over");
    } catch (error) {
      this.#log.warn({ model: model.id, error: String(error) }, "stored starts of texts could not be taken over");
    }
  }

  async #save(model: ServedModel): Promise<void> {
    try {
      const bytes = await savePrefixFile(model.engine, this.#fileOf(model));
      this.#log.info({ model: model.id, bytes }, "starts of texts were stored");
    } catch (error) {
      this.#log.warn({ model: model.id, error: String(error) }, "starts of texts could not be stored");
    }
  }

  #fileOf({ id }: ServedModel): string {
    return join(this.#folder, `${encodeURIComponent(id)}.prefixes`);
  }
}
