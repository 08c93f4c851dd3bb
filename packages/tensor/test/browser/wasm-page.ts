// A page that makes backends and tells what they are.
import { add, createBackend, tensor } from "@helium-lm/tensor";
import { offerTasks } from "../../../../testing/browser/tasks.ts";

offerTasks({
  /** What the backend says of itself, and 1 + 2 on it; or the error's message. */
  async create({ name, options }: { readonly name: string; readonly options: Readonly<Record<string, unknown>> }) {
    try {
      const backend = await createBackend(name, options);
      using sum = add(tensor(backend, [1]), tensor(backend, [2]));
      const [value] = await sum.data();
      const info = backend.info();
      backend.dispose();
      return { info, value };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  },
});
