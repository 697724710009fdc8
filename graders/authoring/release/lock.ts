/** A package-lock.json for fewer packages, cut from our own: the same versions, checked by the same hashes. */
import { z } from 'zod';
import { GraderError } from '../../errors.ts';

const Names = z.record(z.string(), z.string()).optional();

/** One installed package; what is not named here is copied as it is. */
const Entry = z.looseObject({
  dependencies: Names,
  optionalDependencies: Names,
  peerDependencies: Names,
  peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: z.boolean().optional() })).optional(),
});
type Entry = z.infer<typeof Entry>;

const Lock = z.looseObject({ lockfileVersion: z.literal(3), packages: z.record(z.string(), Entry) });

/** The head of a package.json that a lock repeats. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
}

/**
 * @param lockText  our own package-lock.json
 * @returns the text of the lock of `manifest`, whose dependencies must all be our own too
 */
export function cutLock(lockText: string, manifest: Manifest): string {
  const lock = Lock.parse(JSON.parse(lockText));
  const { packages } = lock;
  const required = closure(packages, resolved(packages, '', Object.keys(manifest.dependencies)), requiredOf);
  const all = closure(packages, required, (entry) => [...requiredOf(entry), ...optionalOf(entry)]);
  const kept = [...all].sort().map((path) => {
    const { dev, devOptional, optional, ...entry } = packages[path] ?? {};
    return [path, required.has(path) ? entry : { ...entry, optional: true }] as const;
  });
  const { name, version, license, dependencies, engines } = manifest;
  const cut = {
    name,
    version,
    lockfileVersion: lock.lockfileVersion,
    requires: true,
    packages: { '': { name, version, license, dependencies, engines }, ...Object.fromEntries(kept) },
  };
  return `${JSON.stringify(cut, null, 2)}\n`;
}

type Packages = Readonly<Record<string, Entry>>;

function requiredOf({ dependencies, peerDependencies, peerDependenciesMeta, optionalDependencies }: Entry): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
  const own = Object.keys(dependencies ?? {}).filter((name) => optionalDependencies?.[name] === undefined);
  return [...own, ...peers];
}

/** Packages for one system or another, and peers that are used if they are there. */
function optionalOf({ optionalDependencies }: Entry): string[] {
  return Object.keys(optionalDependencies ?? {});
}

/** All paths in node_modules that the given ones need, themselves included. */
function closure(
  packages: Packages,
  from: ReadonlySet<string>,
  needs: (entry: Entry) => readonly string[],
): ReadonlySet<string> {
  const found = new Set(from);
  for (const path of found) {
    for (const next of resolved(packages, path, needs(packages[path] ?? {}))) found.add(next);
  }
  return found;
}

/** Where Node would find packages, seen from one: in its own node_modules, or in those further up. */
function resolved(packages: Packages, from: string, names: readonly string[]): ReadonlySet<string> {
  const paths = names.flatMap((name) => {
    const path = foldersUp(from)
      .map((folder) => `${folder}node_modules/${name}`)
      .find((candidate) => packages[candidate] !== undefined);
    if (path === undefined && from === '') {
      throw new GraderError('RELEASE_FAILED', `package-lock.json does not hold ${name}: run npm install first.`);
    }
    return path ?? [];
  });
  return new Set(paths);
}

/** `node_modules/a/node_modules/b` looks in itself, then in `node_modules/a`, then at the top. */
function foldersUp(path: string): readonly string[] {
  if (path === '') return [''];
  return [`${path}/`, ...foldersUp(path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))))];
}
