import { createServer } from "node:http";

type Message = { readonly role: string; readonly content: string };

/** A server of chat completions that numbers its answers and remembers what it was asked. */
export async function talkingServer() {
	const requests: (readonly Message[])[] = [];
	const server = createServer(async (request, response) => {
		let body = "";
		for await (const part of request) body += String(part);
		const messages: readonly Message[] = JSON.parse(body).messages;
		requests.push(messages);
		response.writeHead(200, { "content-type": "text/event-stream" });
		response.end(`${chunk({ role: "assistant", content: `answer ${requests.length}` }, null)}${chunk({}, "stop")}data: [DONE]\n\n`);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	return { url: `http://127.0.0.1:${port}/v1`, requests, close: () => server.close() };
}

function chunk(delta: object, finish: string | null): string {
	const choices = [{ index: 0, delta, finish_reason: finish }];
	return `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
}
