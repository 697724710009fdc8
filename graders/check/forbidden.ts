/**
 * What a kernel has no use for: the machine around it, the clock, chance, the test framework, other people's built-ins.
 * In the sealed realm all of this is harmless; it is named here so that a student learns why it does not work.
 */
import { ts } from 'ts-morph';
import type { Finding } from '../model/result.ts';
import { type Inspection, joined, type Located, refusal, remark } from './inspection.ts';
import { locate } from './source.ts';
import { isMereName, isOfType } from './uses.ts';

interface Reason {
  readonly names: readonly string[];
  readonly severity: Finding['severity'];
  readonly says: string;
}

const GLOBALS: readonly Reason[] = [
  {
    names: ['process', 'require', 'module', 'exports', '__dirname', '__filename', 'Buffer', 'global', 'Deno', 'Bun'],
    severity: 'error',
    says: 'belongs to Node.js and does not exist here: code of a kernel has only the language itself (ES2023) and the files of the assignment',
  },
  {
    names: ['window', 'document', 'navigator', 'localStorage', 'fetch', 'XMLHttpRequest', 'WebSocket', 'Worker'],
    severity: 'error',
    says: 'belongs to a browser and does not exist here: code of a kernel has only the language itself (ES2023) and the files of the assignment',
  },
  {
    names: ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
    severity: 'error',
    says: 'does not exist here: a kernel function is done when it returns, nothing runs later',
  },
  {
    names: ['Date', 'performance'],
    severity: 'error',
    says: 'must not be used: the same calls have to give the same results on every run, and the machine has no such clock',
  },
  {
    names: ['Math.random', 'crypto'],
    severity: 'error',
    says: 'must not be used: the same calls have to give the same results on every run',
  },
  {
    names: ['eval', 'Function'],
    severity: 'error',
    says: 'must not be used: code is written down, not made from text while running',
  },
  {
    names: ['globalThis', 'WebAssembly', 'SharedArrayBuffer', 'Atomics'],
    severity: 'error',
    says: 'must not be used: a kernel module works on what it is given and on what it owns',
  },
  {
    names: ['jest', 'describe', 'expect', 'beforeEach', 'afterEach'],
    severity: 'error',
    says: 'belongs to the tests and does not exist here: keep tests in files of their own',
  },
  {
    names: ['console'],
    severity: 'note',
    says: 'shows nothing here: what is printed is thrown away',
  },
];

const REASONS = new Map(GLOBALS.flatMap((reason) => reason.names.map((name) => [name, reason] as const)));

/** The built-in objects of the language. */
const BUILT_IN = new Set(
  `Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error Float32Array Float64Array Int16Array
  Int32Array Int8Array Iterator JSON Map Math Number Object Promise Proxy RangeError Reflect RegExp Set String Symbol
  SyntaxError TypeError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet`.split(/\s+/),
);

/** Methods of Object and Reflect that change their first argument. */
const CHANGERS = new Set(['assign', 'defineProperty', 'defineProperties', 'setPrototypeOf', 'set', 'deleteProperty']);

