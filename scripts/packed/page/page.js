// A page of an application: a model in the page and one in a worker, as the test asks.
import { AutoModelForCausalLM, createEngineWorker } from "@helium-lm/helium";
import { createBackend, NodeOnlyError, setWorkerFactory } from "@helium-lm/tensor";

const told = (error) => ({ isNodeOnly: error instanceof NodeOnlyError, message: error.message });

const inPage = async ({ model: url, inputIds, maxNewTokens }, backend) => {
  const model = await AutoModelForCausalLM.fromPretrained(url, backend);
  const { sequences } = await model.generate({ inputIds: [inputIds], maxNewTokens });
  const { backend: name, threads } = model.backend.info();
  model.dispose();
  return { backend: name, threads, ids: [...sequences[0]].slice(inputIds.length) };
};

const inWorker = async ({ model: url, inputIds, maxNewTokens }, backend) => {
  const worker = await createEngineWorker(url, backend);
  const { ids } = await worker.submit({ inputIds, maxNewTokens }).result;
  worker.dispose();
  return { backend: worker.model.backend, ids };
};

const automatic = async () => {
  const backend = await createBackend("auto");
  const { threads, threadsReason = null } = backend.info();
  const { name } = backend;
  backend.dispose();
  return { name, threads, threadsReason };
};

globalThis.check = async ({ hosted, webgpu, ...task }) => {
  if (hosted) setWorkerFactory(() => new Worker(new URL("./helium-worker.js", import.meta.url), { type: "module" }));
  const wasm = { backend: "wasm", threads: 2 };
  const card = { backend: "webgpu" };
  return {
    isolated: crossOriginIsolated,
    auto: await automatic().catch(told),
    page: await inPage(task, wasm).catch(told),
    worker: await inWorker(task, wasm).catch(told),
    ...(webgpu && {
      cardInPage: await inPage(task, card).catch(told),
      cardInWorker: await inWorker(task, card).catch(told),
    }),
    folder: await AutoModelForCausalLM.fromPretrained("./a/folder").catch(told),
  };
};
