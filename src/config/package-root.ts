import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readTree } from "../config/parse.ts";

/** Where the program is installed: the same whether it runs from `src` or bundled from `dist`. */
export function packageRoot(): string {
	let directory = import.meta.dirname;
	while (!existsSync(join(directory, "package.json")) && dirname(directory) !== directory) directory = dirname(directory);
	return directory;
}

export function examplesDirectory(): string {
	return join(packageRoot(), "examples");
}

/** How fast each server may be asked, as it is shipped. */
export function shippedRates(): unknown {
	rates ??= readTree(join(packageRoot(), "configs/rate_limits.yaml")).value;
	return rates;
}

let rates: unknown;
