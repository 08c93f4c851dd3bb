import { createHash } from "node:crypto";

/** Under it lies all that we write, with the version of its form: workers of another form never see it. */
const ROOT = "helium-lm:batch:1";

/** Prefix of BullMQ's keys. */
export const QUEUES = `${ROOT}:queue`;

/** One queue for each name of a model. BullMQ's own separator is the colon. */
export const queueName = (model: string): string => encodeURIComponent(model);

/** The same text for the same line of the same batch, whoever submits it and however often. */
export const jobId = (batch: string, customId: string): string =>
  `${batch}-${createHash("sha256").update(customId).digest("hex").slice(0, 24)}`;

/** Where BullMQ keeps a job; it is there until the job is done. */
export const jobKey = (model: string, id: string): string => `${QUEUES}:${queueName(model)}:${id}`;

/** Hash of outcomes by custom_id. */
export const answersKey = (batch: string): string => `${ROOT}:answers:${batch}`;

/** Who submits the batch. */
export const ownerKey = (batch: string): string => `${ROOT}:owner:${batch}`;
