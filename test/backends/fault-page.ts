import { wireFormats } from "../fixtures/wire-formats.ts";

export type FaultRow = { readonly fault: string; readonly place: string; readonly outcomes: readonly string[] };

/** `docs/faults.md`, made from what the fault server's tests have seen. `npx vitest run test/backends/faults -u` writes it. */
export function faultPage(rows: readonly FaultRow[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	const table = [
		line(["fault", "where", ...wireFormats]),
		line(Array.from({ length: wireFormats.length + 2 }, () => "---")),
		...rows.map(({ fault, place, outcomes }) => line([fault, place, ...outcomes])),
	];
	return `# When a model's server fails

A reply counts only if its provider marked it as complete: a finish reason that we know, and no error before it. What was
streamed until a fault stays visible and is kept as a draft, but is never taken for an answer. The agent tries again where
that can help, with growing, jittered waits and never earlier than the server asks (\`Retry-After\`); an agent that fails
for good leaves the team, and the others go on.

## What each fault is called

The table is made by a test that runs every provider format against a server that fails in every one of these ways
(\`test/fixtures/fault-server.ts\`). ↻ means that the call is tried again.

${table.join("\n")}

## What the names mean, and what to do

| name | meaning | what to do |
| --- | --- | --- |
| auth | the key is missing, wrong, or may not use this model | the message names the variable that holds the key |
| rate-limit | too many requests or tokens in a short time | nothing: it waits; fewer at a time: [rate limits](providers.md#rate-limits) |
| quota | the account has no credit left | top it up, or give the agent another backend |
| network | no connection, a broken one, or a server that is down or overloaded | check \`base_url\`, the proxy variables and the server |
| timeout | no byte from the server for five minutes | less reasoning effort, or \`reasoning: { summary: auto }\` where the backend has it |
| bad-response | the reply broke off, or was not what a model sends | if it is a web page: \`base_url\` is wrong |
| context-too-long | the conversation does not fit into the model's context | a model with a larger one, fewer rounds, a shorter question |
| bad-request | the server does not know the model or an option | check \`model\` and the options of the backend |
| refused | the provider's content rules stopped the reply | another model, or another question |

After repeated network faults of one server its agents stop asking it for a while and then try with one call: the log and
the display say so.
`;
}
