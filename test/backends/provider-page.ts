import type { BackendEntry } from "../../src/backends/backend.ts";

/** `docs/providers.md`, made from the backend table. `npx vitest run test/backends/registry -u` writes it. */
export function providerPage(backends: readonly BackendEntry[]): string {
	const rows = (kind: BackendEntry["kind"]) =>
		backends
			.filter((entry) => entry.kind === kind)
			.map(({ name, title, keyVariables = [], defaultModel, baseUrl, capabilities }) =>
				line([code(name), title, keyVariables.map(code).join(" "), code(defaultModel), code(baseUrl), own(capabilities)]),
			);
	const head = [line(["`type`", "who", "key from", "default model", "address", "own tools"]), line(Array(6).fill("---"))];
	return `# Models and their providers

An agent's \`backend\` says who answers for it. A provider by its name, with a key in the environment or in \`.env\`:

\`\`\`yaml
agents:
  - id: ada
    backend: { type: openai }
  - id: bob
    backend: { type: claude, model: claude-opus-5-5, max_tokens: 8000 }
  - id: cyd
    backend: { type: gemini, reasoning: { effort: high }, enable_web_search: true }
\`\`\`

or any other server that speaks OpenAI's chat completions, by its address:

\`\`\`yaml
agents:
  - id: own
    count: 3
    backend:
      type: chatcompletion
      base_url: https://models.example.org/v1
      model: our-model
      api_key: \${OUR_KEY}
\`\`\`

What each option does, and which backends take it, stands in [configuration.md](configuration.md). The names of providers
and models are only checked by their servers: a new model works on the day it appears.

## By API

${[...head, ...rows("api")].join("\n")}

## On your machine

They need no key; one is sent if its variable is set. Another machine or port: \`base_url\`.

${[...head, ...rows("local")].join("\n")}

Without a server and a key there are [simulated agents](simulated.md); coding programs with a login of their own are
[CLI agents](cli-agents.md).

## Keys

Keys are read from the environment, \`.env\` in this directory and \`~/.config/massgen/.env\`, or from \`api_key\` in the agent's
backend. Write \`api_key: \${VARIABLE}\`: sessions keep what the file says, and only that. A key is sent to its provider's
address, or to the one that you gave for this agent, and to no other: \`chatcompletion\` takes a provider's variable only if
\`base_url\` is that provider's. Keys are not printed, also not if a server repeats one in an error.

## Models that cannot call tools

Agents answer and vote by calling tools. A model that cannot is found out by its server's error, and is then told to write
its calls as marked text, until the program ends. \`tool_calling: text\` says so from the start and saves that one
request; \`tool_calling: native\` never tries.

## What is sent, and what is kept there

- One streamed request per step; no retries inside the provider's package.
- OpenAI, Azure and Grok are asked not to store anything. Reasoning comes back encrypted, is kept in the session and sent again.
- Within an attempt each request begins with all of the last one, so that the provider's cache reads most of it. Claude's is
  asked to keep each request, OpenAI's and Azure's get a key that is the same for a conversation.
- A proxy is used if \`HTTPS_PROXY\` or \`HTTP_PROXY\` is set, but for hosts in \`NO_PROXY\`. A certificate of your own:
  \`NODE_EXTRA_CA_CERTS\`.

## Prices

The cost of a call follows from the tokens that the provider counted and the prices in \`configs/prices.json\`, whose date
stands in the file. Cached input has its own price, and so has input above a size where the provider says so. Servers on
your machine and simulated agents cost nothing. A model that is not in the file has an unknown price, which is said and
never taken for nothing. Your own prices, in US dollars per million tokens, by model or by \`backend/model\`:

\`\`\`yaml
prices:
  our-model: { input: 0.10, output: 0.40, cached_input: 0.02 }
\`\`\`

## Rate limits

All agents of a process share one gate per server: so many calls at a time, so many requests and tokens in a minute and a
day, and a pause for all when the server asks one for it. Who waits says so; agents of other servers go on. The rows in
\`configs/rate_limits.yaml\` explain the numbers; yours replace them by backend:

\`\`\`yaml
rate_limits:
  gemini: { concurrent: 5, requests_per_minute: 10, tokens_per_minute: 250000, requests_per_day: 250 }
\`\`\`

When a server fails, see [faults.md](faults.md).
`;
}

function line(cells: readonly string[]): string {
	return `| ${cells.join(" | ")} |`;
}

function code(text: string | undefined): string {
	return text === undefined ? "" : `\`${text}\``;
}

function own(capabilities: BackendEntry["capabilities"]): string {
	const names: Partial<Record<BackendEntry["capabilities"][number], string>> = { "web-search": "web search", "code-execution": "code" };
	return capabilities.flatMap((capability) => names[capability] ?? []).join(", ");
}
