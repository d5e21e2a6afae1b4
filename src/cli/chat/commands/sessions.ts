import type { Slash } from "../slash.ts";

export const sessions: readonly Slash[] = [];
