import { configFaults } from "./config-faults.ts";
import type { Fault } from "./fault.ts";
import { kernelFaults } from "./kernel-faults.ts";
import { modelFaults } from "./model-faults.ts";

export const faults: readonly Fault[] = [...kernelFaults, ...configFaults, ...modelFaults];
