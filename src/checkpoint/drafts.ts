import type { Draft } from "../core/events.ts";

/** Parts in the order in which they were saved, as one text per step. */
export function joinDrafts(parts: readonly Draft[]): readonly Draft[] {
	const texts = new Map<string, { step: string; agent: string; parts: string[] }>();
	for (const { step, agent, text } of parts) {
		const draft = texts.get(step) ?? { step, agent, parts: [] };
		draft.parts.push(text);
		texts.set(step, draft);
	}
	return [...texts.values()].map((draft) => ({ step: draft.step, agent: draft.agent, text: draft.parts.join("") }));
}
