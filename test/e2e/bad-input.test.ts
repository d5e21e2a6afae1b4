import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startFaultServer } from "../fixtures/fault-server.ts";
import { bare, closedAddress } from "./first-run-machine.ts";
import { modelServer } from "./model-server.ts";
import { type Ended, Place } from "./program.ts";

/** A key that must never be seen again, however a server behaves. */
const canary = "sk-canary-4711-canary-4711-canary";
const env = { ...bare, CANARY_KEY: canary, OPENAI_API_KEY: canary };

async function server(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void): Promise<string> {
	const http = createServer(async (request, response) => {
		let body = "";
		for await (const chunk of request) body += chunk;
		answer(request, response, body);
	});
	await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		http.closeAllConnections();
		http.close();
	});
	const { port } = http.address() as AddressInfo;
	return `http://127.0.0.1:${port}/v1`;
}

function refusing(status: number, message: string): Promise<string> {
	return server((_, response) => {
		response.writeHead(status, { "content-type": "application/json" });
		response.end(JSON.stringify({ error: { message, type: "invalid_request_error" } }));
	});
}

/** Repeats the key in everything it says. */
function echoing(status: number, type: string): Promise<string> {
	return server((request, response) => {
		response.writeHead(status, { "content-type": type });
		response.end(`{"error":{"message":"Incorrect API key provided: ${request.headers.authorization}"}}`);
	});
}

/** A web page that repeats the key. */
function page(): Promise<string> {
	return server((request, response) => {
		response.writeHead(200, { "content-type": "text/html" });
		response.end(`<!doctype html><title>Welcome</title><p>${request.headers.authorization}`);
	});
}

