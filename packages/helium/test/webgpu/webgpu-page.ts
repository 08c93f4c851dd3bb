// A page that loads models on webgpu, or on what `auto` takes, and loses its device when it is told so.
import { filesSource, loadModel } from "@helium-lm/helium";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { embeddedFiles, type EmbeddedModel } from "../../../../testing/browser/embedded-files.ts";
import { offerTasks, type Emit } from "../../../../testing/browser/tasks.ts";

const devices: GPUDevice[] = [];
const requestDevice = Reflect.get(GPUAdapter.prototype, "requestDevice") as (
  this: GPUAdapter,
  ...options: unknown[]
) => Promise<GPUDevice>;
GPUAdapter.prototype.requestDevice = async function (...options) {
  const device = await requestDevice.apply(this, options);
  devices.push(device);
  return device;
};

let backend: Backend;
let goOn = (): void => undefined;

interface Generation {
  readonly model: EmbeddedModel;
  readonly prompt: number[];
  readonly tokens: number;
  /** With so many tokens it waits until it is told to go on. */
  readonly waitsAt?: number;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const told = (made: Backend): object => ({ name: made.name, ...made.info() });

offerTasks({
  async create({ name, options }: { readonly name: string; readonly options: Readonly<Record<string, unknown>> }) {
    backend = await createBackend(name, options);
    return told(backend);
  },

  /** What a model loaded by the name of a backend runs on. */
  async loadOn({ name, model }: { readonly name: string; readonly model: EmbeddedModel }) {
    using loaded = await loadModel("causal-lm", filesSource(embeddedFiles(model)), { backend: name });
    return told(loaded.backend);
  },

  /** Greedy tokens, or the message of what went wrong. Tells of every token. */
  async generate({ model, prompt, tokens, waitsAt }: Generation, emit: Emit) {
    try {
      using loaded = await loadModel("causal-lm", filesSource(embeddedFiles(model)), { backend });
      const ids: number[] = [];
      for await (const {
        tokens: [id = -1],
      } of loaded.stream({ inputIds: [prompt], maxNewTokens: tokens, doSample: false })) {
        ids.push(id);
        const told = ids.length === waitsAt ? new Promise<void>((resolve) => (goOn = resolve)) : null;
        emit(ids.length);
        await told;
      }
      return { ids };
    } catch (error) {
      return { error: messageOf(error) };
    }
  },

  goOn: () => goOn(),

  destroy: () => devices.at(-1)?.destroy(),

  /** Whether the backend knows that its device is gone. */
  async check() {
    try {
      await backend.synchronize();
      return "alive";
    } catch (error) {
      return messageOf(error);
    }
  },

  end: () => backend.dispose(),
});
