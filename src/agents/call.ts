import type { Command } from "../core/events.ts";
import type { AgentId, Assignment, OpenCall } from "../core/types.ts";
import type { Crew, Member } from "./member.ts";

/** Runs one tool call and says what came of it. Undefined if it was called off. */
export async function runCall(
	member: Member,
	{ id, agent }: Assignment,
	call: OpenCall,
	crew: Crew,
	signal: AbortSignal,
): Promise<Command | undefined> {
	const tool = member.tools.find(({ spec }) => spec.name === call.name);
	const { output, isError } = tool ? await bounded(tool, member, agent, call, crew, signal) : unknown(member, call);
	return signal.aborted ? undefined : { type: "complete-call", assignment: id, call: call.id, output, isError };
}

function unknown(member: Member, { name }: OpenCall) {
	const names = member.tools.map(({ spec }) => spec.name);
	return { output: `There is no tool ${name}.${names.length > 0 ? ` The tools: ${names.join(", ")}.` : ""}`, isError: true };
}

async function bounded(tool: Member["tools"][number], member: Member, agent: AgentId, call: OpenCall, crew: Crew, signal: AbortSignal) {
	const timeoutMs = tool.timeoutMs ?? crew.limits.toolMs;
	const controller = new AbortController();
	const settled = new AbortController();
	const abort = () => controller.abort(signal.reason);
	signal.addEventListener("abort", abort, { once: true });
	const late = crew.clock.sleep(timeoutMs, settled.signal).then(() => {
		if (settled.signal.aborted) return new Promise<never>(() => {});
		controller.abort("too late");
		return { output: `Stopped: it took longer than ${timeoutMs / 1000} s.`, isError: true };
	});
	const context = {
		agent,
		call: call.id,
		signal: controller.signal,
		...(member.workspace === undefined ? {} : { workspace: member.workspace }),
	};
	try {
		return await Promise.race([tool.run(call.input, context), late]);
	} catch (error) {
		// A tool that breaks its contract: the model is told, as of any other failure.
		return { output: `The tool failed: ${error instanceof Error ? error.message : String(error)}`, isError: true };
	} finally {
		settled.abort("settled");
		signal.removeEventListener("abort", abort);
	}
}
