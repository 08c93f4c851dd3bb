import { z } from "@hono/zod-openapi";
import { batchUrls } from "./batch-line.ts";

/** A file, as OpenAI's API tells of it. */
export const fileObject = z
  .object({
    id: z.string(),
    object: z.literal("file"),
    bytes: z.int(),
    created_at: z.int(),
    filename: z.string(),
    purpose: z.enum(["batch", "batch_output"]),
    status: z.literal("processed"),
  })
  .openapi("File");

export type FileObject = z.infer<typeof fileObject>;

export const batchStatuses = [
  "validating",
  "in_progress",
  "finalizing",
  "completed",
  "failed",
  "expired",
  "cancelling",
  "cancelled",
] as const;

export type BatchStatus = (typeof batchStatuses)[number];

/** Those after which nothing more happens. */
export const endStatuses: ReadonlySet<BatchStatus> = new Set(["completed", "failed", "expired", "cancelled"]);

const time = z.int().nullable();

/** A batch, as OpenAI's API tells of it. */
export const batchObject = z
  .object({
    id: z.string(),
    object: z.literal("batch"),
    endpoint: z.enum(batchUrls),
    errors: z
      .object({
        object: z.literal("list"),
        data: z.array(
          z.object({
            code: z.string(),
            message: z.string(),
            param: z.string().nullable(),
            line: z.int().nullable(),
          }),
        ),
      })
      .nullable(),
    input_file_id: z.string(),
    completion_window: z.string(),
    status: z.enum(batchStatuses),
    output_file_id: z.string().nullable(),
    error_file_id: z.string().nullable(),
    created_at: z.int(),
    in_progress_at: time,
    expires_at: time,
    finalizing_at: time,
    completed_at: time,
    failed_at: time,
    expired_at: time,
    cancelling_at: time,
    cancelled_at: time,
    request_counts: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
    metadata: z.record(z.string(), z.string()).nullable(),
  })
  .openapi("Batch");

export type BatchObject = z.infer<typeof batchObject>;

/** What a batch is made of. */
export const batchOrder = z
  .looseObject({
    input_file_id: z.string(),
    endpoint: z.enum(batchUrls),
    completion_window: z
      .string()
      .regex(/^[1-9]\d{0,5}[smhd]$/, 'is no span of time; expected one such as "24h"')
      .openapi({ description: "After which what is not done is given up: 24h, 90m, 7d" }),
    metadata: z
      .record(z.string().max(64), z.string().max(512))
      .refine((given) => Object.keys(given).length <= 16, "has more than 16 entries")
      .nullish(),
  })
  .openapi("CreateBatchRequest");

export type BatchOrder = z.infer<typeof batchOrder>;

/** Which part of a list is asked for. */
export const pageQuery = {
  after: z.string().optional().openapi({ description: "The id behind which the page begins" }),
};

export interface PageQuery {
  readonly after?: string | undefined;
  readonly limit: number;
  /** Default: the newest first. */
  readonly order?: "asc" | "desc" | undefined;
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
}

/** What stands around a page, as OpenAI's API gives it. */
export const pageFields = {
  object: z.literal("list"),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
};

/** The page as it is written. */
export const pageBody = <T extends { readonly id: string }>({
  data,
  hasMore,
}: Page<T>): {
  readonly object: "list";
  readonly data: T[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
} => ({
  object: "list",
  data: [...data],
  first_id: data[0]?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more: hasMore,
});
