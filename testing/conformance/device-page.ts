// A page that runs the conformance suite on the gpujs backend and emits every outcome.
import { pollByTimer } from "../browser/poll-by-timer.ts";
import { offerTasks, type Emit } from "../browser/tasks.ts";
import { runDeviceConformance, type DeviceTask } from "./run-on-device.ts";

pollByTimer();

offerTasks({
  conformance: (task: DeviceTask, emit: Emit) => runDeviceConformance(task, emit),
});
