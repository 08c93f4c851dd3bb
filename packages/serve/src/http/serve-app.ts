import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { BatchCaller, BatchService } from "../batches/batch-service.ts";
import type { Admission } from "../generation/admission.ts";
import type { ServerMetrics } from "../metrics/server-metrics.ts";
import type { ModelRegistry } from "../models/model-registry.ts";
import type { ResolvedServerOptions } from "../server-options.ts";
import type { ServerState } from "../server-state.ts";
import type { RequestRecord } from "./request-record.ts";

/** What every route works with. */
export interface ServerContext {
  readonly registry: ModelRegistry;
  readonly admission: Admission;
  readonly metrics: ServerMetrics;
  readonly state: ServerState;
  /** Null: files and batches are off. */
  readonly batches: BatchService | null;
  readonly options: ResolvedServerOptions;
}

/** What is known of a request beside its text. */
export interface RequestFacts {
  /** The id by which logs and the client speak of it. */
  readonly requestId: string;
  /** Keeps the stored starts of texts of one key from the others. */
  readonly cacheSalt: string;
  /** SHA-256 of the key, in hexadecimal; empty where none is needed. */
  readonly keyDigest: string;
  readonly record: RequestRecord;
}

/** What comes beside a request. Nothing comes from outside: who asks over HTTP has no way to send it. */
export interface RequestOrigin {
  /** The request is a line of a batch, and who made that was let in before. */
  readonly batch?: BatchCaller;
}

interface ServeEnv {
  Variables: RequestFacts;
  /** Undefined where the handler was called with a request alone, which hono's type has no word for. */
  Bindings: RequestOrigin;
}

/** The application, with the variables that its middleware sets for each request. */
export type ServeApp = OpenAPIHono<ServeEnv>;

/** A request as routes and middleware get it. */
export type ServeContext = Context<ServeEnv>;

/** Adds routes, or what goes before them, to the application. */
export type RouteModule = (app: ServeApp, context: ServerContext) => void;
