import type { Recipe } from "./recipe.ts";
import { backend } from "./toys/backend.ts";
import { family } from "./toys/family.ts";
import { format } from "./toys/format.ts";
import { head } from "./toys/head.ts";
import { op } from "./toys/op.ts";
import { processor } from "./toys/processor.ts";

/** A toy for each recipe. */
export const recipes: readonly Recipe[] = [processor, family, head, op, format, backend];
