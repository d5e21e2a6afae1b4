import type { Message, Reply, Request } from "../core/conversation.ts";
import type { Backend, Call, CallResult } from "./backend.ts";
import { callMarker, messageText, readCalls, type TextTools, toolInstructions, visibleText } from "./text-tools.ts";

export type FallbackOptions = {
	/** As the user set it; otherwise the server's own word decides. */
	readonly mode: "native" | "text" | undefined;
	/** Server and model, for remembering what this one cannot do. */
	readonly model: string;
	/** What only this agent knows: feeds the marker of its calls. */
	readonly secret: string;
};

/** Models that have said no to tools, until the process ends. */
const withoutTools = new Set<string>();

/** Gives tools to models that have none: their calls are written as text. Found out by asking, unless the user says so. */
export function withToolFallback(native: Backend, { mode, model, secret }: FallbackOptions): Backend {
	const marker = callMarker(secret);
	async function call(call: Call): Promise<CallResult> {
		if (call.request.tools.length === 0 || mode === "native") return native.call(call);
		if (mode === "text" || withoutTools.has(model)) return callInText(native, call, marker);
		const result = await native.call(call);
		if (!refusesTools(result)) return result;
		withoutTools.add(model);
		return callInText(native, call, marker);
	}
	return { call };
}

async function callInText(native: Backend, call: Call, marker: string): Promise<CallResult> {
	const textTools: TextTools = { tools: call.request.tools, marker };
	const visible = visibleText(textTools);
	const show = (text: string) => {
		if (text !== "") call.onDelta("text", text);
	};
	const result = await native.call({
		...call,
		request: asText(call.request, textTools),
		onDelta: (kind, text) => (kind === "text" ? show(visible.push(text)) : call.onDelta(kind, text)),
	});
	if (!result.ok) return result;
	show(visible.end());
	const { opaque: _, ...reply } = result.reply;
	const { text, toolCalls } = readCalls(reply.text, textTools, call.step);
	const finish: Reply["finish"] = toolCalls.length > 0 ? "tool-calls" : reply.finish;
	return { ok: true, reply: { ...reply, text, toolCalls, finish } };
}

/** The same conversation for a model that knows text alone. Neighbours of one role become one message. */
function asText(request: Request, textTools: TextTools): Request {
	const messages: Message[] = [];
	for (const message of request.messages) {
		const text = messageText(message, textTools.marker);
		const last = messages.at(-1);
		if (message.role === "assistant") messages.push({ role: "assistant", text, reasoning: "", toolCalls: [] });
		else if (last?.role === "user") messages[messages.length - 1] = { role: "user", text: `${last.text}\n\n${text}` };
		else messages.push({ role: "user", text });
	}
	const system = [request.system, toolInstructions(textTools)].filter((part) => part !== "").join("\n\n");
	return { system, messages, tools: [] };
}

const refusal =
	/(tools?|function.?call\w*|tool.?choice).{0,60}(not (be )?(supported?|available|enabled)|unsupported)|(not|n't|un).?support\w*.{0,40}(tools?|function)|no endpoints found that support tool|enable-auto-tool-choice|--jinja/i;

/** Whether an error says that this model takes no tools. */
export function refusesTools(result: CallResult): boolean {
	return (
		!result.ok &&
		!result.error.retryable &&
		["bad-request", "bad-response"].includes(result.error.kind) &&
		refusal.test(result.error.message)
	);
}