/** Forbidden constructs of one file, each kind once, at its first place. */
export function forbidden(file: ts.SourceFile): Located {
  const own = declaredNames(file);
  const places = new Map<string, number[]>();
  const add = (what: string, node: ts.Node): void => {
    places.set(what, [...(places.get(what) ?? []), node.getStart(file)]);
  };
  const visit = (node: ts.Node): void => {
    const what = construct(node, own);
    if (what !== undefined) add(what, node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  const noCheck = /\/\/+[ \t]*@ts_nocheck/.exec(file.text);
  if (noCheck) places.set('// @ts-nocheck', [noCheck.index]);
  return {
    at: [...places.values()].flat(),
    ...joined([...places].map(([what, starts]) => found(file, what, starts))),
  };
}

/** Constructs of the language that are refused, by what `construct` calls them. */
const CONSTRUCTS: Readonly<Record<string, string>> = {
  'await outside of a function': 'cannot be graded: a kernel module is ready as soon as it is loaded',
  'a with statement': 'cannot be graded: modules do not allow it',
  'import(...)': 'must not be used: write the import at the top of the file',
  __proto__: 'must not be used: a class says what it extends',
  'a change to a built-in object': 'must not be made: other code relies on it; write a function of your own',
  '// @ts-nocheck': 'has no effect: types are checked all the same',
};

const UNGRADABLE = new Set(['await outside of a function', 'a with statement']);

function found(file: ts.SourceFile, what: string, starts: readonly number[]): Inspection {
  const reason = REASONS.get(what);
  const more = starts.length > 1 ? ` (and ${starts.length - 1} more ${starts.length > 2 ? 'places' : 'place'})` : '';
  const subject =
    reason === undefined && what !== '// @ts-nocheck' && what !== '__proto__' ? capital(what) : `\`${what}\``;
  const finding: Finding = {
    severity: reason?.severity ?? 'error',
    rule: 'forbidden',
    says: `${subject} ${reason?.says ?? CONSTRUCTS[what] ?? 'must not be used'}${more}.`,
    at: locate(file, starts[0] ?? 0),
  };
  return UNGRADABLE.has(what) ? refusal(finding) : remark(finding);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a node is called among the refused things, if it is one. */
function construct(node: ts.Node, own: ReadonlySet<string>): string | undefined {
  if (ts.isIdentifier(node)) return globalName(node, own);
  if (ts.isWithStatement(node)) return 'a with statement';
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return 'import(...)';
  if (ts.isPropertyAccessExpression(node) && node.name.text === '__proto__') return '__proto__';
  if (changed(node).some((target) => isBuiltIn(target, own))) return 'a change to a built-in object';
  const waits = ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
  return waits && ts.findAncestor(node, ts.isFunctionLike) === undefined ? 'await outside of a function' : undefined;
}

function globalName(node: ts.Identifier, own: ReadonlySet<string>): string | undefined {
  if (own.has(node.text) || isMereName(node) || isOfType(node)) return undefined;
  const member = ts.isPropertyAccessExpression(node.parent) ? `${node.text}.${node.parent.name.text}` : '';
  return [node.text, member].find((name) => REASONS.has(name));
}

/** The expressions whose objects a node changes. */
function changed(node: ts.Node): readonly ts.Expression[] {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment ? membersOf(node.left) : [];
  }
  if (ts.isDeleteExpression(node)) return membersOf(node.expression);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { expression, name } = node.expression;
  const changes = /^(Object|Reflect)$/.test(expression.getText()) && CHANGERS.has(name.text);
  return changes ? node.arguments.slice(0, 1) : [];
}

/** The object of `object.member`. */
function membersOf(target: ts.Expression): readonly ts.Expression[] {
  const bare = unwrapped(target);
  return ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare) ? [bare.expression] : [];
}

/** `Array`, `Array.prototype`, `(Array.prototype as any)`. */
function isBuiltIn(node: ts.Expression, own: ReadonlySet<string>): boolean {
  const bare = unwrapped(node);
  if (ts.isPropertyAccessExpression(bare)) return isBuiltIn(bare.expression, own);
  return ts.isIdentifier(bare) && BUILT_IN.has(bare.text) && !own.has(bare.text);
}

function unwrapped(node: ts.Expression): ts.Expression {
  const wraps =
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isTypeAssertionExpression(node);
  return wraps ? unwrapped(node.expression) : node;
}

/** Every name that the file declares somewhere: a parameter called `process` is no global. */
function declaredNames(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isClassLike(node) ||
      ts.isEnumDeclaration(node) ||
      ts.isImportClause(node) ||
      ts.isNamespaceImport(node) ||
      ts.isImportSpecifier(node);
    if (declares && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}
