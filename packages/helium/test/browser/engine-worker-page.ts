// A page that has its model in a worker.
import { createEngineWorker, ModelLoadError, type EngineWorkerOptions, type WorkerRequest } from "@helium-lm/helium";
import { offerTasks } from "../../../../testing/browser/tasks.ts";
import { embeddedFiles, type EmbeddedModel } from "../../../../testing/browser/embedded-files.ts";

/** Several texts at once; timers of the page that fire meanwhile. */
async function generate({
  model,
  options,
  requests,
}: {
  readonly model: EmbeddedModel;
  readonly options: EngineWorkerOptions;
  readonly requests: readonly WorkerRequest[];
}): Promise<object> {
  using worker = await createEngineWorker(embeddedFiles(model), options);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 2);
  const handles = requests.map((request) => worker.submit(request));
  const ids: number[] = [];
  for await (const { id } of handles[0] ?? []) ids.push(id);
  const results = await Promise.all(handles.map(async ({ result }) => (await result).ids));
  clearInterval(timer);
  return { model: worker.model, ids, results, ticks };
}

async function fail(model: EmbeddedModel): Promise<object> {
  const describe = (error: unknown): object => ({
    isModelLoadError: error instanceof ModelLoadError,
    ...(error instanceof Error && { name: error.name, message: error.message, details: { ...error }.valueOf() }),
  });
  const loading = await createEngineWorker({ "other.json": new Blob(["{}"]) }).catch(describe);
  using worker = await createEngineWorker(embeddedFiles(model), { backend: "cpu" });
  const request = await worker.submit({ inputIds: [1, 5_000_000] }).result.catch(describe);
  return { loading, request };
}

offerTasks({ generate, fail });
