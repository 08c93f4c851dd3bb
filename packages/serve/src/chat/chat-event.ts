import type { EngineToken } from "@helium-lm/helium";

/** What happens to answer `index`: each API writes its own messages of these. */
export type ChatEvent =
  | {
      /** Text of the answer, or of the thoughts before it. */
      readonly kind: "content" | "reasoning";
      readonly index: number;
      readonly text: string;
      readonly tokens: readonly EngineToken[];
    }
  | {
      /** A call begins. */
      readonly kind: "tool-call";
      readonly index: number;
      /** Calls of this answer before it. */
      readonly call: number;
      readonly id: string;
      readonly name: string;
    }
  | {
      /** A part of a call's arguments, as JSON text. */
      readonly kind: "tool-arguments";
      readonly index: number;
      readonly call: number;
      readonly text: string;
    }
  | {
      readonly kind: "end";
      readonly index: number;
      readonly finishReason: "stop" | "length" | "tool_calls";
      /** The string or the token that ended it; null: something else did. */
      readonly stop: string | number | null;
      readonly tokens: readonly EngineToken[];
    };
