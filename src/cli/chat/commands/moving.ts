import type { Slash } from "../slash.ts";

export const moving: readonly Slash[] = [];
