import type { ItemSession } from "massgen";

/**
 * Stands in for a model, so that the examples need no key: it has a few facts, and knows of the user only what stands in
 * the conversation it is shown. Without the conversation it cannot answer.
 */
export async function ask(session: ItemSession, question: string): Promise<string> {
	const history = await session.getItems();
	const answer = reply([...history.map((item) => String(item.content)), question]);
	await session.addItems([
		{ role: "user", content: question },
		{ role: "assistant", content: answer },
	]);
	return answer;
}

function reply(texts: readonly string[]): string {
	const question = texts.at(-1) ?? "";
	const said = (pattern: RegExp): string | undefined =>
		texts.map((text) => pattern.exec(text)?.[1]).findLast((match) => match !== undefined);
	if (/what's my name/i.test(question)) return said(/my name is (\w+)/i) ?? "I do not know your name.";
	if (/what do i do for work/i.test(question)) return said(/i work as an? (\w+)/i) ?? "I do not know your work.";
	if (/what city is the golden gate bridge in/i.test(question)) return "San Francisco";
	if (/what state is it in/i.test(question)) return texts.includes("San Francisco") ? "California" : "I do not know what you mean.";
	const [, left, right] = /(\d+) \+ (\d+)/.exec(question) ?? [];
	if (left !== undefined && right !== undefined) return String(Number(left) + Number(right));
	return "Noted.";
}
