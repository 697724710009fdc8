import { ts } from 'ts-morph';
import { type Inspection, joined, remark } from './inspection.ts';
import { locate } from './source.ts';

/** What the starter's file exports and the submitted one does not: renamed, left out, or not exported. */
export function missingExports(file: ts.SourceFile, starter: ts.SourceFile): Inspection {
  const exported = exportsOf(file);
  if (exported === undefined) return { findings: [], reasons: [] };
  const path = file.fileName.slice(1);
  const absent = [...(exportsOf(starter) ?? [])].filter(([name, kind]) => kind !== undefined && !exported.has(name));
  return joined(
    absent.map(([name, kind]) => {
      const declared = file.statements.find((statement) => declares(statement).some((own) => own.text === name));
      const renamed = [...exported.keys()].find((other) => other.toLowerCase() === name.toLowerCase());
      const hint =
        declared !== undefined
          ? ' It is declared here: put "export" before it.'
          : renamed !== undefined
            ? ` There is \`${renamed}\`: spell it \`${name}\`.`
            : ' Write it, under this very name.';
      const at = declared === undefined ? { file: path, line: 1, column: 1 } : locate(file, declared.getStart(file));
      return remark({
        severity: 'error',
        rule: 'shape',
        says: `${path} does not export the ${kind} \`${name}\`.${hint}`,
        at,
      });
    }),
  );
}

type Kind = 'function' | 'class' | 'value';

/** Exported names; a kind for those that are there when the program runs. Undefined when `export *` hides them. */
function exportsOf(file: ts.SourceFile): ReadonlyMap<string, Kind | undefined> | undefined {
  const names = new Map<string, Kind | undefined>();
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement)) {
      const clause = statement.exportClause;
      if (clause === undefined) return undefined;
      const own = ts.isNamedExports(clause) ? clause.elements : [clause];
      for (const one of own) names.set(one.name.text, undefined);
    } else if (ts.canHaveModifiers(statement) && isExported(statement)) {
      for (const name of declares(statement)) names.set(name.text, kindOf(statement));
    }
  }
  return names;
}

function isExported(node: ts.HasModifiers): boolean {
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function kindOf(statement: ts.Statement): Kind | undefined {
  if (ts.isFunctionDeclaration(statement)) return 'function';
  if (ts.isClassDeclaration(statement)) return 'class';
  return ts.isVariableStatement(statement) ? 'value' : undefined;
}

/** The names that a statement at the top of a file declares. */
function declares(statement: ts.Statement): readonly ts.Identifier[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => boundBy(name));
  }
  const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return named && statement.name !== undefined ? [statement.name] : [];
}

function boundBy(name: ts.BindingName): readonly ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundBy(element.name) : []));
}
