// The entry of the thread that inspects: loads TypeScript, then the thread's own code.
import { register } from 'tsx/esm/api';

register();
await import('./thread-main.ts');
