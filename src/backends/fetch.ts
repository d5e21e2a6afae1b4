import type { Dispatcher } from "undici";

/** A server answered with something that no model API sends: usually a wrong `base_url`. */
export class WrongContentError extends Error {
	readonly contentType: string;
	readonly body: string;

	constructor(contentType: string, body: string) {
		super(`The server answered with ${contentType}.`);
		this.contentType = contentType;
		this.body = body;
	}
}

export type FetchOptions = {
	/** Without a byte for this long, a call counts as hung. The built-in limit of 300 s is too short for slow models. */
	readonly idleMs: number;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Merged into every JSON body that is sent. */
	readonly extraBody?: Readonly<Record<string, unknown>> | undefined;
};

/** The built-in `fetch` with our limits, through the user's proxy if there is one. */
export function limitedFetch({ idleMs, env, extraBody }: FetchOptions): typeof fetch {
	return async (input, init = {}) => {
		const { fetch, dispatcher } = await connection(idleMs, env);
		const body = extraBody && typeof init.body === "string" ? merged(init.body, extraBody) : init.body;
		const send = (signal: AbortSignal | null | undefined) =>
			fetch(input, { ...init, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}), dispatcher });
		const response = idleMs < coarse ? await watched(send, idleMs, init.signal) : await send(init.signal);
		if (response.ok) await refuseWrongContent(response);
		return response;
	};
}

/** The dispatcher looks at its limits about once a second: too coarse for limits below this. */
const coarse = 10_000;

/** Ends a request whose server has sent nothing for `idleMs`, to the millisecond. */
async function watched(
	send: (signal: AbortSignal) => Promise<Response>,
	idleMs: number,
	signal: AbortSignal | null | undefined,
): Promise<Response> {
	const idle = new AbortController();
	const timer = setTimeout(() => idle.abort(new IdleError()), idleMs);
	timer.unref();
	const stop = () => clearTimeout(timer);
	try {
		const response = await send(signal ? AbortSignal.any([signal, idle.signal]) : idle.signal);
		const watch = new TransformStream<Uint8Array, Uint8Array>({
			transform(chunk, controller) {
				timer.refresh();
				controller.enqueue(chunk);
			},
			flush: stop,
		});
		idle.signal.addEventListener("abort", stop);
		signal?.addEventListener("abort", stop, { once: true });
		if (!response.body) stop();
		return new Response(response.body?.pipeThrough(watch) ?? null, {
			status: response.status,
			statusText: response.statusText,
			headers: response.headers,
		});
	} catch (thrown) {
		stop();
		throw idle.signal.aborted && !signal?.aborted ? idle.signal.reason : thrown;
	}
}

/** Named and coded like the dispatcher's own. */
class IdleError extends Error {
	readonly code = "UND_ERR_BODY_TIMEOUT";
	override readonly name = "BodyTimeoutError";
}

type Connection = {
	readonly dispatcher: unknown;
	readonly fetch: (input: string | URL | Request, init: RequestInit & { dispatcher: unknown }) => Promise<Response>;
};

/** One connection pool per limit and proxy, shared by all agents of the process. */
const connections = new Map<string, Promise<Connection>>();

function connection(idleMs: number, env: FetchOptions["env"]): Promise<Connection> {
	const proxy = {
		httpProxy: env.http_proxy ?? env.HTTP_PROXY,
		httpsProxy: env.https_proxy ?? env.HTTPS_PROXY,
		noProxy: env.no_proxy ?? env.NO_PROXY,
	};
	const key = JSON.stringify([idleMs, proxy]);
	const known = connections.get(key);
	if (known) return known;
	const made = connect(idleMs, proxy.httpProxy || proxy.httpsProxy ? proxy : undefined);
	connections.set(key, made);
	return made;
}

async function connect(idleMs: number, proxy: Readonly<Record<string, string | undefined>> | undefined): Promise<Connection> {
	const limits = { headersTimeout: idleMs, bodyTimeout: idleMs, connect: { timeout: Math.min(idleMs, 15_000) } };
	// The built-in dispatcher exists once fetch has been touched. Its class costs nothing; importing undici costs 13 to 25 ms.
	void new Headers();
	const builtIn: unknown = Reflect.get(globalThis, Symbol.for("undici.globalDispatcher.1"));
	if (!proxy && builtIn && builtIn.constructor.name === "Agent") {
		return { dispatcher: Reflect.construct(builtIn.constructor, [limits]), fetch: (input, init) => globalThis.fetch(input, init) };
	}
	const undici = await import("undici");
	const given = Object.fromEntries(Object.entries(proxy ?? {}).filter(([, value]) => value !== undefined));
	const dispatcher: Dispatcher = proxy ? new undici.EnvHttpProxyAgent({ ...limits, ...given }) : new undici.Agent(limits);
	const fetch: unknown = undici.fetch;
	if (!isFetch(fetch)) throw new Error("undici has no fetch");
	return { dispatcher, fetch };
}

/** undici's `fetch` and the built-in one are the same code; only the names of their types differ. */
function isFetch(value: unknown): value is Connection["fetch"] {
	return typeof value === "function";
}

function merged(body: string, extra: Readonly<Record<string, unknown>>): string {
	return JSON.stringify({ ...JSON.parse(body), ...extra });
}

/** A stream of events never comes as a web page or as one JSON document; what comes so is an error that says 200. */
async function refuseWrongContent(response: Response): Promise<void> {
	const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
	if (type !== "text/html" && type !== "application/json") return;
	throw new WrongContentError(type, (await response.text()).slice(0, 2000));
}
