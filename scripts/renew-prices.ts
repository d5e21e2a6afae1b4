/**
 * Writes configs/prices.json from the model catalogue of the npm package @earendil-works/pi-ai (MIT). In the root:
 *
 *   npm pack @earendil-works/pi-ai && tar xzf earendil-works-pi-ai-*.tgz
 *   npx esbuild scripts/renew-prices.ts --format=esm | node --input-type=module - package
 *   npx biome format --write configs/prices.json
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Its name for a provider, and ours. Subscriptions and resellers that we have no backend for are left out. */
const providers: Readonly<Record<string, string>> = {
	openai: "openai",
	anthropic: "claude",
	google: "gemini",
	xai: "grok",
	azure: "azure_openai",
	mistral: "mistral",
	groq: "groq",
	cerebras: "cerebras",
	together: "together",
	fireworks: "fireworks",
	openrouter: "openrouter",
	moonshotai: "moonshot",
	zai: "zai",
	deepseek: "deepseek",
};

type Cost = { readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number };
type Model = {
	readonly id: string;
	readonly type: string;
	readonly cost?: Cost & { readonly tiers?: readonly (Cost & { readonly inputTokensAbove: number })[] };
};

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("Name the directory of the unpacked package.");
const { name, version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));

const prices = Object.fromEntries(Object.entries(providers).map(([theirs, ours]) => [ours, pricesOf(theirs)]));
const head = { date: new Date().toISOString().slice(0, 10), source: `${name} ${version}`, unit: "US dollars per million tokens" };
writeFileSync("configs/prices.json", lines({ ...head, prices }));

function pricesOf(provider: string): Record<string, unknown> {
	const groups: Record<string, Record<string, Model>> = JSON.parse(
		readFileSync(join(directory ?? "", "dist/providers/data", `${provider}.json`), "utf8"),
	);
	const models = Object.values(groups).flatMap((group) => Object.values(group));
	const priced = models.filter(({ id, type, cost }) => type === "chat" && cost && isKnown(id, cost));
	return Object.fromEntries(priced.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, cost }) => [id, cost && price(cost)]));
}

/** A price of nothing mostly means that the catalogue does not know it. */
function isKnown(id: string, { input, output }: Cost): boolean {
	return input > 0 || output > 0 || id.endsWith(":free");
}

function price({ input, output, cacheRead, cacheWrite, tiers }: NonNullable<Model["cost"]>): Record<string, unknown> {
	const above = tiers?.map((tier) => ({ tokens: tier.inputTokensAbove, ...price(tier) }));
	return {
		input,
		output,
		...(cacheRead > 0 ? { cached: cacheRead } : {}),
		...(cacheWrite > 0 ? { written: cacheWrite } : {}),
		...(above && above.length > 0 ? { above } : {}),
	};
}

/** One line per model, so that a renewal can be read as a diff. */
function lines({ prices, ...head }: { prices: Record<string, Record<string, unknown>> } & Record<string, unknown>): string {
	const blocks = Object.entries(prices).map(([provider, models]) => {
		const rows = Object.entries(models).map(([id, value]) => `\t\t\t${JSON.stringify(id)}: ${JSON.stringify(value)}`);
		return `\t\t${JSON.stringify(provider)}: {\n${rows.join(",\n")}\n\t\t}`;
	});
	const first = Object.entries(head).map(([key, value]) => `\t${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
	return `{\n${first.join("")}\t"prices": {\n${blocks.join(",\n")}\n\t}\n}\n`;
}
