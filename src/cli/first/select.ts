/** `massgen --select`: choose one of the teams that are shipped, by category, with a look at the file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { intro, note, select, text } from "@clack/prompts";
import { type ExampleEntry, exampleCatalogue } from "../../config/catalogue.ts";
import { examplesDirectory } from "../../config/package-root.ts";
import type { Io } from "../io.ts";
import { answered, type Desk, deskOf } from "./questions.ts";

/** What was chosen, and the question for it; undefined where there is no terminal to choose in. */
export type Selected = { readonly config: string; readonly question: string };

export async function selectTeam(io: Io, question: string | undefined): Promise<Selected | undefined> {
	const desk = deskOf(io);
	if (!desk) return undefined;
	const examples = exampleCatalogue(examplesDirectory());
	intro("massgen: teams to choose from", desk);
	for (;;) {
		const example = await askExample(desk, examples);
		note(preview(example, desk), `@examples/${example.name}`, desk);
		const use = answered(
			await select({
				...desk,
				message: "Ask this team?",
				options: [
					{ value: true, label: "Yes" },
					{ value: false, label: "No, back to the list" },
				],
			}),
		);
		if (use) return { config: `@examples/${example.name}`, question: question ?? (await askQuestion(desk, example)) };
	}
}

async function askExample(desk: Desk, examples: readonly ExampleEntry[]): Promise<ExampleEntry> {
	const categories = [...new Set(examples.map(({ category }) => category))];
	for (;;) {
		const options = categories.map((category) => ({ value: category, label: category, hint: `${inCategory(category).length} teams` }));
		const category = answered(await select({ ...desk, message: "Which kind?", options, maxItems: 12 }));
		const members = inCategory(category).map((example) => ({ value: example.name, label: lastPart(example.name), hint: example.about }));
		const name = answered(
			await select({ ...desk, message: "Which team?", options: [...members, { value: "", label: "Back" }], maxItems: 12 }),
		);
		const example = examples.find((candidate) => candidate.name === name);
		if (example) return example;
	}

	function inCategory(category: string): readonly ExampleEntry[] {
		return examples.filter((example) => example.category === category);
	}
}

async function askQuestion(desk: Desk, example: ExampleEntry): Promise<string> {
	const initialValue = example.try.match(/"([^"]+)"\s*$/)?.[1] ?? "";
	const validate = (given: string | undefined) => (given?.trim() ? undefined : "A question cannot be empty.");
	return answered(await text({ ...desk, message: "Your question", initialValue, validate }));
}

/** As much of the file as a screen shows. */
function preview({ name }: ExampleEntry, { output }: Desk): string {
	const lines = readFileSync(join(examplesDirectory(), `${name}.yaml`), "utf8")
		.trimEnd()
		.split("\n");
	const most = Math.max(8, output.rows - 12);
	return lines.length > most ? [...lines.slice(0, most), `… massgen --example ${name} prints all of it`].join("\n") : lines.join("\n");
}

function lastPart(name: string): string {
	return name.slice(name.lastIndexOf("/") + 1);
}
