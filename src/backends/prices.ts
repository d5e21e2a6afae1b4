import snapshot from "../../configs/prices.json" with { type: "json" };
import type { Request, Usage } from "../core/conversation.ts";
import type { Estimate } from "../core/types.ts";
import { isRecord, snakeKeys } from "./keys.ts";
import { isLocalAddress, knownServer, serverAt } from "./servers.ts";

/** US dollars per million tokens. `cached`: read from the provider's cache; `written`: written into it. */
export type Price = {
	readonly input: number;
	readonly output: number;
	readonly cached?: number;
	readonly written?: number;
	/** Dearer prices for requests with more input than `tokens`, the smallest first. */
	readonly above?: readonly (Price & { readonly tokens: number })[];
};

/** Which model of whom. */
export type Priced = { readonly backend: string; readonly model: string | undefined; readonly baseUrl?: string | undefined };

const shipped: Readonly<Record<string, Readonly<Record<string, Price>>>> = snapshot.prices;
const free: Price = { input: 0, output: 0 };

/** When the shipped prices were true. */
export const pricesDate: string = snapshot.date;

/** The price of a model; undefined if nobody knows it. What the user says (by model or backend/model) replaces what is shipped. */
export function priceOf({ backend, model, baseUrl }: Priced, overrides: Readonly<Record<string, unknown>> = {}): Price | undefined {
	if (model === undefined) return backend === "simulated" ? free : undefined;
	const provider = (backend === "chatcompletion" && baseUrl !== undefined ? serverAt(baseUrl)?.name : undefined) ?? backend;
	const known = shippedPrice(provider, model) ?? (isFree(provider, baseUrl) ? free : undefined);
	const given = overrides[`${backend}/${model}`] ?? overrides[model];
	return isRecord(given) ? changed(known, snakeKeys(given)) : known;
}

/** What a call has cost, in US dollars; undefined if the price is unknown. */
export function costOf(priced: Priced, usage: Usage, overrides?: Readonly<Record<string, unknown>>): number | undefined {
	const price = priceOf(priced, overrides);
	return price && cost(price, usage);
}

function cost(price: Price, { input, output, cached, written = 0 }: Usage): number {
	const tier = price.above?.findLast(({ tokens }) => input > tokens) ?? price;
	const fresh = Math.max(0, input - cached - written);
	const dollars = fresh * tier.input + cached * (tier.cached ?? tier.input) + written * (tier.written ?? tier.input) + output * tier.output;
	return dollars / 1_000_000;
}

function shippedPrice(provider: string, model: string): Price | undefined {
	const prices = shipped[provider];
	const plain = model.replace(/^models\//, "");
	// A dated name costs what the name without its date does.
	return prices?.[plain] ?? prices?.[plain.replace(/-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, "")];
}

/** Nobody sends a bill for simulated agents and for a server on one's own machine. */
function isFree(provider: string, baseUrl: string | undefined): boolean {
	if (provider === "simulated") return true;
	const address = baseUrl ?? knownServer(provider)?.baseUrl;
	return address !== undefined && isLocalAddress(address);
}

function changed(known: Price | undefined, { input, output, cached_input, cache_write }: Record<string, unknown>): Price | undefined {
	const read = (value: unknown, otherwise: number | undefined) => (typeof value === "number" ? value : otherwise);
	const fresh = read(input, known?.input);
	const made = read(output, known?.output);
	if (fresh === undefined || made === undefined) return known;
	const cached = read(cached_input, input === undefined ? known?.cached : undefined);
	const written = read(cache_write, input === undefined ? known?.written : undefined);
	return { input: fresh, output: made, ...(cached === undefined ? {} : { cached }), ...(written === undefined ? {} : { written }) };
}

/** Before a request: about four bytes are a token. `ratio` corrects that by what the provider counted last. */
export function estimate(
	request: Request,
	price: Price | undefined,
	{ ratio = 1, output = 0 }: { readonly ratio?: number; readonly output?: number } = {},
): Estimate {
	const input = Math.ceil((bytes(request) / 4) * ratio);
	const tokens = input + output;
	return price ? { tokens, costUsd: cost(price, { input, output, cached: 0, reasoning: 0 }) } : { tokens };
}

/** A request is measured several times on its way, and late in a large team it is long. */
const sizes = new WeakMap<Request, number>();

function bytes(request: Request): number {
	const known = sizes.get(request) ?? Buffer.byteLength(JSON.stringify(request));
	sizes.set(request, known);
	return known;
}

/** Estimates and counts the calls of one agent, one after the other, and learns from each. */
export type Meter = { readonly price: Price | undefined; estimate(request: Request): Estimate; cost(usage: Usage): number | undefined };

/** `maxTokens`: the longest reply that the user allows. Without it a reply is taken to be as long as the longest so far. */
export function meter(priced: Priced & { readonly maxTokens?: number | undefined }, overrides?: Readonly<Record<string, unknown>>): Meter {
	const price = priceOf(priced, overrides);
	let ratio = 1;
	let longest = 500;
	let asked = 0;
	return {
		price,
		estimate(request) {
			asked = bytes(request) / 4;
			return estimate(request, price, { ratio, output: priced.maxTokens ?? longest });
		},
		cost(usage) {
			if (asked > 0 && usage.input > 0) ratio = usage.input / asked;
			longest = Math.max(longest, usage.output);
			return price && cost(price, usage);
		},
	};
}
