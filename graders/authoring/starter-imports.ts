import { ts } from 'ts-morph';
import { type Use, usesOf } from '../check/uses.ts';
import { cut } from './cut.ts';

const LINE_WIDTH = 120;

/**
 * Takes out imported names that are no longer used, and makes those `type` imports that only types still need.
 * Purely by syntax: a local name that hides an import counts as a use of it.
 */
export function pruneImports(text: string): string {
  const file = ts.createSourceFile('pruned.ts', text, ts.ScriptTarget.Latest, true);
  const uses = usesOf(file);
  return file.statements
    .filter(ts.isImportDeclaration)
    .filter((declaration) => declaration.importClause !== undefined)
    .reverse()
    .reduce((pruned, declaration) => {
      const kept = rewritten(declaration, uses);
      return kept === undefined
        ? cut(pruned, declaration.getStart(file), declaration.end)
        : pruned.slice(0, declaration.getStart(file)) + kept + pruned.slice(declaration.end);
    }, text);
}

/** The text of an import with only its used names; its own text when nothing changes; undefined when none is left. */
function rewritten(declaration: ts.ImportDeclaration, uses: ReadonlyMap<string, Use>): string | undefined {
  const clause = declaration.importClause;
  const bindings = clause?.namedBindings;
  const all = [clause, ...(bindings === undefined ? [] : ts.isNamedImports(bindings) ? bindings.elements : [bindings])];
  const names = all.flatMap((part) => part?.name ?? []);
  const used = names.filter((name) => uses.has(name.text));
  if (used.length === 0) return undefined;
  const wasType = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  const specifiers = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : [];
  const turned = specifiers.some((one) => !wasType && !one.isTypeOnly && uses.get(one.name.text) === 'type');
  if (used.length === names.length && !turned) return declaration.getText();
  return render(
    used.filter((name) => ts.isImportClause(name.parent)).map((name) => name.text),
    used.filter((name) => ts.isNamespaceImport(name.parent)).map((name) => `* as ${name.text}`),
    specifiers
      .filter((one) => uses.has(one.name.text))
      .map((one) => ({
        name: one.propertyName === undefined ? one.name.text : `${one.propertyName.text} as ${one.name.text}`,
        isType: wasType || one.isTypeOnly || uses.get(one.name.text) === 'type',
      })),
    declaration.moduleSpecifier.getText(),
  );
}

interface Specifier {
  readonly name: string;
  readonly isType: boolean;
}

/** Laid out as the formatter would. */
function render(
  own: readonly string[],
  namespaces: readonly string[],
  specifiers: readonly Specifier[],
  from: string,
): string {
  const allTypes = own.length + namespaces.length === 0 && specifiers.every((one) => one.isType);
  const names = specifiers.map((one) => (one.isType && !allTypes ? `type ${one.name}` : one.name));
  const line = (list: string): string =>
    `import ${allTypes ? 'type ' : ''}${[...own, ...namespaces, ...(names.length > 0 ? [list] : [])].join(', ')} from ${from};`;
  const short = line(`{ ${names.join(', ')} }`);
  return short.length <= LINE_WIDTH ? short : line(`{\n${names.map((name) => `  ${name},\n`).join('')}}`);
}
