// Carries out tasks on webgpu backends in a process of its own: the driver is found by variables of the environment.
import { backendTasks, type BackendTask } from "./backend-tasks.ts";

process.on("message", (task: BackendTask) => {
  void backendTasks[task]().then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
