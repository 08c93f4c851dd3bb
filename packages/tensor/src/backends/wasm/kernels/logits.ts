import type { FusedKernels } from "../../../contract/kernels.ts";
import { checkTargets } from "../../host/logits.ts";
import { STATUS } from "../threads/control.ts";
import type { Device } from "../device.ts";
import { grain } from "./rows.ts";

/** @throws ArgumentError for a target outside the vocabulary, which the kernel notes */
export const createLogProbsOf =
  (device: Device): FusedKernels["logProbsOf"] =>
  (out, { logits, targets }) => {
    const [M, V] = logits.layout.shape;
    device.scoped(() => {
      const [x, picks] = [device.dense(logits), device.dense(targets)];
      device.words(0, device.address(out), x, picks, STATUS, V);
      device.run("logProbsOf", M, grain(V));
    });
    if (device.takeStatus()) checkTargets(targets, V);
  };

export const createSampleTokens =
  (device: Device): FusedKernels["sampleTokens"] =>
  (out, { logits, temperature, topK, topP, uniform }) =>
    device.scoped(() => {
      const [M, V] = logits.layout.shape;
      const [x, ...settings] = [logits, temperature, topK, topP, uniform].map((operand) => device.dense(operand));
      device.words(0, device.address(out), x, ...settings, V);
      device.run("sampleTokens", M, grain(V));
    });
