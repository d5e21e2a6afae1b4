import type { Delta, Draft } from "../core/events.ts";

/** The text of model calls that are streaming, and how much of it is already saved. */
export class Drafts {
	readonly #open = new Map<string, { readonly agent: string; text: string; saved: number }>();

	add({ step, agent, text }: Delta): void {
		const draft = this.#open.get(step);
		if (draft) draft.text += text;
		else this.#open.set(step, { agent, text, saved: 0 });
	}

	/** What has been added since the last time. */
	unsaved(): readonly Draft[] {
		const added: Draft[] = [];
		for (const [step, draft] of this.#open) {
			if (draft.text.length > draft.saved) added.push({ step, agent: draft.agent, text: draft.text.slice(draft.saved) });
			draft.saved = draft.text.length;
		}
		return added;
	}

	texts(): readonly Draft[] {
		return [...this.#open].map(([step, { agent, text }]) => ({ step, agent, text })).filter(({ text }) => text !== "");
	}

	/** Forgets all but these steps, and tells which it has forgotten. */
	keep(steps: ReadonlySet<string>): readonly string[] {
		const gone = [...this.#open.keys()].filter((step) => !steps.has(step));
		for (const step of gone) this.#open.delete(step);
		return gone;
	}
}
