import { ts } from 'ts-morph';

export type Use = 'type' | 'value';

/** How each name is used in a file, outside of its import declarations. By syntax alone: a hidden name counts too. */
export function usesOf(file: ts.SourceFile): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node) && !isMereName(node)) {
      const isType = isOfType(node);
      if (!isType || !uses.has(node.text)) uses.set(node.text, isType ? 'type' : 'value');
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return uses;
}

/** Whether an identifier names something of its own (a member, a parameter) and refers to nothing. */
export function isMereName(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isExportSpecifier(parent)) return parent.propertyName !== undefined && parent.name === node;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return true;
  return ('name' in parent && parent.name === node) || (ts.isQualifiedName(parent) && parent.right === node);
}

/** Whether a name is only of use to the compiler: it stands in a type, `typeof name` in a type included. */
export function isOfType(node: ts.Identifier): boolean {
  return ts.isPartOfTypeNode(node) || isQueried(node);
}

function isQueried(node: ts.EntityName): boolean {
  return ts.isTypeQueryNode(node.parent) || (ts.isQualifiedName(node.parent) && isQueried(node.parent));
}
