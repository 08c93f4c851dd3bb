// A page that puts the gpujs backend through what the conformance suite does not: loss, leaks, limits, queued errors.
import { offerTasks } from "../../../../testing/browser/tasks.ts";
import { failureTasks } from "./gpujs-failures.ts";
import { valueTasks } from "./gpujs-values.ts";

offerTasks({ ...valueTasks, ...failureTasks });
