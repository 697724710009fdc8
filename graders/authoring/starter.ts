/**
 * `starter/` from `reference/`: what the author marks `@hole` loses its body, what is marked `@answer` goes.
 *
 *     reference/mm/page_alloc.ts                     starter/mm/page_alloc.ts
 *     /** @answer *\/ const LISTS = ...;
 *     /** Hands out a block. @hole *\/               /** Hands out a block. *\/
 *     rmqueue(order) { <the answer> }                rmqueue(order) { throw new Error('not written yet: ...') }
 *
 * All else is kept as it stands in the reference, letter for letter.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ts } from 'ts-morph';
import { GraderError } from '../errors.ts';
import { sourceTree } from '../tree.ts';
import { cut } from './cut.ts';
import { pruneImports } from './starter-imports.ts';

/** A tag at the start of a comment's line, or after its text: `@hole`, not `{@hole` or a back-quoted one. */
const MARKER = /^[ \t]*(?:\/\*\*|\*|\/\/)(?:.*[ \t])?@(?:hole|answer)(?![\w-]).*$/m;

/**
 * The starter's text of one reference file.
 * @param path  in reference/, for messages
 * @throws GraderError STARTER_MARKER when a marker stands where none can
 */
export function starterText(referenceText: string, path: string): string {
  const file = ts.createSourceFile(path, referenceText, ts.ScriptTarget.Latest, true);
  const edits: Edit[] = [];
  collect(file, file, edits);
  const text = pruneImports(edits.reverse().reduce((edited, edit) => edit(edited), referenceText));
  const stray = MARKER.exec(text);
  if (stray) {
    throw new GraderError(
      'STARTER_MARKER',
      `reference/${path}: no starter can be made from the line "${stray[0].trim()}". @hole goes into the doc comment of a function, method, constructor or accessor that has a body and a declared result; @answer into that of a statement or member.`,
    );
  }
  return text;
}

/**
 * Writes all of starter/ that comes from reference/.
 * @param root  of the checkout
 * @returns the paths in starter/ that changed, sorted
 */
export function writeStarter(root: string): readonly string[] {
  const drifted = drift(root);
  for (const { path, text } of drifted) {
    const target = join(root, 'starter', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return drifted.map(({ path }) => path);
}

/** @throws GraderError STARTER_DRIFT naming each file of starter/ that is not what reference/ says */
export function checkStarter(root: string): void {
  const drifted = drift(root).map(({ path }) => `starter/${path}`);
  if (drifted.length === 0) return;
  throw new GraderError(
    'STARTER_DRIFT',
    `Not what reference/ says: ${drifted.join(', ')}. Edit the files in reference/ and run: npx osgrade starter`,
  );
}

/** Files of starter/ to be written anew, with the text they should have. */
function drift(root: string): readonly { readonly path: string; readonly text: string }[] {
  return [...sourceTree(join(root, 'reference'))]
    .map(([path, text]) => ({ path, text: text.replaceAll('\r\n', '\n') }))
    .filter(({ text }) => MARKER.test(text))
    .map(({ path, text }) => ({ path, text: starterText(text, path) }))
    .filter(({ path, text }) => read(join(root, 'starter', path)) !== text);
}

/** A file's text with plain line ends; empty when there is no such file. */
function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : '';
}

type Edit = (text: string) => string;

/** Edits for all marked nodes at or below `node`, in the order of the text. */
function collect(file: ts.SourceFile, node: ts.Node, edits: Edit[]): void {
  const doc =
    ts.isStatement(node) || ts.isClassElement(node) || ts.isTypeElement(node) ? ownDoc(file, node) : undefined;
  const marker = doc && /@(hole|answer)\b/.exec(MARKER.exec(file.text.slice(doc.pos, doc.end))?.[0] ?? '')?.[1];
  if (doc && marker === 'answer') {
    edits.push((text) => cut(text, doc.pos, node.end));
  } else if (doc && marker === 'hole' && canBeHole(node)) {
    const body = node.body;
    edits.push((text) => withoutMarker(text, doc));
    edits.push((text) => text.slice(0, body.getStart(file)) + unwritten(file, node) + text.slice(body.end));
  } else {
    ts.forEachChild(node, (child) => collect(file, child, edits));
  }
}

/** The last doc comment before a node: an earlier one is the file's. */
function ownDoc(file: ts.SourceFile, node: ts.Node): ts.CommentRange | undefined {
  return ts
    .getLeadingCommentRanges(file.text, node.getFullStart())
    ?.filter((range) => file.text.startsWith('/**', range.pos))
    .at(-1);
}

type Hole = (ts.FunctionDeclaration | ts.MethodDeclaration | ts.ConstructorDeclaration | ts.AccessorDeclaration) & {
  readonly body: ts.Block;
};

function canBeHole(node: ts.Node): node is Hole {
  if (ts.isConstructorDeclaration(node) || ts.isSetAccessor(node)) return node.body !== undefined;
  if (!ts.isFunctionDeclaration(node) && !ts.isMethodDeclaration(node) && !ts.isGetAccessor(node)) return false;
  return node.body !== undefined && node.type !== undefined;
}

/** The body of a hole. A derived constructor keeps its `super(...)`, without which it would not compile. */
function unwritten(file: ts.SourceFile, hole: Hole): string {
  const lineStart = file.text.lastIndexOf('\n', hole.getStart(file)) + 1;
  const indent = /^[ \t]*/.exec(file.text.slice(lineStart))?.[0] ?? '';
  const kept = ts.isConstructorDeclaration(hole) ? hole.body.statements.filter(callsSuper) : [];
  const lines = [
    ...kept.map((statement) => statement.getText(file)),
    `throw new Error('not written yet: ${nameOf(hole)}');`,
  ];
  return `{\n${lines.map((line) => `${indent}  ${line}\n`).join('')}${indent}}`;
}

function callsSuper(statement: ts.Statement): boolean {
  return (
    ts.isExpressionStatement(statement) &&
    ts.isCallExpression(statement.expression) &&
    statement.expression.expression.kind === ts.SyntaxKind.SuperKeyword
  );
}

/** `findBuddyPfn`, `Zone.rmqueue`, `Zone.constructor`. */
function nameOf(hole: Hole): string {
  const own = ts.isConstructorDeclaration(hole) ? 'constructor' : (hole.name?.getText() ?? 'default');
  return ts.isClassLike(hole.parent) ? `${hole.parent.name?.text ?? 'class'}.${own}` : own;
}

/** The text without the marker in a doc comment, and without the comment if it says nothing else. */
function withoutMarker(text: string, doc: ts.CommentRange): string {
  const comment = text
    .slice(doc.pos, doc.end)
    .replace(/(?:\n[ \t]*\*[ \t]*)*\n[ \t]*\*[ \t]*@hole(?![\w-])[^\n]*(?=\n)/, '')
    .replace(/[ \t]*@hole(?![\w-])/, '');
  if (!/^[/*\s]*$/.test(comment)) return text.slice(0, doc.pos) + comment + text.slice(doc.end);
  const alone = /^[ \t]*\n/.test(text.slice(doc.end));
  return alone ? cut(text, doc.pos, doc.end) : text.slice(0, doc.pos) + text.slice(doc.end).trimStart();
}
