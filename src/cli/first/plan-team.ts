/** From what somebody chose to the agents of a new configuration. */
import type { NewTeam } from "../../config/new-team.ts";
import type { Choice } from "../../config/zero.ts";

export const simulatedChoice: Choice = {
	backend: "simulated",
	label: "Simulated agents",
	reason: "no model, no key, no cost: to see how a team works",
};

/** What a team is for, and how it decides then. */
export const purposes: readonly { readonly title: string; readonly hint: string; readonly about: string; readonly protocol: string }[] = [
	{
		title: "Open questions: research, plans, texts, code",
		hint: "they read each other, answer anew or vote",
		about: "For open questions: everybody drafts an answer, reads the others, improves or votes.",
		protocol: "vote",
	},
	{
		title: "Questions with one right answer",
		hint: "one answer each, then votes: fewer calls",
		about: "For questions with one right answer: everybody answers once, then they vote.",
		protocol: "council",
	},
	{
		title: "Answers as soon as one is there",
		hint: "no votes: the fewest calls",
		about: "For quick answers: the first one that is complete counts.",
		protocol: "first",
	},
];

/** The models are dealt out in turn; those that occur several times become one entry with a count. */
export function agentsFrom(models: readonly Choice[], count: number): NewTeam["agents"] {
	return models.map((choice, index) => {
		const { backend, model, reason } = choice;
		const copies = Math.floor(count / models.length) + (index < count % models.length ? 1 : 0);
		const isOnly = models.every((other) => other === choice || other.backend !== backend);
		// The copies of an entry get a number behind its id.
		const id = isOnly ? backend : `${backend}_${index + 1}${copies > 1 ? "_" : ""}`;
		return { id, backend, model, count: copies, note: reason };
	});
}
