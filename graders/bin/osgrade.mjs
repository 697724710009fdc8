#!/usr/bin/env node
// The command: loads TypeScript, then the command line itself.
import { register } from 'tsx/esm/api';

register();
await import('../cli.ts');
