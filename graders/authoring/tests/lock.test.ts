import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cutLock } from '../release/lock.ts';
import { packagesOf } from '../release/reach.ts';
import { ROOT } from './mini-course.ts';

const MANIFEST = { name: 'kit', version: '1.0.0', license: 'MIT', engines: { node: '>=20' } };

const LOCK = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'ours' },
    'node_modules/a': { version: '1.0.0', dependencies: { b: '^2.0.0' }, optionalDependencies: { 'a-win': '1.0.0' } },
    'node_modules/a-win': { version: '1.0.0', optional: true, os: ['win32'], dependencies: { e: '1' } },
    'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { c: '1' } },
    'node_modules/b': { version: '1.0.0' },
    'node_modules/c': {
      version: '1.0.0',
      dev: true,
      peerDependencies: { d: '1', x: '1' },
      peerDependenciesMeta: { x: { optional: true } },
    },
    'node_modules/d': { version: '1.0.0', devOptional: true },
    'node_modules/e': { version: '1.0.0' },
    'node_modules/x': { version: '1.0.0' },
  },
};

function cut(dependencies: Readonly<Record<string, string>>): Record<string, Record<string, unknown>> {
  return JSON.parse(cutLock(JSON.stringify(LOCK), { ...MANIFEST, dependencies })).packages;
}

describe('cutLock', () => {
  test('keeps what is needed, the nearest copy of it, and packages for other systems as optional', () => {
    const packages = cut({ a: '^1.0.0' });
    expect(Object.keys(packages)).toEqual([
      '',
      'node_modules/a',
      'node_modules/a-win',
      'node_modules/a/node_modules/b',
      'node_modules/c',
      'node_modules/d',
      'node_modules/e',
    ]);
    const optional = Object.keys(packages).filter((path) => packages[path]?.['optional'] === true);
    expect(optional).toEqual(['node_modules/a-win', 'node_modules/e']);
  });

  test('nothing stays a development package', () => {
    expect(Object.values(cut({ a: '^1.0.0' })).filter((entry) => 'dev' in entry || 'devOptional' in entry)).toEqual([]);
  });

  test('opens with the head of the package.json it belongs to', () => {
    expect(cut({ b: '1' })['']).toEqual({ ...MANIFEST, dependencies: { b: '1' } });
  });

  test('refuses a package that is not ours', () => {
    expect(() => cut({ nope: '1' })).toThrow(expect.objectContaining({ code: 'RELEASE_FAILED' }));
  });

  test('each dependency in the cut of the real lock is in it too, unless it is optional', () => {
    const own: { dependencies: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const text = cutLock(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'), {
      ...MANIFEST,
      dependencies: own.dependencies,
    });
    const packages: Record<string, { dependencies?: Record<string, string> }> = JSON.parse(text).packages;
    const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
    const lost = Object.values(packages).flatMap(({ dependencies = {} }) =>
      Object.keys(dependencies).filter((name) => !names.has(name)),
    );
    expect(lost).toEqual([]);
  });
});

describe('packagesOf', () => {
  test('finds packages in all kinds of imports, and neither files nor parts of packages', () => {
    const text = `import a from 'a';
import type { B } from '@b/c/d';
import 'e/f.js';
export * from './g.ts';
const h = require('h');
const i = await import('i');`;
    expect([...packagesOf([text])]).toEqual(['a', '@b/c', 'e', 'h', 'i']);
  });
});