/** A model that takes no tools, and writes what it is asked for as text. */
function toolless(): Promise<string> {
	return server((_, response, body) => {
		if (JSON.parse(body).tools?.length > 0) {
			response.writeHead(400, { "content-type": "application/json" });
			return void response.end(JSON.stringify({ error: { message: "this model does not support tools" } }));
		}
		response.writeHead(200, { "content-type": "text/event-stream" });
		const chunk = (delta: object, finish: string | null) =>
			response.write(
				`data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
			);
		chunk({ role: "assistant", content: "I cannot call anything." }, null);
		chunk({}, "stop");
		response.end("data: [DONE]\n\n");
	});
}

function team(addresses: Readonly<Record<string, string>>): string {
	const agents = Object.entries(addresses).map(
		([id, url]) => `  - id: ${id}\n    backend: { type: chatcompletion, model: ${id}, base_url: "${url}", api_key: "\${CANARY_KEY}" }\n`,
	);
	return `agents:\n${agents.join("")}orchestrator:\n  max_failures: 0\n`;
}

/** Whoever holds the key after the run: the two outputs, or any file of the session and the home. */
function leaks(place: Place, { stdout, stderr }: Ended): string[] {
	const files = readdirSync(place.root, { recursive: true, encoding: "utf8", withFileTypes: true }).filter((entry) => entry.isFile());
	const holders = files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => readFileSync(path).includes("canary-4711"));
	return [...(stdout.includes("canary-4711") ? ["stdout"] : []), ...(stderr.includes("canary-4711") ? ["stderr"] : []), ...holders];
}

describe("what goes wrong with one agent", () => {
	test("is said of this agent, each in its own words; the others answer, and the key appears nowhere", async () => {
		const place = new Place();
		const faults = await startFaultServer();
		onTestFinished(() => faults.close());
		const good = await modelServer();
		place.write(
			"team.yaml",
			team({
				red: good.url,
				wrong_key: await echoing(401, "application/json"),
				no_model: await refusing(404, "The model `no_model` does not exist"),
				nobody: await closedAddress(),
				web_page: faults.url("openai compatible", "wrong type"),
				toolless: await toolless(),
				no_money: await refusing(402, "Insufficient balance"),
			}),
		);
		const ended = await place.run(["--config", "team.yaml", "--json", "Which colour?"], { env });
		const { answer, agents, winner } = JSON.parse(ended.stdout);
		expect([ended.code, answer, winner.agent]).toEqual([0, "The answer of red.", "red"]);
		const errors: Record<string, string | null> = Object.fromEntries(
			agents.map(({ id, error }: { id: string; error: string | null }) => [id, error]),
		);
		expect(errors).toMatchObject({
			red: null,
			toolless: expect.stringMatching(/called neither new_answer nor vote/),
			wrong_key: expect.stringMatching(/401.*Incorrect API key/),
			no_model: expect.stringMatching(/404.*does not exist/),
			nobody: expect.stringMatching(/nothing listens at http:\/\/127\.0\.0\.1:\d+\/v1/),
			web_page: expect.stringMatching(/answered with a web page instead of a model's reply/),
			no_money: expect.stringMatching(/402.*Insufficient balance/),
		});
		expect(leaks(place, ended)).toEqual([]);
	});

	test("ends with 2 only where nobody answered, with every reason and what to do", async () => {
		const place = new Place();
		const nobody = await closedAddress();
		place.write("team.yaml", team({ wrong_key: await echoing(401, "application/json"), nobody, web_page: await page() }));
		const ended = await place.run(["--config", "team.yaml", "--verbose", "Which colour?"], { env });
		expect([ended.code, ended.stdout]).toEqual([2, ""]);
		expect(ended.stderr).toMatch(/^wrong_key: auth \(401\): .+Incorrect API key provided: Bearer \[secret\]\. Give the key as `api_key`/m);
		expect(ended.stderr).toMatch(/^nobody: network: .+nothing listens at .+\. Is the server started\?/m);
		expect(ended.stderr).toMatch(/^web_page: bad-response: .+ answered with a web page/m);
		expect(ended.stderr).not.toMatch(/^\s+at /m);
		expect(leaks(place, ended)).toEqual([]);
	});

	test("a key that stands in the configuration, in a header or in an address is not stored or shown either", async () => {
		const place = new Place();
		const url = await echoing(401, "application/json");
		const backend = `type: chatcompletion, model: m, base_url: "${url}?key=${canary}", api_key: "${canary}", headers: { x-api-key: "${canary}" }`;
		const config = `agents:\n  - { id: a, backend: { ${backend} } }\n  - { id: b, backend: { type: simulated } }\norchestrator:\n  max_failures: 0\n`;
		const path = place.write("team.yaml", config);
		const [ended, checked, shown] = [
			await place.run(["--config", "team.yaml", "--output-format", "stream-json", "--verbose", "Which colour?"], { env: bare }),
			await place.run(["--validate", "team.yaml", "--json"], { env: bare }),
			await place.run(["--config", "team.yaml", "--dry-run"], { env: bare }),
		];
		expect([ended.code, checked.code, shown.code]).toEqual([0, 0, 0]);
		expect([ended, checked, shown].flatMap((one) => leaks(place, one)).filter((holder) => holder !== path)).toEqual([]);
	});
});

describe("before anything is asked", () => {
	test("a missing key is told with its variable and where to put it, and nothing is left behind", async () => {
		const place = new Place();
		place.write("team.yaml", "agents:\n  - { id: a, backend: { type: openai } }\n  - { id: b, backend: { type: claude } }\n");
		const { code, stdout, stderr } = await place.run(["--config", "team.yaml", "Which colour?"], { env: bare });
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toMatch(/Agent a: .*OPENAI_API_KEY is not set\.\n.*Agent b: .*ANTHROPIC_API_KEY is not set\./);
		expect(stderr).toContain("Put OPENAI_API_KEY=... into a file .env in this directory or into ~/.config/massgen/.env");
		expect([readdirSync(place.cwd), readdirSync(place.home)]).toEqual([["team.yaml"], []]);
	});
});

describe("shipped rates", () => {
	const groq = (url: string) =>
		`agents:\n  - { id: a, count: 31, backend: { type: groq, model: red, base_url: "${url}", api_key: k12345678 } }\n`;

	test("hold with --rate-limit, and a wait is shown", async () => {
		const place = new Place();
		const { url, calls } = await modelServer();
		place.write("team.yaml", groq(url));
		const { child, ended, told } = place.start(["--config", "team.yaml", "--rate-limit", "Which colour?"], { env: bare });
		await told("30 requests per minute");
		expect(calls.length).toBeLessThanOrEqual(30);
		child.kill("SIGINT");
		expect((await ended).code).toBe(130);
	});

	test("hold nobody back without it", async () => {
		const place = new Place();
		const { url, calls } = await modelServer();
		place.write("team.yaml", groq(url));
		expect((await place.run(["--config", "team.yaml", "-q", "Which colour?"], { env: bare })).code).toBe(0);
		expect(calls.length).toBeGreaterThan(30);
	});
});
