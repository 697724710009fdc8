import { importModule } from '../subject/membrane.ts';
import { stage } from './stage.ts';

/** Whether suites run against code in this process (the reference, by hand) and not in a sealed realm. */
export function inProcess(): boolean {
  return stage() === undefined;
}

/**
 * The exports of a module of the code under test. What they hold may be read inside a test or hook only: while Jest
 * collects the tests, no submission is loaded yet.
 * @param path  the module's path in starter/, without ending: `mm/page_alloc`
 */
export function subject<M extends object>(path: string): M {
  const load = (): object => {
    if (expect.getState().currentTestName === undefined) {
      throw new Error(`subject('${path}') was read outside a test: move this into the test or a beforeEach`);
    }
    const running = stage();
    return running === undefined ? (require(`osgrade-subject:${path}`) as object) : importModule(running.realm(), path);
  };
  return new Proxy({} as M, {
    get: (_, name) => Reflect.get(load(), name),
    has: (_, name) => Reflect.has(load(), name),
    ownKeys: () => Reflect.ownKeys(load()),
    getOwnPropertyDescriptor: (_, name) => {
      const found = Reflect.getOwnPropertyDescriptor(load(), name);
      return found && { ...found, configurable: true };
    },
  });
}
