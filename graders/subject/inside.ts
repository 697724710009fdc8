/** The scripts that run inside the realm before any student code. */
import { readFileSync } from 'node:fs';

const read = (name: string): string => readFileSync(new URL(`./inside/${name}`, import.meta.url), 'utf8');

export const AGENT = read('agent.js');
export const WRITER = read('writer.js');
export const BUILTINS = read('builtins.js');
