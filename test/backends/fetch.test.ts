import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { limitedFetch } from "../../src/backends/fetch.ts";

let target: Server;
let proxy: Server;
const tunnels: string[] = [];

beforeAll(async () => {
	target = createServer(async (request, response) => {
		let text = "";
		for await (const chunk of request) text += chunk;
		if (request.url === "/silent") return;
		response.writeHead(200, { "content-type": request.url === "/page" ? "text/html" : "text/event-stream" });
		response.end(text);
	});
	proxy = createServer((_, response) => response.writeHead(400).end());
	proxy.on("connect", (request, socket, head) => {
		tunnels.push(request.url ?? "");
		const upstream = connect(portOf(target), "127.0.0.1", () => {
			socket.write("HTTP/1.1 200 OK\r\n\r\n");
			upstream.write(head);
			upstream.pipe(socket).pipe(upstream);
		});
	});
	for (const server of [target, proxy]) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
	for (const server of [target, proxy]) {
		server.close();
		server.closeAllConnections();
	}
});

function portOf(server: Server): number {
	return (server.address() as AddressInfo).port;
}

const post = (body: unknown) => ({ method: "POST", body: JSON.stringify(body) });
const here = () => `http://127.0.0.1:${portOf(target)}`;

test("requests go through the user's proxy, but for hosts that need none", async () => {
	const env = { HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}`, NO_PROXY: "127.0.0.1" };
	const fetch = limitedFetch({ idleMs: 20_000, env });
	const through = await fetch("http://models.example/v1", post({ a: 1 }));
	expect(await through.json()).toEqual({ a: 1 });
	expect(tunnels).toEqual(["models.example:80"]);
	expect(await (await fetch(here(), post({ b: 2 }))).json()).toEqual({ b: 2 });
	expect(tunnels).toHaveLength(1);
});

test("the extra body is merged into what is sent", async () => {
	const fetch = limitedFetch({ idleMs: 20_000, env: {}, extraBody: { b: { c: 2 } } });
	expect(await (await fetch(here(), post({ a: 1 }))).json()).toEqual({ a: 1, b: { c: 2 } });
});

test("a server that is silent for too long is given up, on time", async () => {
	const fetch = limitedFetch({ idleMs: 60, env: {} });
	const before = performance.now();
	await expect(fetch(`${here()}/silent`, post({}))).rejects.toMatchObject({ code: "UND_ERR_BODY_TIMEOUT" });
	expect(performance.now() - before).toBeLessThan(4000);
});

test("an aborted call ends at once, also under the limits of the dispatcher", async () => {
	const fetch = limitedFetch({ idleMs: 20_000, env: {} });
	const controller = new AbortController();
	const silent = fetch(`${here()}/silent`, { ...post({}), signal: controller.signal });
	controller.abort();
	await expect(silent).rejects.toMatchObject({ name: "AbortError" });
});

test("a web page is no answer of a model", async () => {
	const fetch = limitedFetch({ idleMs: 20_000, env: {} });
	await expect(fetch(`${here()}/page`, post({}))).rejects.toMatchObject({ contentType: "text/html" });
});
