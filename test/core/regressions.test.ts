import { expect, test } from "vitest";
import type { Event, Recorded } from "../../src/core/events.ts";
import { emptySession, evolveSession, foldSession } from "../../src/core/session.ts";
import { anonymous } from "../../src/core/text.ts";
import { Table } from "./table.ts";

test("an alias with a hyphen, as they are drawn, does not give its author away in a text", () => {
	const agents = ["agent-d4h3", "agent-x2k9"].map((alias) => ({ id: alias, alias, backend: "simulated" }));
	expect(anonymous("As Agent-D4H3 says (and agent-x2k9, too), agent-d4h37 is not one.", agents)).toBe(
		"As another agent says (and another agent, too), agent-d4h37 is not one.",
	);
});

test("many events at once make the same session as one after the other, wherever the pages of the log are cut", () => {
	const turns = [1, 2].map((number) => {
		const table = new Table(["a", "b"], { number, question: `Question ${number}?` });
		table.all("answer", () => "42");
		return table.events.map((event) => ({ turn: number, event }));
	});
	const between: Event[] = [
		{ type: "session.renamed", name: "n" },
		{ type: "items.added", items: [{ role: "user", content: "Hi" }] },
	];
	const all = [...(turns[0] ?? []), ...between.map((event) => ({ turn: 0, event })), ...(turns[1] ?? [])];
	const events = all.map(
		({ turn, event }, index): Recorded => ({ v: 1, seq: index + 1, at: index, epoch: 1, session: "s", turn, attempt: 1, ...event }),
	);
	const whole = events.reduce(evolveSession, emptySession);
	for (let cut = 0; cut <= events.length; cut++)
		expect(foldSession(foldSession(emptySession, events.slice(0, cut)), events.slice(cut))).toEqual(whole);
});
