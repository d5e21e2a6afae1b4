import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { run } from "../../src/library/run.ts";
import { type StreamRecord, stream } from "../../src/library/stream.ts";
import { place, scripted, team } from "./place.ts";

const quick = team(3);

test("M3: run() asks a team and resolves with the answer under MassGen's names", async () => {
	const at = place();
	const result = await run({ query: "What is the capital of France?", config: quick, ...at });
	expect(result).toMatchObject({ outcome: "completed", exit_code: 0, rule: "majority", config_used: null });
	expect(result.session_id).toMatch(/^api_session_\d{8}_\d{6}$/);
	expect(result.final_answer).toContain("Simulated answer");
	expect(result.selected_agent).toBe(result.winner?.agent);
	expect(await readFile(result.final_answer_path ?? "", "utf8")).toBe(result.final_answer);
});

test("M3: a session goes on over several calls, with its own team", async () => {
	const at = place();
	await run({ query: "First?", config: quick, session: "mine", ...at });
	const second = await run({ query: "Second?", session: "mine", ...at });
	expect(second).toMatchObject({ session_id: "mine", turn: 2, outcome: "completed" });
});

test("R16: stream() tells what happens and ends with the result", async () => {
	const records: StreamRecord[] = [];
	for await (const record of stream({ query: "Why?", config: quick, inMemory: true, ...place() })) records.push(record);
	const types = records.map(({ type }) => type);
	expect(types.at(0)).toBe("turn.started");
	expect(types).toContain("delta");
	expect(types.at(-1)).toBe("result");
});

test("whoever stops reading a stream leaves a turn that can be resumed", async () => {
	const at = place();
	const slow = scripted([{ wait: 400 }, { say: "In the end." }]);
	for await (const record of stream({ query: "Why?", config: slow, session: "left", ...at })) if (record.type === "step.started") break;
	const resumed = await run({ session: "left", ...at });
	expect(resumed).toMatchObject({ session_id: "left", turn: 1, outcome: "completed" });
});
