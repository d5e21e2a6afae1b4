import type { Slash } from "../slash.ts";

export const looking: readonly Slash[] = [];
