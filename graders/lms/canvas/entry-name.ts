/**
 * Names in a Canvas `submissions.zip`: `<who>[_LATE]_<user id>_<attachment id>_<file name>`, flat;
 * `[LATE_]anon_<anonymous id>_<attachment id>_<file name>` when marking is anonymous;
 * `..._text.html` and `..._link.html`, without attachment id, for what was typed in. The ids are what holds: `who` is
 * the sortable name with all but word characters taken out.
 */
const ANONYMOUS =
  /^(?:(?<late>LATE)_)?anon_(?<user>[A-Za-z0-9]+)_(?:(?<attachment>\d+)_(?<name>[^/]+)|(?<kind>text|link)\.html)$/;
const NAMED =
  /^(?<who>[^/]*?)(?:_(?<late>LATE))?_(?<user>\d+)_(?:(?<attachment>\d+)_(?<name>[^/]+)|(?<kind>text|link)\.html)$/;

export interface CanvasName {
  readonly who: string;
  readonly anonymous: boolean;
  readonly user: string;
  readonly late: boolean;
  readonly handedIn: { readonly kind: 'file'; readonly name: string } | { readonly kind: 'text' | 'link' };
}

export function parseCanvasName(path: string): CanvasName | undefined {
  const anonymous = ANONYMOUS.exec(path)?.groups;
  const groups = anonymous ?? NAMED.exec(path)?.groups;
  if (groups === undefined) return undefined;
  const { who = '', user = '', late, name, kind } = groups;
  return {
    who: anonymous === undefined ? who : `Anonymous ${user}`,
    anonymous: anonymous !== undefined,
    user,
    late: late !== undefined,
    handedIn: name === undefined ? { kind: kind === 'link' ? 'link' : 'text' } : { kind: 'file', name },
  };
}
