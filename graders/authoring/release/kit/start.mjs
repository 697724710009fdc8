// `npm run check` and `npm run pack`: loads TypeScript, then the commands.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
