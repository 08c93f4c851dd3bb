import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
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
  readonly options: ResolvedServerOptions;
}

/** What is known of a request beside its text. */
export interface RequestFacts {
  /** The id by which logs and the client speak of it. */
  readonly requestId: string;
  /** Keeps the stored starts of texts of one key from the others. */
  readonly cacheSalt: string;
  readonly record: RequestRecord;
}

/** The application, with the variables that its middleware sets for each request. */
export type ServeApp = OpenAPIHono<{ Variables: RequestFacts }>;

/** A request as routes and middleware get it. */
export type ServeContext = Context<{ Variables: RequestFacts }>;

/** Adds routes, or what goes before them, to the application. */
export type RouteModule = (app: ServeApp, context: ServerContext) => void;
