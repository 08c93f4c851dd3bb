import type { Recipe } from "./recipe.ts";
import { backend } from "./toys/backend.ts";
import { family } from "./toys/family.ts";
import { processor } from "./toys/processor.ts";

/** A toy for each recipe. */
export const recipes: readonly Recipe[] = [processor, family, backend];
