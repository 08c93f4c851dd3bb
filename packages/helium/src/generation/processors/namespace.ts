/**
 * What the name `processors` holds. Its types are declared here and not passed on: in the published declarations a type that
 * a namespace passes on from a file that several entries share is taken for a value (TS2693).
 */
import type { LogitsProcessor as Processor, LogitsRow as Row } from "./processor.ts";
import type { WatermarkingConfig as Watermarking } from "./watermarking-config.ts";

export * from "./index.ts";
export type LogitsProcessor = Processor;
export type LogitsRow = Row;
export type WatermarkingConfig = Watermarking;
