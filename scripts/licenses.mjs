import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The licences of all packages whose code is in the bundles, as their authors want them to be passed on. */
export function licenses(root, metafiles) {
	const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
	const folders = new Set(inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
	const texts = [...folders].sort().map((folder) => {
		const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
		const files = readdirSync(join(root, folder)).filter(
			(file) => /^(licen[sc]e|notice|copying)/i.test(file) && !existsSync(join(root, folder, file, ".")),
		);
		if (!license && files.length === 0) throw new Error(`${name} is bundled, and says nothing about its licence.`);
		return [
			`${name} ${version} (${license ?? "see below"})`,
			...files.map((file) => readFileSync(join(root, folder, file), "utf8").trim()),
		].join("\n\n");
	});
	return `Packages that are part of massgen, and their licences.\n\n${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
