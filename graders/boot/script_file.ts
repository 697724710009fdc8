/** A script for the shell: one of those that come with osgrade, or a file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraderError } from '../errors.ts';

const SCENARIOS = fileURLToPath(new URL('./scenarios', import.meta.url));

export interface Script {
  readonly text: string;
  /** The machine that it is written for: `# machine: tiny`; null: it does not say. */
  readonly machine: string | null;
}

/** Names of the scripts that come with osgrade. */
export function scenarioNames(): string[] {
  return readdirSync(SCENARIOS)
    .filter((name) => name.endsWith('.sh'))
    .map((name) => name.replace(/\.sh$/, ''))
    .sort();
}

/**
 * @param script  one of scenarioNames(), or the path of a file
 * @throws GraderError SCRIPT_NOT_FOUND
 */
export function readScript(script: string): Script {
  const names = scenarioNames();
  const text = textOf(names.includes(script) ? join(SCENARIOS, `${script}.sh`) : script, names);
  const [, machine = null] = /^# machine: (\S+)$/m.exec(text) ?? [];
  return { text, machine };
}

function textOf(path: string, names: readonly string[]): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const says = `There is no script "${path}". Name one of ${names.join(', ')}, or a file that can be read.`;
    throw new GraderError('SCRIPT_NOT_FOUND', says, cause);
  }
}
