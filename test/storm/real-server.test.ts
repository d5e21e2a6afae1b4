import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/agents/clock.ts";
import type { Clock } from "../../src/backends/backend.ts";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import { runTurn } from "../../src/massgen.ts";
import { simulatedTeam } from "../../src/testing.ts";
import { frames } from "../fixtures/wire-formats.ts";

/** Real time, fifty times as fast: a second is twenty milliseconds. */
const speed = 50;
const quick: Clock = {
	now: () => systemClock.now() * speed,
	wall: () => systemClock.wall(),
	sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
};

type Request = { readonly model: string; readonly at: number; endedAt: number; readonly refused: boolean };

/** A server that refuses the first two requests of every model, for a second, and counts how many it has at a time. */
async function strictServer() {
	const requests: Request[] = [];
	const seen = { now: 0, most: 0 };
	const server = createServer(async (incoming, response) => {
		seen.most = Math.max(seen.most, ++seen.now);
		response.on("close", () => seen.now--);
		let body = "";
		for await (const chunk of incoming) body += chunk;
		const { model }: { model: string } = JSON.parse(body);
		const refused = requests.filter((request) => request.model === model).length < 2;
		const request = { model, at: performance.now(), endedAt: 0, refused };
		requests.push(request);
		await new Promise((resolve) => setTimeout(resolve, 5));
		request.endedAt = performance.now();
		if (refused) {
			response.writeHead(429, { "content-type": "application/json", "retry-after": "1" });
			return void response.end(JSON.stringify({ error: { message: "Rate limit reached for requests.", type: "requests" } }));
		}
		response.writeHead(200, { "content-type": "text/event-stream" });
		response.end(frames("openai compatible", "tool").all.join("").replaceAll("Paris", model));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests, seen };
}

test("a hundred agents at a real server that refuses each of them twice: ten at a time, none too early, none lost", async () => {
	const { url, requests, seen } = await strictServer();
	const options = { baseUrl: url };
	const agents = Array.from({ length: 100 }, (_, index) => ({
		id: `a${index}`,
		backend: "vllm",
		model: `m${index}`,
		options,
		secretOptions: options,
	}));
	const team = { ...simulatedTeam(1), agents, rateLimits: { default: { concurrent: 10 } } };
	const stop = new AbortController();
	let answers = 0;
	const { turn } = await runTurn({
		store: createMemoryStore("s"),
		team,
		question: "Where?",
		env: {},
		clock: quick,
		signal: stop.signal,
		onEvent: ({ type }) => {
			if (type === "answer.submitted" && ++answers === 100) stop.abort("All have answered.");
		},
	});
	expect(turn.answers).toHaveLength(100);
	expect(turn.retired).toEqual({});
	expect(seen.most).toBeLessThanOrEqual(10);
	expect(seen.most).toBeGreaterThan(5);
	for (const { id } of turn.agents) {
		const own = requests.filter(({ model }) => model === id.replace("a", "m"));
		expect(own.slice(0, 3).map(({ refused }) => refused)).toEqual([true, true, false]);
		const [first, second, third] = own;
		// A second of this clock after each refusal, but for the last millisecond of timers.
		expect((second?.at ?? 0) - (first?.endedAt ?? 0)).toBeGreaterThan(1000 / speed - 1.5);
		expect((third?.at ?? 0) - (second?.endedAt ?? 0)).toBeGreaterThan(1000 / speed - 1.5);
	}
});
