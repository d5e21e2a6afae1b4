import { expect, it } from "vitest";
import { teamFromTree } from "../../src/config/load.ts";
import { parseTree } from "../../src/config/parse.ts";
import names from "../fixtures/massgen-keys.json" with { type: "json" };
import { looking } from "./looking.ts";

/** Values for keys that are read here; any other key may hold anything. */
const samples: Readonly<Record<string, unknown>> = {
	agents: [{ id: "a", backend: { type: "simulated" } }],
	"agents[].backend": { type: "simulated" },
	"agents[].backend.type": "openai",
	"agents[].backend.temperature": 0.5,
	"agents[].backend.top_p": 0.5,
	"agents[].backend.top_k": 5,
	"agents[].backend.max_tokens": 500,
	"agents[].backend.base_url": "http://localhost:1234/v1",
	"agents[].backend.text.verbosity": "low",
	"agents[].backend.reasoning.effort": "medium",
	"agents[].backend.reasoning.summary": "auto",
	"agents[].backend.permission_mode": "acceptEdits",
	"orchestrator.max_new_answers_per_agent": 3,
	"orchestrator.coordination.max_orchestration_restarts": 2,
	"ui.display_type": "rich_terminal",
	"ui.type": "rich_terminal",
	"display.type": "rich_terminal",
	"timeout.orchestrator_timeout_seconds": 600,
};

const mappings = /\.(backend|llm_config|executor|pattern|environment_config|preset_args|env|text|reasoning)$/;

function sample(path: string): unknown {
	if (path in samples) return samples[path];
	if (/_seconds$/.test(path)) return 60;
	if (/^(enable_|use_)|\.(enable_|use_|logging_)/.test(path) || /enabled$/.test(path)) return true;
	if (/(_servers|_tools|_files|_paths|\.betas)$/.test(path)) return [];
	const inner = names.filter((name) => name.startsWith(`${path}.`) || name.startsWith(`${path}[]`));
	return inner.length > 0 || mappings.test(path) ? {} : "x";
}

/** A configuration in which this key is set, with everything around it that it needs. */
function configWith(path: string): Record<string, unknown> {
	const config: Record<string, unknown> = { agents: [{ id: "a", backend: { type: "openai", model: "m" } }] };
	const parts = path.split(".");
	let target = config;
	for (const [index, part] of parts.entries()) {
		const name = part.replace("[]", "");
		const last = index === parts.length - 1;
		if (part.endsWith("[]")) {
			const list = Array.isArray(target[name]) ? target[name] : [];
			if (list.length === 0) list.push({});
			target[name] = list;
			target = list[0];
		} else if (last) {
			target[name] = sample(path);
		} else {
			target[name] = typeof target[name] === "object" ? target[name] : {};
			target = target[name] as Record<string, unknown>;
		}
	}
	return config;
}

it.each(names)("a file with the key %s of MassGen 0.1.44 has no error", (name) => {
	const text = JSON.stringify(configWith(name), null, 2);
	expect(() => teamFromTree(parseTree(text, "team.json"), undefined, looking)).not.toThrow();
});
